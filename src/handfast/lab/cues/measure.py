"""All cues of recorded attempts: FOLDER/KIND/PERSON-ATTEMPT/MILLISECONDS.jpg, people as they are under bona-fide*."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from handfast.base.errors import RequestError
from handfast.face.observe import FaceObserver
from handfast.lab.cues.bands import bands
from handfast.lab.cues.edges import carried, enclosed
from handfast.lab.cues.frame import CueFrame, frames_of
from handfast.lab.cues.ghosts import ghosts
from handfast.lab.cues.moire import moire
from handfast.lab.cues.noise import again, stillness
from handfast.lab.cues.pulse import pulse
from handfast.lab.cues.surround import surround

Cue = Callable[[Sequence[CueFrame]], float | None]
CUES: dict[str, Cue] = {
    "moire": moire,
    "bands": bands,
    "enclosed": enclosed,
    "carried": carried,
    "surround": surround,
    "stillness": stillness,
    "again": again,
    "ghosts": ghosts,
    "pulse": pulse,
}
"""By name; each is larger for what looks like an attack, and None where it cannot be told."""
BONA_FIDE = "bona-fide"
SIMULATED = "SIMULATED"
"""A file of this name says that the attempts were drawn."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: its kind, who is shown, and each cue by name."""

    kind: str
    person: str
    values: dict[str, float | None]

    @property
    def bona_fide(self) -> bool:
        """Whether it is a person as they are."""
        return self.kind.startswith(BONA_FIDE)


def measured(folder: Path, observer: FaceObserver, who: str = "*") -> Iterator[Attempt]:
    """Each attempt of a folder, or those of one person, in order. Raises RequestError where there is none."""
    attempts = sorted(path for path in folder.glob(f"*/{who}") if path.is_dir())
    if not attempts:
        raise RequestError(f"{folder} holds no KIND/PERSON-ATTEMPT/MILLISECONDS.jpg")
    for attempt in attempts:
        pictures = sorted(attempt.glob("*.jpg"), key=lambda path: int(path.stem))
        frames = list(frames_of(pictures, observer))
        values = {name: cue(frames) for name, cue in CUES.items()}
        yield Attempt(attempt.parent.name, attempt.name.split("-")[0], values)


def write(attempts: Sequence[Attempt], path: Path) -> None:
    """One line an attempt; an empty cell where a cue could not be told."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["kind", "person", *CUES])
        rows.writerows(
            [a.kind, a.person, *("" if (v := a.values[c]) is None else f"{v:.5g}" for c in CUES)] for a in attempts
        )


def read(path: Path) -> tuple[Attempt, ...]:
    """The attempts that `write` wrote."""
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            Attempt(row["kind"], row["person"], {cue: float(row[cue]) if row[cue] else None for cue in CUES})
            for row in csv.DictReader(file)
        )
