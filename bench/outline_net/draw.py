"""Draw what the outline network learns from: small photos of hands, and which finger and phalanx each pixel shows.

    .venv/bin/python bench/outline_net/draw.py FOLDER [--people 20] [--photos 24]

The people are none that any test, calibration or benchmark draws. See docs/fingers.md.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from handfast.base.modality import Hand
from handfast.finger.synth.four_fingers import HandPose
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import photo
from handfast.finger.synth.shot import Background, Shot, unguided_shot

FIRST_PERSON = 800_000
SIZE = (378, 504)  # px, of the picture that tips are looked for in
GROUNDS = (*Background, Background.SKIN, Background.WOOD)


def shot(seed: int) -> Shot:
    """Any photo that a phone may take, and some that are worse."""
    rng = np.random.default_rng([seed, 31])
    drawn = unguided_shot(seed, size=SIZE, background=GROUNDS[int(rng.integers(len(GROUNDS)))])
    pose = HandPose(rng.uniform(-30, 35), rng.uniform(-35, 35), rng.uniform(-25, 25), rng.uniform(-0.4, 0.9))
    light = replace(drawn.light, gloss=rng.uniform(0, 0.4), exposure=rng.uniform(0.25, 0.95))
    lens = replace(drawn.lens, defocus=rng.uniform(0.1, 1.2), motion=0.0, jpeg=int(rng.integers(85, 98)))
    return replace(drawn, ppi=rng.uniform(75, 140), pose=pose, light=light, lens=lens)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--photos", type=int, default=24)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for person in range(FIRST_PERSON, FIRST_PERSON + arguments.people):
        path = arguments.folder / f"{person}.npz"
        if path.exists():
            continue
        pictures, fingers, phalanges = [], [], []
        for take in range(arguments.photos):
            drawn = photo(Person(person), (Hand.LEFT, Hand.RIGHT)[person % 2], shot(1000 * person + take))
            last = np.zeros(drawn.truth.labels.shape, np.uint8)
            for number, tip in enumerate(drawn.truth.tips, 1):
                last[drawn.truth.tip_mask(tip.position)] = number
            pictures.append(drawn.image.pixels)
            fingers.append(drawn.truth.labels)
            phalanges.append(last)
        np.savez_compressed(path, pictures=pictures, fingers=fingers, phalanges=phalanges)


if __name__ == "__main__":
    main()
