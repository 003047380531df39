import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from handfast.finger.leader_stems import MARGIN, Stem, filtered

Plane = NDArray[np.float32]


def drawn_stem(rng: np.random.Generator, channels: int) -> Stem:
    shapes = (channels, 5, 5), (channels,), (channels,), (channels,)
    return Stem(*(rng.normal(size=shape).astype(np.float32) for shape in shapes))


def in_plain_steps(picture: Plane, stem: Stem, *, highest: bool) -> Plane:
    """The same by OpenCV and numpy, one layer after the other."""
    layers = []
    for number, filter_ in enumerate(stem.filters):
        kernel = filter_
        if number >= len(stem.filters) // 2:
            kernel = np.zeros((9, 9), np.float32)
            kernel[::2, ::2] = filter_
        layers.append(cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_CONSTANT) + stem.bias[number])
    value = np.stack(layers).astype(np.float64)
    value = (value - value.mean(0)) / np.sqrt(value.var(0) + 1e-3)
    value = value * stem.scale[:, None, None] + stem.offset[:, None, None]
    value = 0.5 * value * (1 + np.tanh(np.sqrt(2 / np.pi) * (value + 0.044715 * value**3)))
    blocks = value.reshape(len(value), picture.shape[0] // 2, 2, picture.shape[1] // 2, 2)
    return np.asarray(blocks.max((2, 4)) if highest else blocks.mean((2, 4)), np.float32)


@pytest.mark.parametrize("highest", [True, False])
def test_a_stem_is_filters_normalisation_gelu_and_pooling(highest: bool) -> None:
    rng = np.random.default_rng(1)
    stem, picture = drawn_stem(rng, 4), rng.uniform(0, 255, (32, 64)).astype(np.float32)
    found = filtered(np.pad(picture, MARGIN), stem, highest=highest)
    assert np.abs(found - in_plain_steps(picture, stem, highest=highest)).max() < 1e-4


def test_a_pixel_is_felt_as_far_as_the_filters_reach_and_no_further() -> None:
    rng = np.random.default_rng(2)
    stem, blank = drawn_stem(rng, 4), np.zeros((64, 64), np.float32)
    dot = blank.copy()
    dot[32, 32] = 255
    change = filtered(np.pad(dot, MARGIN), stem, highest=False) - filtered(np.pad(blank, MARGIN), stem, highest=False)
    rows, columns = np.nonzero(np.abs(change).max(0) > 1e-6)
    # From 28 to 36 px: cells 14 to 18 of the halved picture.
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (14, 18, 14, 18)
