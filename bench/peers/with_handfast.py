"""Ourselves as a contestant: what `handfast lab` runs for contact prints, through stored templates."""

from pathlib import Path

import cv2
from job import answer

from handfast.base.image import GrayImage
from handfast.base.modality import FingerPosition
from handfast.base.settings import Settings
from handfast.finger.comparison.compare import compare_prints, fast_form
from handfast.finger.comparison.prints import Prints
from handfast.finger.contact import print_to_template
from handfast.finger.ridges.minutiae import MinutiaExtractor
from handfast.models.store import ModelStore

EXTRACTOR = MinutiaExtractor(ModelStore(Settings.from_environment().models_dir))


def extract(file: Path) -> Prints:
    pixels = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    return fast_form(print_to_template(GrayImage(pixels), FingerPosition.UNKNOWN, EXTRACTOR))


if __name__ == "__main__":
    answer(extract, compare_prints)
