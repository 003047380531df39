"""Folders of labelled pictures made up for tests."""

from pathlib import Path

import numpy as np
from PIL import Image


def write_people(
    folder: Path, people: int, samples: int, name: str = "p{person}/{sample}.png", first: int = 20
) -> None:
    """Plain pictures: person k has grey `first` + 8 k, plus 0..2 by the sample."""
    for person in range(people):
        for sample in range(samples):
            path = folder / name.format(person=person, sample=sample)
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((20, 20), first + 8 * person + sample % 3, np.uint8)).save(path)
