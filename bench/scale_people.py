"""Draw the people whose searches bench/scale.py measures: four fingers of one hand, two captures to enrol, one to find.

    .venv/bin/python bench/scale_people.py --people 120 --to build/scale-people.npz

None of them exists. How bad a touch is is drawn once for the hand, so that its fingers fail together; a tenth of the
probes fails to give one of its fingers, and one in thirty gives no more than two. Wholly determined by the seed;
about eight seconds a person on one core.
"""

import argparse
from pathlib import Path

import numpy as np
from rich.progress import track

from handfast.base.errors import CaptureError
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.base.settings import Settings
from handfast.base.template import Template
from handfast.finger.contact import print_to_template
from handfast.finger.minutiae import MinutiaExtractor
from handfast.finger.search_code import CODE_BYTES, EMPTY, build_search_code
from handfast.finger.synth.contact import impression
from handfast.finger.synth.person import Person
from handfast.models.store import ModelStore

FIRST = 700_001
ENROLLED, PROBE = (1, 2), 3
FINGERS = FOUR_FINGERS[Hand.RIGHT]


def severity(person: int, take: int) -> float:
    """How bad the touch of a whole hand is: log-normal, 0.4 to 2.5 times the usual."""
    return float(np.clip(np.random.default_rng([person, take, 78]).lognormal(0.0, 0.45), 0.4, 2.5))


def captures(person: int, takes: tuple[int, ...], extractor: MinutiaExtractor) -> list[list[Template]]:
    """For each finger the templates of these takes that could be read."""
    read: list[list[Template]] = []
    for position in FINGERS:
        read.append([])
        for take in takes:
            touch = impression(Person(person), position, take, severity(person, take))
            try:
                read[-1].append(print_to_template(touch.image, position, extractor))
            except CaptureError:
                continue
    return read


def shown(person: int) -> np.ndarray:
    """Which of the four fingers the probe shows."""
    rng = np.random.default_rng([person, 79])
    there = np.ones(4, bool)
    if rng.random() < 0.1:
        there[rng.integers(4)] = False
    if rng.random() < 1 / 30:
        there[rng.permutation(4)[:2]] = False
    return there


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=120)
    parser.add_argument("--to", type=Path, required=True)
    asked = parser.parse_args()
    extractor = MinutiaExtractor(ModelStore(Settings.from_environment().models_dir))
    enrolled = np.zeros((asked.people, 4, CODE_BYTES), np.uint8)
    probes = np.zeros_like(enrolled)
    for n in track(range(asked.people), "drawing people"):
        person = FIRST + n
        for into, takes in ((enrolled, ENROLLED), (probes, (PROBE,))):
            for finger, read in enumerate(captures(person, takes, extractor)):
                into[n, finger] = np.frombuffer(build_search_code(read) if read else EMPTY, np.uint8)
        probes[n, ~shown(person)] = 0
    asked.to.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(asked.to, enrolled=enrolled, probes=probes)
    print(f"{asked.people} people, {int((probes[:, :, 0] > 0).sum())} of {4 * asked.people} probe fingers read")


if __name__ == "__main__":
    main()
