"""Draw the synthetic right hands that the hand calibration is fitted on: `bench/draw_hands.py OUT [--people 40]`.

Each person has four photos such as the page's guidance brings about and one taken anyhow.
"""

import argparse
from pathlib import Path

from PIL import Image

from handfast.base.modality import Hand
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import photo
from handfast.finger.synth.shot import guided_shot, unguided_shot

FIRST_SEED = 500_000  # people that no test and no demonstration draws


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for number in range(arguments.first, arguments.people):
        for sample in range(1, 6):
            path = arguments.out / f"{number}_right_{sample}.jpg"
            if path.exists():
                continue
            seed = FIRST_SEED + 10 * number + sample
            shot = unguided_shot(seed) if sample == 5 else guided_shot(seed)
            drawn = photo(Person(FIRST_SEED + number), Hand.RIGHT, shot)
            Image.fromarray(drawn.image.pixels).save(path, quality=shot.lens.jpeg)


if __name__ == "__main__":
    main()
