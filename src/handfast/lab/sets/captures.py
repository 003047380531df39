"""From labelled pictures to captures: what one template is made of, and which captures are compared with which.

With one frame a capture every picture is compared with every other. With more, each person's pictures are shuffled
and cut into captures that share no picture; this is repeated for every split, and captures are compared within a
split only. A probe may take fewer frames than a reference: then the first capture of a person is the reference.
Where the data set tells sittings, a capture is of one sitting, the first sitting gives the references, and one person's
captures of one sitting are not compared with each other.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from pathlib import Path

import numpy as np

from handfast.base.errors import RequestError
from handfast.lab.sets.dataset import Dataset, Picture

Pictures = tuple[Picture, ...]


class Role(StrEnum):
    """What a capture may be in a comparison."""

    EITHER = "either"
    REFERENCE = "reference"
    PROBE = "probe"


@dataclass(frozen=True, slots=True)
class Grouping:
    """How pictures make captures: frames in a reference, frames in a probe, splits, seed."""

    reference_frames: int = 1
    probe_frames: int = 1
    splits: int = 1
    seed: int = 1

    @property
    def single(self) -> bool:
        """True if every picture is a capture of its own."""
        return self.reference_frames == self.probe_frames == 1

    def __post_init__(self) -> None:
        if min(self.reference_frames, self.probe_frames, self.splits) < 1:
            raise RequestError("frames and splits are 1 or more")


@dataclass(frozen=True, slots=True)
class Capture:
    """Pictures that make one acquisition.

    person   number of the person, over all groups of the data set
    number   number of the capture among the person's own in this split
    slot     what only compares with its like: the hand and the positions
    """

    person: int
    number: int
    split: int
    role: Role
    slot: tuple[object, ...]
    pictures: tuple[Picture, ...]

    @property
    def group(self) -> str:
        """The part of the data set that it belongs to."""
        return self.pictures[0].group

    @property
    def sitting(self) -> str:
        """When its pictures were taken, or "" where that is not told."""
        return self.pictures[0].sitting

    @property
    def sample(self) -> str:
        """A label for its pictures, unique among the person's captures of one slot and split."""
        label = "+".join(picture.sample for picture in self.pictures)
        return f"{self.sitting}-{label}" if self.sitting else label


def make_captures(dataset: Dataset, grouping: Grouping) -> tuple[Capture, ...]:
    """Captures in the data set's order. People with a single capture of a slot take no part."""
    names = {key: n for n, key in enumerate(dict.fromkeys((p.group, p.person) for p in dataset.pictures))}
    rng = np.random.default_rng(grouping.seed)
    captures: list[Capture] = []
    for (group, person, *slot), pictures in groupby(dataset.pictures, _of_one):
        own = tuple(pictures)
        for split in range(1 if grouping.single else grouping.splits):
            cut = list(_cut_sittings(own, grouping, rng))
            if len(cut) > 1:
                number = names[(group, person)]
                captures += [Capture(number, i, split, role, tuple(slot), part) for i, (role, part) in enumerate(cut)]
    if not captures:
        raise RequestError("no person has samples enough for two captures: nothing to compare")
    return tuple(captures)


def pairs(captures: tuple[Capture, ...], only: frozenset[tuple[str, str]] | None = None) -> Iterator[tuple[int, int]]:
    """Every (reference, probe) to compare, as indices; each unordered pair once, or only those of a list of paths."""
    if only is not None:
        yield from _listed(captures, only)
        return
    for i, reference in enumerate(captures):
        for j, probe in enumerate(captures):
            if i == j or (reference.slot, reference.split) != (probe.slot, probe.split):
                continue
            if reference.person == probe.person and reference.sitting and reference.sitting == probe.sitting:
                continue
            if (i < j and reference.role is probe.role is Role.EITHER) or (
                reference.role is Role.REFERENCE and probe.role is Role.PROBE
            ):
                yield i, j


def _listed(captures: tuple[Capture, ...], only: frozenset[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    places = {
        capture.pictures[0].path.as_posix(): n for n, capture in enumerate(captures) if len(capture.pictures) == 1
    }
    if len(places) < len(captures):
        raise RequestError("a list of pairs is of single pictures: leave --frames at 1")
    for reference, probe in sorted(only):
        if reference in places and probe in places and reference != probe:
            yield places[reference], places[probe]


def read_pairs(path: Path) -> frozenset[tuple[str, str]]:
    """A CSV with the columns reference and probe: paths within the set's folder. RequestError if it is none."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        if not {"reference", "probe"} <= set(reader.fieldnames or ()):
            raise RequestError(f"{path.name} has not the columns reference and probe")
        return frozenset((row["reference"], row["probe"]) for row in reader)


def _of_one(picture: Picture) -> tuple[str, str, object, object]:
    return picture.group, picture.person, picture.hand, picture.positions


def _cut_sittings(
    pictures: Sequence[Picture], g: Grouping, rng: np.random.Generator
) -> Iterator[tuple[Role, Pictures]]:
    """Every sitting cut by itself; of several, one that gives reference and probe would compare with itself."""
    sittings = [tuple(own) for _, own in groupby(pictures, lambda picture: picture.sitting)]
    if len(sittings) == 1 or g.reference_frames == g.probe_frames:
        for own in sittings:
            yield from _cut(own, g, rng)
        return
    yield from ((role, part) for role, part in _cut(sittings[0], g, rng) if role is Role.REFERENCE)
    probes = replace(g, reference_frames=g.probe_frames)
    for own in sittings[1:]:
        yield from ((Role.PROBE, part) for _, part in _cut(own, probes, rng))


def _cut(pictures: Sequence[Picture], g: Grouping, rng: np.random.Generator) -> Iterator[tuple[Role, Pictures]]:
    if g.single:
        yield from ((Role.EITHER, (picture,)) for picture in pictures)
        return
    shuffled = tuple(pictures[int(i)] for i in rng.permutation(len(pictures)))
    alike = g.reference_frames == g.probe_frames
    start, size, role = 0, g.reference_frames, Role.EITHER if alike else Role.REFERENCE
    while start + size <= len(shuffled):
        yield role, shuffled[start : start + size]
        start += size
        size, role = g.probe_frames, role if alike else Role.PROBE
