"""Fingertips cut by colour and edges alone, and with the outline network, against the truth of the same drawn photos.

    .venv/bin/python bench/outlines.py FOLDER [--people 2]

FOLDER is that of bench/photos.py. A crop is off if less than 0.9 of its mask is that finger's last phalanx, or if it
covers less than 0.6 of it. Scale is the crop's width over the root of the phalanx's area, whose spread would be 0 if
every finger had one shape: prints of one finger at different scales compare badly.
"""

import argparse
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
from hand_readings import MODELS, against_truth
from hand_sweep import HAND, Entry, draw, entries, load
from PIL import Image as Picture
from rich.console import Console
from rich.progress import track
from rich.table import Table

from handfast.base.errors import CaptureError
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.finger.cutting import PhotoParameters, cut_fingertips
from handfast.finger.hand.landmarks import LandmarkModel
from handfast.finger.hand.location import locate
from handfast.finger.photo import photo_fingertips
from handfast.finger.tip.shaping import ShapingParameters
from handfast.models.store import ModelStore

WAYS: Mapping[str, PhotoParameters] = {
    "colour": PhotoParameters(shaping=ShapingParameters(fit=2.0)),  # which no outline reaches
    "network": PhotoParameters(),
}


@dataclass(frozen=True, slots=True)
class Cut:
    """One fingertip: its share of right pixels, its share of the phalanx, and the logarithm of its scale."""

    right: float
    whole: float
    scale: float

    @property
    def off(self) -> bool:
        return self.right < 0.9 or self.whole < 0.6


def cuts(entry: Entry, folder: Path, landmarks: LandmarkModel) -> dict[str, list[Cut]]:
    """Every fingertip of a photo, cut in each way from one location."""
    draw(entry, folder)
    photo, truth = load(entry, folder), np.asarray(Picture.open(folder / f"{entry.name}.png"), np.uint8)
    try:
        location = locate(photo.pixels, HAND, landmarks)
    except CaptureError:
        return {way: [] for way in WAYS}
    found: dict[str, list[Cut]] = {}
    for way, p in WAYS.items():
        tips = zip(cut_fingertips(photo, location, p), FOUR_FINGERS[HAND], strict=True)
        areas = [np.sqrt(max(1, (truth == number).sum())) for number in range(1, 5)]
        both = [(tip, *against_truth(tip, name, truth)) for tip, name in tips]
        found[way] = [Cut(r, w, float(np.log(t.width / a))) for (t, r, w), a in zip(both, areas, strict=True)]
    return found


def asked_for_the_other(entry: Entry, folder: Path, landmarks: LandmarkModel) -> str:
    """What is answered to a right hand where a left one was asked for; "taken" if fingertips were given."""
    try:
        photo_fingertips(load(entry, folder), Hand.LEFT, landmarks)
    except CaptureError as error:
        return error.code
    return "taken"


def timed(entry: Entry, folder: Path, landmarks: LandmarkModel) -> str:
    """Milliseconds of one processor for cutting four fingertips, the median of nine tries, in each way by turns."""
    photo = load(entry, folder)
    location = locate(photo.pixels, HAND, landmarks)
    spent: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(9):
        for way, p in WAYS.items():
            begun = time.thread_time()
            cut_fingertips(photo, location, p)
            spent[way].append(1000 * (time.thread_time() - begun))
    return ", ".join(f"{way} {np.median(some):.1f} ms" for way, some in spent.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=2)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    landmarks = LandmarkModel(ModelStore(MODELS))
    wanted = sorted(entries(arguments.people), key=lambda e: -2 if e.condition is None else e.condition)
    rows = [(e, cuts(e, arguments.folder, landmarks)) for e in track(wanted, console=Console(stderr=True))]
    table = Table("", "tips", *(f"{way}: {what}" for way in WAYS for what in ("off", "covers", "spread of scale")))
    for name, some in groupby(rows, lambda row: row[0].title[0]):
        _add(table, name, [found for _, found in some])
    _add(table, "all", [found for _, found in rows])
    console = Console(width=120)
    console.print(table)
    answers = Counter(asked_for_the_other(e, arguments.folder, landmarks) for e in wanted[::2])
    console.print("asked for the left hand, shown the right:", dict(answers))
    console.print("cutting four fingertips:", timed(wanted[0], arguments.folder, landmarks))


def _add(table: Table, name: str, found: list[dict[str, list[Cut]]]) -> None:
    cells = []
    for way in WAYS:
        some = [cut for photo in found for cut in photo[way]]
        if not some:
            continue
        cells += [
            f"{np.mean([c.off for c in some]):.1%}",
            f"{np.mean([c.whole for c in some]):.2f}",
            f"{np.std([c.scale for c in some]):.3f}",
        ]
    table.add_row(name, str(len([c for photo in found for c in photo["network"]])), *cells)


if __name__ == "__main__":
    main()
