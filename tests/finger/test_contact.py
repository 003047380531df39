from pathlib import Path

import cv2
import numpy as np
import pytest

from handfast.base.errors import NoFingerFound
from handfast.base.image import GrayImage
from handfast.base.modality import FingerPosition, SampleKind
from handfast.finger.comparison.compare import compare_templates
from handfast.finger.contact import print_to_template, read_contact_print
from handfast.finger.records.iso19794_2_2005 import FORMAT, decode
from handfast.finger.ridges.minutiae import MinutiaExtractor
from handfast.finger.synth.contact import impression
from handfast.finger.synth.person import Person
from handfast.models.store import ModelStore

FINGER = FingerPosition.RIGHT_INDEX


def touch(person: int, seed: int) -> GrayImage:
    return impression(Person(person), FINGER, seed, severity=0.5).image


def at_resolution(image: GrayImage, ppi: float) -> GrayImage:
    """The same print as a scanner of another resolution would give it."""
    scale = ppi / 500
    pixels = cv2.resize(image.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return GrayImage(np.asarray(pixels, np.uint8), ppi)


def test_the_mask_covers_the_touched_skin_and_little_else() -> None:
    truth = impression(Person(1), FINGER, 1, severity=0.5)
    mask = read_contact_print(truth.image, FINGER).mask
    both = (mask & truth.mask).sum()
    assert both > 0.9 * truth.mask.sum()
    assert both > 0.8 * mask.sum()


def test_a_stated_resolution_is_brought_to_500_ppi() -> None:
    image = touch(1, 1)
    again = read_contact_print(at_resolution(image, 569), FINGER).image
    assert again.ppi == 500
    assert again.size == pytest.approx(image.size, abs=1)


def test_an_unstated_resolution_is_taken_for_500_ppi() -> None:
    pixels = touch(1, 1).pixels
    assert np.array_equal(read_contact_print(GrayImage(pixels), FINGER).image.pixels, pixels)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_without_ridges_is_no_print(level: int) -> None:
    with pytest.raises(NoFingerFound):
        read_contact_print(GrayImage(np.full((300, 200), level, np.uint8)), FINGER)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (5, 5)])
def test_a_picture_too_small_for_a_print_is_none(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    with pytest.raises(NoFingerFound):
        read_contact_print(GrayImage(noise), FINGER)


@pytest.mark.models
def test_two_touches_of_a_finger_compare_and_two_fingers_do_not(models_dir: Path) -> None:
    extractor = MinutiaExtractor(ModelStore(models_dir))
    first, second, coarse, other = (
        print_to_template(image, FINGER, extractor)
        for image in (touch(1, 1), touch(1, 2), at_resolution(touch(1, 2), 620), touch(2, 1))
    )
    assert (first.kind, first.format, first.position) == (SampleKind.CONTACT, FORMAT, FINGER)
    assert decode(first.data)[1] is FINGER
    mated = compare_templates(first, second).value
    assert mated > 2.5
    assert compare_templates(first, coarse).value == pytest.approx(mated, rel=0.15)
    assert compare_templates(first, other).value < 1.8
