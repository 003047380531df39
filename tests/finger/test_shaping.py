"""The outline network's strips: laws on drawn shapes, and the network itself on hands that it never saw."""

import cv2
import numpy as np
import pytest

from handfast.base.modality import Hand
from handfast.finger.hand.axes import FingerAxes
from handfast.finger.synth.background import draw_background
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import SynthPhoto, photo
from handfast.finger.synth.shot import Background, guided_shot
from handfast.finger.tip.outline_net import HEIGHT, WIDTH, plain_net, read_strips, tiled_net
from handfast.finger.tip.shaping import Placed, believed, finger_shape, shaped_strips, window_of
from handfast.imaging.tiles import available


def drawn(width: float = 22.0, lean: float = 0.0, top: float = 20.0) -> np.ndarray:
    """How likely a finger is, of one drawn at eight times the size with its axis through the strip's middle."""
    scale = 8
    picture = np.zeros((HEIGHT * scale, WIDTH * scale), np.uint8)
    start = np.array([WIDTH / 2, top + width / 2])
    end = start + np.array([lean, 1.0]) * HEIGHT
    ends = [tuple(int(v) for v in point * scale) for point in (start, end)]
    cv2.line(picture, ends[0], ends[1], 255, int(width * scale), cv2.LINE_AA)
    return np.asarray(cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) / 255, np.float32)


@pytest.mark.parametrize("width", [16.0, 22.0, 28.0])
def test_a_drawn_finger_is_as_wide_as_it_was_drawn(width: float) -> None:
    shape = finger_shape(drawn(width))
    assert shape is not None
    assert shape.outline.width == pytest.approx(width, rel=0.04)


@pytest.mark.parametrize("lean", [-0.2, 0.0, 0.15])
def test_the_lean_of_a_drawn_finger_is_found(lean: float) -> None:
    shape = finger_shape(drawn(lean=lean))
    assert shape is not None
    assert shape.lean == pytest.approx(lean, abs=0.03)


def test_a_drawn_finger_begins_where_it_was_drawn() -> None:
    shape = finger_shape(drawn(top=14.0))
    assert shape is not None
    assert shape.outline.tip == pytest.approx(14.0, abs=1.2)


def test_nothing_likely_is_no_finger() -> None:
    assert finger_shape(np.zeros((HEIGHT, WIDTH), np.float32)) is None


def test_a_square_does_not_fit_a_fingertip_as_well_as_a_finger_does() -> None:
    square = np.zeros((HEIGHT, WIDTH), np.float32)
    square[18:, 14:52] = 1
    finger, other = finger_shape(drawn()), finger_shape(square)
    assert finger is not None
    assert other is None or other.fit < finger.fit


def axes_of(shown: SynthPhoto, off: float = 0.0) -> FingerAxes:
    """Axes as landmarks would give them, each tip off by so many breadths to the right."""
    tips = shown.truth.tips
    up = np.stack([[np.cos(tip.angle), np.sin(tip.angle)] for tip in tips])
    breadths = np.array([tip.width for tip in tips])
    at = np.stack([tip.tip for tip in tips]) - up * 0.33 * breadths[:, None] + [[off * b, 0.0] for b in breadths]
    spacing = float(np.abs(np.diff(at[:, 0])).mean())
    return FingerAxes(at, up, np.array([0.0, -1.0]), np.array([1.0, 0.0]), spacing, spacing, breadths)


def unknown(shown: SynthPhoto) -> np.ndarray:
    """A mask by colour that says nothing."""
    return np.zeros(shown.truth.labels.shape, bool)


@pytest.fixture(scope="module", params=[Background.SKIN, Background.WOOD])
def hand(request: pytest.FixtureRequest) -> SynthPhoto:
    return photo(Person(31), Hand.LEFT, guided_shot(31, size=(378, 504), ppi=108.0, background=request.param))


@pytest.mark.parametrize("off", [-0.25, 0.0, 0.25])
def test_fingers_are_as_wide_as_they_are_on_wood_and_on_ground_of_their_own_colour(
    hand: SynthPhoto, off: float
) -> None:
    strips = shaped_strips(hand.image.pixels, unknown(hand), axes_of(hand, off))
    for strip, tip in zip(strips, hand.truth.tips, strict=True):
        assert strip is not None, tip.position
        assert strip.small_width == pytest.approx(tip.width, rel=0.1)


@pytest.mark.parametrize("ground", [Background.WALL, Background.CLOTH, Background.DESK])
def test_plain_ground_is_no_finger(hand: SynthPhoto, ground: Background) -> None:
    light = draw_background(np.random.default_rng(5), ground, (378, 504), (0.6, 0.35, 0.22))
    empty = np.asarray(255 * light ** (1 / 2.2), np.uint8)
    assert believed(shaped_strips(empty, unknown(hand), axes_of(hand))) == 0


def test_the_mask_is_the_finger_and_not_its_neighbours(hand: SynthPhoto) -> None:
    for number, strip in enumerate(shaped_strips(hand.image.pixels, unknown(hand), axes_of(hand)), 1):
        assert strip is not None
        mine = strip.window.view((hand.truth.labels == number).astype(np.uint8), 1.0, cv2.INTER_NEAREST) > 0
        upper = slice(0, int(strip.outline.tip + 1.3 * strip.outline.width))
        overlap, whole = strip.mask[upper] & mine[upper], strip.mask[upper] | mine[upper]
        assert overlap.sum() > 0.85 * whole.sum()


def test_a_mask_by_colour_that_agrees_is_the_one_that_is_used(hand: SynthPhoto) -> None:
    known = hand.truth.labels > 0
    strips = shaped_strips(hand.image.pixels, known, axes_of(hand))
    same = [
        s is not None and np.array_equal(s.mask, s.window.view(known.astype(np.uint8) * 255, 1.0) > 127) for s in strips
    ]
    assert sum(same) >= 2  # beside a finger that touches it, the hand's mask is not one finger's


def test_likelihoods_are_shares() -> None:
    (likely,) = read_strips([np.full((HEIGHT, WIDTH, 3), 120, np.uint8)])
    assert likely.shape == (HEIGHT, WIDTH)
    assert 0 <= likely.min() <= likely.max() <= 1


@pytest.mark.skipif(not available(), reason="this processor has no tiles")
def test_on_tiles_the_same_pixels_are_the_finger(hand: SynthPhoto) -> None:
    axes = axes_of(hand)
    windows = [window_of(Placed(*place)) for place in zip(axes.tips, axes.directions, axes.breadths, strict=True)]
    strips = [window.view(hand.image.pixels, 1.0) for window in windows]
    plain, tiled = plain_net()(strips), tiled_net()(strips)
    assert np.abs(plain - tiled).max() < 0.05 * np.abs(plain).max()  # bfloat16 rounds by up to 0.004 of a value
    assert ((plain > 0) != (tiled > 0)).mean() < 0.002
