"""Draw the people whose searches bench/scale.py measures: four fingers of a hand, three captures enrolled, one sought.

    .venv/bin/python bench/scale_people.py --to build/scale-people.npz

The people of bench/search_code.py: none of them exists, and how bad a touch is is drawn once for a hand, so that its
fingers fail together. Each of the four takes is sought in turn. Besides, a tenth of the probes lacks one finger and one
in thirty has no more than two. Wholly determined by the seeds; about ten seconds a person on one core.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from search_basis import hands
from search_code import FIRST_PERSON, TAKES

from handfast.base.settings import Settings
from handfast.finger.codes.search_code import CODE_BYTES, search_code
from handfast.finger.records.iso19794_2_2005 import decode
from handfast.finger.ridges.minutiae import MinutiaExtractor
from handfast.models.store import ModelStore

Takes = dict[tuple[int, int, int], bytes]
Codes = NDArray[np.uint8]


def shown(person: int, take: int) -> NDArray[np.bool_]:
    """Which of the four fingers a probe shows."""
    rng = np.random.default_rng([person, take, 79])
    there = np.ones(4, np.bool_)
    if rng.random() < 0.1:
        there[rng.integers(4)] = False
    if rng.random() < 1 / 30:
        there[rng.permutation(4)[:2]] = False
    return there


def codes_of(takes: Takes, people: int) -> tuple[Codes, Codes]:
    """(takes, people, 4, CODE_BYTES) enrolled, and the same of probes; zeros where nothing was read."""
    enrolled = np.zeros((len(TAKES), people, 4, CODE_BYTES), np.uint8)
    probes = np.zeros_like(enrolled)
    for n, sought in enumerate(TAKES):
        for who in range(people):
            for finger in range(4):
                there = {take: takes.get((FIRST_PERSON + who, 2 + finger, take)) for take in TAKES}
                kept = [decode(data)[0] for take, data in there.items() if take != sought and data]
                if kept:
                    enrolled[n, who, finger] = np.frombuffer(search_code(kept), np.uint8)
                probe = there[sought]
                if probe and shown(who, sought)[finger]:
                    probes[n, who, finger] = np.frombuffer(search_code([decode(probe)[0]]), np.uint8)
    return enrolled, probes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=80)
    parser.add_argument("--to", type=Path, required=True)
    asked = parser.parse_args()
    extractor = MinutiaExtractor(ModelStore(Settings.from_environment().models_dir))
    drawn = hands(range(FIRST_PERSON, FIRST_PERSON + asked.people), TAKES, extractor)
    takes = {(person, int(position), take): data for person, position, take, data in drawn}
    save(takes, asked.people, asked.to)


def save(takes: Takes, people: int, to: Path) -> None:
    enrolled, probes = codes_of(takes, people)
    to.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(to, enrolled=enrolled, probes=probes)
    print(f"{people} people, {probes[..., 0].astype(bool).sum()} of {probes.shape[0] * people * 4} probe fingers read")


if __name__ == "__main__":
    main()
