"""What each step of a check costs: processor time of a frame and a photo, and the two paths that an answer waits for.

    .venv/bin/python bench/steps.py [--rounds 5]

An actor's session (a free test portrait, a drawn hand) is filmed once, then judged again and again as a server judges
it, without network. Prints medians: processor milliseconds for each kind of picture, wall milliseconds of four
fingertips from photo to templates on all cores, and of the face from a step's last frame to its comparison on one core.
"""

import argparse
import os
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import numpy as np
from rich.console import Console
from rich.table import Table

from handfast.base.clock import SystemClock
from handfast.base.modality import Hand
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.capture.challenge import Ask, Challenge, draw
from handfast.capture.frames import Frame, FrameKind
from handfast.capture.live import LiveSessions
from handfast.capture.receive import judged
from handfast.capture.sight import LiveEyes
from handfast.capture.state import CaptureState
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.lab.phone import Phone
from handfast.models.store import ModelStore
from handfast.service.start import load_senses

ASK = Ask(hands=(Hand.RIGHT,), missing=frozenset(), face=True, stills=1, retakes=1, attended=False)


def film(eyes: LiveEyes, actor: Actor) -> tuple[Challenge, list[Frame]]:
    """One session that was followed to its end: the challenge and every frame of it."""
    clock, frames = SystemClock(), list[Frame]()
    challenge = draw(ASK, clock=clock, randomness=SystemRandomness())
    sessions: LiveSessions[None] = LiveSessions(clock, eyes)
    session = sessions.of("film", clock.now() + timedelta(minutes=10))
    sessions.begin(session, challenge)

    def send(frame: Frame):  # type: ignore[no-untyped-def]  # what take gives
        frames.append(frame)
        return sessions.take(session, frame)

    for _step in Phone(challenge, actor, send).follow():
        pass
    return challenge, frames


def judge(eyes: LiveEyes, challenge: Challenge, frames: list[Frame], spent: dict[str, list[float]]) -> None:
    """Judge the film again; processor milliseconds of each picture by the kind of its task."""
    state = CaptureState(challenge, began=challenge.drawn_at)
    for frame in frames:
        if state.task is None or frame.task != state.task.id:
            break
        began = time.process_time()
        state, _ = judged(state, frame, eyes=eyes, now=challenge.drawn_at + timedelta(milliseconds=frame.t))
        name = f"{challenge.tasks[frame.task].kind} {frame.kind}"
        spent[name].append((time.process_time() - began) * 1e3)


def wall(run: Callable[[], object], rounds: int) -> float:
    """Median milliseconds on the clock."""
    run()
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        took.append((time.perf_counter() - began) * 1e3)
    return float(np.median(took))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    settings = Settings.from_environment()
    eyes = load_senses(settings).eyes
    if not isinstance(eyes, LiveEyes):
        raise TypeError("the installed models give other eyes")
    portrait = decode((settings.models_dir / "portraits" / "person_a_1.jpg").read_bytes())
    challenge, frames = film(eyes, Actor(portrait, Person(1), ModelStore(settings.models_dir), seed=1))
    spent: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        judge(eyes, challenge, frames, spent)
    table = Table("picture", "of a check", "CPU ms, median", "CPU ms a check", title=f"{rounds} rounds")
    for name, values in spent.items():
        count, whole = len(values) // rounds, sum(values) / rounds
        table.add_row(name, str(count), f"{np.median(values):.0f}", f"{whole:.0f}")
    table.add_row("all", str(len(frames)), "", f"{sum(map(sum, spent.values())) / rounds:.0f}")
    Console().print(table)
    Console().print(f"four fingertips, photo to templates: {fingers(eyes, challenge, frames, rounds):.0f} ms")
    Console().print(
        f"face, last frame of a step to comparison, one core: {face(eyes, challenge, frames, rounds):.0f} ms"
    )


def fingers(eyes: LiveEyes, challenge: Challenge, frames: list[Frame], rounds: int) -> float:
    """Bytes of the still to templates, on all cores."""
    still = next(frame for frame in frames if frame.kind is FrameKind.STILL)
    task = challenge.tasks[still.task]
    return wall(lambda: eyes.still(task, decode(still.body), None, still.t / 1000), rounds)


def face(eyes: LiveEyes, challenge: Challenge, frames: list[Frame], rounds: int) -> float:
    """Bytes of a step's last frame to the comparison of its face with the first step's, on one core; slowest step."""
    state, before = CaptureState(challenge, began=challenge.drawn_at), list[tuple[CaptureState, Frame]]()
    for frame in frames:
        if frame.kind is not FrameKind.FRAME or state.task is None or frame.task != state.task.id:
            break
        before.append((state, frame))
        state, _ = judged(state, frame, eyes=eyes, now=challenge.drawn_at + timedelta(milliseconds=frame.t))
    lasts = [(state, frame) for n, (state, frame) in enumerate(before) if n + 1 == len(before) or _next(before, n)]
    reference = next(iter(state.faces.values()))

    def path(state: CaptureState, last: Frame) -> object:
        after, _ = judged(state, last, eyes=eyes, now=challenge.drawn_at + timedelta(milliseconds=last.t))
        return eyes.face.compare(reference, after.faces[last.task])

    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        return max(wall(partial(path, *last), rounds) for last in lasts)
    finally:
        os.sched_setaffinity(0, cores)


def _next(before: list[tuple[CaptureState, Frame]], n: int) -> bool:
    """Whether another step comes after this picture."""
    return before[n + 1][1].task != before[n][1].task


if __name__ == "__main__":
    main()
