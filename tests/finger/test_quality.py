import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.errors import (
    FingerBlurred,
    FingerDark,
    FingerGlare,
    FingerTooClose,
    FingerTooFar,
    PoorFinger,
)
from handfast.finger.tip.crease import crease_row
from handfast.finger.tip.crop import Fingertip, fingertip_shape
from handfast.finger.tip.quality import (
    TipMeasures,
    clarity,
    cut_off,
    finger_quality,
    measure,
    readable,
    ridge_focus,
    too_poor,
)
from handfast.finger.tip.scale import finger_ppi, print_scale
from handfast.finger.types import Minutiae

GOOD = TipMeasures(ppi=450, exposure=140, glare=0, focus=0.5, covered=1, visible=1)


def minutiae(count: int, quality: float) -> Minutiae:
    zeros = np.zeros(count)
    return Minutiae(320, 440, zeros, zeros, zeros, np.ones(count, np.uint8), np.full(count, quality))


def fingertip(level: int, width: int = 300, visible: float = 1.0) -> Fingertip:
    height = int(1.38 * width)
    pixels = np.full((height, width, 3), level, np.uint8)
    return Fingertip(pixels, fingertip_shape(width, height, 0.6), 1.0, visible, np.zeros((4, 2)))


@given(st.floats(0, 100), st.floats(0, 100))
def test_clearer_minutiae_never_lower_the_quality(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert finger_quality(GOOD, minutiae(30, low)).value <= finger_quality(GOOD, minutiae(30, high)).value


def test_quality_is_about_fifty_at_the_gate() -> None:
    quality = finger_quality(GOOD, minutiae(30, 75.001))
    assert quality.value == pytest.approx(50, abs=1)
    assert too_poor(quality) is None
    assert isinstance(too_poor(finger_quality(GOOD, minutiae(30, 74))), FingerBlurred)


def test_only_the_strongest_minutiae_count_for_clarity() -> None:
    strong, weak = np.full(25, 90.0), np.full(60, 31.0)
    zeros = np.zeros(85)
    mixed = Minutiae(320, 440, zeros, zeros, zeros, np.ones(85, np.uint8), np.r_[weak, strong])
    assert clarity(mixed) == pytest.approx(0.9)


def test_a_print_without_minutiae_is_worth_nothing() -> None:
    assert finger_quality(GOOD, minutiae(0, 0)).value == 0


@pytest.mark.parametrize(
    ("measures", "cause"),
    [
        (TipMeasures(ppi=250, exposure=20, glare=0.5, focus=0, covered=1, visible=1), FingerTooFar),
        (TipMeasures(ppi=450, exposure=20, glare=0, focus=0, covered=1, visible=1), FingerDark),
        (TipMeasures(ppi=450, exposure=150, glare=0.4, focus=0, covered=1, visible=1), FingerGlare),
        (TipMeasures(ppi=450, exposure=250, glare=0, focus=0, covered=1, visible=1), FingerGlare),
        (GOOD, FingerBlurred),
    ],
)
def test_a_poor_finger_has_one_cause(measures: TipMeasures, cause: type[PoorFinger]) -> None:
    assert type(too_poor(finger_quality(measures, minutiae(30, 50)))) is cause


def test_clear_ridges_are_accepted_in_any_light() -> None:
    dark = TipMeasures(ppi=450, exposure=20, glare=0, focus=0.5, covered=1, visible=1)
    assert too_poor(finger_quality(dark, minutiae(30, 90))) is None


def test_a_finger_far_away_is_refused_however_clear_its_minutiae_seem() -> None:
    far = TipMeasures(ppi=200, exposure=140, glare=0, focus=0.5, covered=1, visible=1)
    assert isinstance(too_poor(finger_quality(far, minutiae(30, 95))), FingerTooFar)


def test_a_fingertip_out_of_the_picture_is_not_read() -> None:
    assert isinstance(cut_off(fingertip(140, visible=0.6)), FingerTooClose)
    assert cut_off(fingertip(140)) is None


def test_measures_are_taken_on_the_skin_only() -> None:
    tip = fingertip(100)
    pixels = tip.pixels.copy()
    pixels[~tip.mask] = 255
    tip = Fingertip(pixels, tip.mask, 1.0, 1.0, tip.corners)
    found = measure(tip, pixels[..., 1], tip.mask)
    assert found.exposure == pytest.approx(100)
    assert found.glare == 0
    assert measure(fingertip(255), pixels[..., 1], tip.mask).glare == 1


def test_focus_falls_with_blur() -> None:
    rng = np.random.default_rng(3)
    y, x = np.mgrid[:300, :300]
    ridges = 130 + 25 * np.cos(2 * np.pi * np.hypot(x - 150, y + 80) / 9)
    everywhere = np.ones(ridges.shape, bool)

    def focus(blur: float) -> float:
        seen = cv2.GaussianBlur(ridges, (0, 0), blur) + rng.normal(0, 3, ridges.shape)
        return ridge_focus(seen.clip(0, 255).astype(np.uint8), everywhere)

    falling = [focus(blur) for blur in (0.5, 3, 4, 6)]
    assert falling == sorted(falling, reverse=True)
    assert falling[0] > 0.6
    assert falling[-1] < 0.35


@given(st.floats(100, 3000))
def test_scale_brings_every_finger_to_the_same_width(width: float) -> None:
    assert width * print_scale(width) == pytest.approx(9 * 35.5)
    assert finger_ppi(width) * print_scale(width) == pytest.approx(500)


def test_a_dark_line_across_the_lower_part_is_the_crease() -> None:
    rows = np.arange(440)[:, None]
    ridges = 140 + 12 * np.cos(2 * np.pi * rows / 9) * np.ones((1, 320))
    plain = ridges.astype(np.uint8)
    creased = (ridges - 60 * np.exp(-(((rows - 390) / 9) ** 2))).astype(np.uint8)
    assert crease_row(plain) is None
    row = crease_row(creased)
    assert row is not None
    assert 370 <= row <= 390


def test_a_burnt_patch_is_not_read_and_a_glint_on_a_ridge_is() -> None:
    ridges = np.full((200, 200), 140, np.uint8)
    ridges[20:60, 20:60] = 255
    ridges[120:124, 20:180] = 255  # as wide as half a ridge
    kept = readable(ridges, np.ones(ridges.shape, bool))
    assert not kept[30:50, 30:50].any()
    assert kept[110:140].all()


def test_what_lies_in_black_shadow_is_not_read() -> None:
    half = np.full((200, 200), 140, np.uint8)
    half[:, :100] = 0
    kept = readable(half, np.ones(half.shape, bool))
    assert not kept[:, :100].any()
    assert kept[:, 110:].all()


def test_noise_is_not_taken_for_clear_ridges() -> None:
    rng = np.random.default_rng(4)
    y = np.mgrid[:440, :320][0]
    ridges = (130 + 25 * np.cos(2 * np.pi * y / 9)).astype(np.uint8)
    noise = rng.normal(130, 10, ridges.shape).clip(0, 255).astype(np.uint8)
    tip = fingertip(130, width=320)
    whole = measure(tip, ridges, np.ones(ridges.shape, bool)).clear
    half = np.where(np.arange(440)[:, None] < 220, ridges, noise)
    assert 0.4 < measure(tip, half, np.ones(ridges.shape, bool)).clear < 0.7 * whole
