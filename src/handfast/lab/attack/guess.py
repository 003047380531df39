"""How often a recording happens to be what is asked: films of the dot's step, made of names of places and no pictures.

What the pure judge is shown is where a head that follows some dot points in each frame, the places that it passes
among them. A film knows neither the path nor the stays that will be asked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from handfast.base.randomness import Randomness
from handfast.capture.challenge import Aim, follow_step
from handfast.face.follow import AROUND, visited

FPS = 5.0
REACTION = (0.2, 0.6)  # seconds until a head sets out
ON_THE_WAY = 0.3  # seconds from place to place
LONGEST = 30.0  # seconds of film


class Film(StrEnum):
    """What the attacker shows.

    SESSION   an earlier session as it was, from where the dot first went, again and again
    LATE      the same from any moment of it
    SLOW      one that was filmed for this: it stays everywhere for longer than the dot ever does
    """

    SESSION = "session"
    LATE = "late"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Guesses:
    """How many films of how many passed; `reached`, how many of them had reached so many places."""

    passed: int
    trials: int
    reached: tuple[int, ...]


def guesses(film: Film, trials: int, randomness: Randomness, rng: np.random.Generator) -> Guesses:
    """So many films, each shown to a challenge of its own."""
    counts = [0] * (len(follow_step(randomness).path) + 1)
    passed = 0
    for _ in range(trials):
        asked, earlier = follow_step(randomness), follow_step(randomness)
        places, at = shown(film, earlier.path, earlier.stays, rng)
        reached, failed = visited(asked.path, asked.stays, places, at)
        counts[reached] += 1
        passed += reached == len(asked.path) and not failed
    return Guesses(passed, trials, tuple(counts))


def shown(
    film: Film, path: Sequence[Aim], stays: Sequence[float], rng: np.random.Generator
) -> tuple[list[str], list[float]]:
    """The place of each frame, and seconds: 0 when the dot is told, then of each frame."""
    slow = rng.uniform(1.1, 1.5)
    waits = [slow if film is Film.SLOW else stay + rng.uniform(*REACTION) for stay in stays]
    once = list(_frames(path, waits, rng))
    start = int(rng.integers(len(once))) if film is Film.LATE else 0
    frames = (once[start:] + once * (int(LONGEST * FPS) // len(once) + 1))[: int(LONGEST * FPS)]
    return frames, [number / FPS for number in range(len(frames) + 1)]


def _frames(path: Sequence[Aim], waits: Sequence[float], rng: np.random.Generator) -> Iterator[str]:
    """From ahead to each place, where it points until the wait is over, and back ahead."""
    before = ""
    for aim, wait in zip([*path, None], [*waits, 0.0], strict=True):
        yield from _passed(before, aim.value if aim else "")
        if aim:
            yield from [aim.value] * max(1, round((wait + rng.uniform(0, 1 / FPS)) * FPS))
        before = aim.value if aim else ""


def _passed(start: str, end: str) -> list[str]:
    """What lies between two places: the one that is between them where they are a quarter apart, else nothing."""
    count = round(ON_THE_WAY * FPS)
    if not start or not end:
        return [""] * count
    ahead = (AROUND.index(end) - AROUND.index(start)) % 8
    if ahead in (2, 6):
        return [AROUND[(AROUND.index(start) + (1 if ahead == 2 else -1)) % 8]] * (count - 1)
    return [""] * count
