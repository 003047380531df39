import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.finger.ridges.enhance import EnhanceParameters, enhance, normalise
from handfast.finger.ridges.spectra import Tables, sharpened

EVERYWHERE = np.ones((220, 200), bool)


def ridges(period: float, angle: float, contrast: float = 20.0, shape: tuple[int, int] = (220, 200)) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]]
    wave = np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / period)
    return np.asarray(128 + contrast * wave, np.uint8)


def strongest_wave(pixels: np.ndarray) -> tuple[float, float]:
    """Period in px and angle modulo pi of the strongest wave in the middle."""
    middle = pixels[46:174, 36:164].astype(float)
    spectrum = np.abs(np.fft.fft2((middle - middle.mean()) * np.outer(np.hanning(128), np.hanning(128)), (512, 512)))
    spectrum[0, 0] = 0
    row, column = np.unravel_index(spectrum.argmax(), spectrum.shape)
    v, u = (k - 512 if k > 256 else k for k in (row, column))
    return 512 / float(np.hypot(u, v)), float(np.arctan2(v, u)) % np.pi


@settings(max_examples=20, deadline=None)
@given(st.floats(6.5, 13), st.floats(0, np.pi))
def test_ridges_keep_their_period_and_direction(period: float, angle: float) -> None:
    found_period, found_angle = strongest_wave(enhance(ridges(period, angle), EVERYWHERE).pixels)
    assert found_period == pytest.approx(period, rel=0.03)
    turn = abs(found_angle - angle % np.pi)
    assert min(turn, np.pi - turn) < np.radians(2)


def test_dark_ridges_come_from_bright_ridges() -> None:
    bright = ridges(9, 0.5)
    out = enhance(bright, EVERYWHERE).pixels[30:-30, 30:-30].astype(float)
    source = bright[30:-30, 30:-30].astype(float)
    assert np.corrcoef(out.ravel(), source.ravel())[0, 1] < -0.8


def test_faint_ridges_come_out_as_strong_as_clear_ones() -> None:
    faint, clear = (enhance(ridges(9, 0.3, contrast), EVERYWHERE).pixels.std() for contrast in (6.0, 40.0))
    assert faint == pytest.approx(clear, rel=0.15)


def test_a_shadow_across_the_finger_does_not_remain() -> None:
    shaded = (ridges(9, 0.3).astype(float) * np.linspace(0.4, 1.2, 200)).clip(0, 255).astype(np.uint8)
    out = enhance(shaded, EVERYWHERE).pixels.astype(float)
    coarse = cv2.GaussianBlur(out, (0, 0), 15)[30:-30, 30:-30]
    assert float(np.ptp(coarse)) < 12


def test_outside_the_mask_is_flat() -> None:
    mask = EVERYWHERE.copy()
    mask[:, :70] = False
    out = enhance(ridges(9, 0.3), mask).pixels
    assert np.all(out[:, :70] == EnhanceParameters().background)
    assert out[:, 70:].std() > 20


def test_what_lies_outside_the_mask_does_not_leak_in() -> None:
    mask = EVERYWHERE.copy()
    mask[:, :70] = False
    quiet, loud = ridges(9, 0.3), ridges(9, 0.3)
    quiet[:, :70], loud[:, :70] = 128, 255
    assert np.array_equal(enhance(quiet, mask).pixels, enhance(loud, mask).pixels)


def test_an_empty_mask_gives_a_blank_print() -> None:
    assert np.all(enhance(ridges(9, 0), ~EVERYWHERE).pixels == 200)


def test_normalised_skin_has_mean_nothing_and_deviation_one() -> None:
    plane = np.random.default_rng(1).normal(90, 25, (200, 200)).astype(np.float32)
    flat = normalise(plane, np.ones(plane.shape, bool), 9.0)
    assert abs(float(flat.mean())) < 0.05
    assert float(flat.std()) == pytest.approx(1, abs=0.1)


def test_windows_times_a_power_of_their_spectra_are_what_fast_transforms_give() -> None:
    rng = np.random.default_rng(2)
    plane = rng.normal(size=(90, 101)).astype(np.float32)
    band, taper = rng.uniform(0, 1, (48, 25)).astype(np.float32), np.outer(np.hanning(48), np.hanning(48))
    band[14:-13] = band[:, 14:] = 0
    tops, lefts = np.array([0, 7, 42]), np.array([53, 30, 0])
    expected = np.zeros(plane.shape)
    for top, left in zip(tops, lefts, strict=True):
        spectrum = np.fft.rfft2(plane[top : top + 48, left : left + 48] * taper)
        window = np.fft.irfft2(spectrum * np.abs(spectrum) ** 0.4 * band, (48, 48)) * taper
        expected[top : top + 48, left : left + 48] += window
    found = sharpened(plane, tops, lefts, Tables.of(taper.astype(np.float32), band), 0.4)
    assert np.abs(found - expected).max() < 1e-5 * np.abs(expected).max()
