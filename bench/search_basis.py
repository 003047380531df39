"""Fit what the bits of search codes are: principal components of cylinders of fingers that do not exist.

    .venv/bin/python bench/search_basis.py --to src/handfast/finger/codes/search_basis.npz

Wholly determined by the seeds below and the minutiae network; takes about four minutes on one core.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from handfast.base.errors import CaptureError
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.base.settings import Settings
from handfast.finger.codes.search_code import BITS, LARGEST_SUM
from handfast.finger.comparison.cylinders import build_cylinders, cell_sums
from handfast.finger.contact import print_to_template
from handfast.finger.records.iso19794_2_2005 import decode
from handfast.finger.ridges.minutiae import MinutiaExtractor
from handfast.finger.synth.contact import impression
from handfast.finger.synth.person import Person
from handfast.finger.types import Minutiae
from handfast.models.store import ModelStore

PEOPLE = range(900_001, 900_061)
TAKES = (1, 2)


def severity(person: int, take: int) -> float:
    """How bad a touch is, the same for all fingers of a hand: they fail together."""
    return float(np.clip(np.random.default_rng([person, take - 1, 77]).lognormal(0.0, 0.45), 0.4, 2.5))


def hands(people: range, takes: tuple[int, ...], extractor: MinutiaExtractor) -> Iterator[tuple[int, int, int, bytes]]:
    """(person, position, take, template) of four contact prints a take; those with no ridges left out."""
    for person in track(people, "drawing fingers"):
        for take in takes:
            for position in FOUR_FINGERS[Hand.RIGHT]:
                touch = impression(Person(person), position, take, severity(person, take))
                try:
                    yield person, position, take, print_to_template(touch.image, position, extractor).data
                except CaptureError:
                    continue


def clipped_sums(minutiae: Minutiae) -> NDArray[np.float32]:
    """(K, D) cell sums of a print's cylinders as search codes take them."""
    return np.minimum(cell_sums(minutiae, build_cylinders(minutiae).rows), np.float32(LARGEST_SUM))


def fit(sums: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """Their mean (D,), and their first components (D, BITS) in steps of 1/127 of each one's largest entry."""
    centred = sums.astype(np.float64) - sums.mean(axis=0)
    _, vectors = np.linalg.eigh(centred.T @ centred)
    first = vectors[:, ::-1][:, :BITS]
    first = first * np.sign(first[np.abs(first).argmax(axis=0), np.arange(BITS)])
    return sums.mean(axis=0), np.rint(127 * first / np.abs(first).max(axis=0)).astype(np.int8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, required=True)
    to = parser.parse_args().to
    extractor = MinutiaExtractor(ModelStore(Settings.from_environment().models_dir))
    prints = [decode(data)[0] for *_, data in hands(PEOPLE, TAKES, extractor)]
    mean, directions = fit(np.concatenate([clipped_sums(minutiae) for minutiae in prints]))
    np.savez_compressed(to, mean=mean, directions=directions)
    print(f"{len(prints)} prints; {to.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
