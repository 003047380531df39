"""The pulse of the blood in the colour of the skin: orthogonal to its tone (Wang et al. 2017)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handfast.lab.cues.frame import BROW, CHIN, LEFT_EYE, RIGHT_EYE, CueFrame

SIDE = 0.2  # of the face's breadth, a square of forehead or cheek
SLOWEST, FASTEST = 0.75, 2.2  # beats a second


def pulse(frames: Sequence[CueFrame]) -> float | None:
    """Minus the share of the strongest beat in the colour's change; None where it is under 4 seconds."""
    if len(frames) < 8 or frames[-1].at - frames[0].at < 4:
        return None
    colour = np.array([_skin(frame) for frame in frames])
    at = np.array([frame.at for frame in frames])
    colour = colour / _trend(at, colour)
    one, two = colour[:, 1] - colour[:, 2], colour[:, 1] + colour[:, 2] - 2 * colour[:, 0]
    wave = one + one.std() / (two.std() + 1e-9) * two
    beats = np.linspace(SLOWEST, FASTEST, 40)
    parts = np.exp(-2j * np.pi * np.outer(beats, at)) @ ((wave - wave.mean()) * np.hanning(len(wave)))
    strength = np.abs(parts) ** 2
    return -float(strength.max() / strength.sum())


def _skin(frame: CueFrame) -> NDArray[np.float64]:
    """Mean red, green, blue of forehead and cheeks."""
    eyes, height = frame.rigid[[RIGHT_EYE, LEFT_EYE]], frame.rigid[CHIN] - frame.rigid[BROW]
    half = max(2, round(SIDE * frame.breadth / 2))
    means = []
    for x, y in (eyes.mean(0) - 0.3 * height, *(eye + 0.25 * height for eye in eyes)):
        part = frame.pixels[max(0, int(y) - half) : int(y) + half, max(0, int(x) - half) : int(x) + half]
        means.append(part.reshape(-1, 3).mean(0) if part.size else np.full(3, np.nan))
    return np.asarray(np.nanmean(means, axis=0), np.float64)


def _trend(at: NDArray[np.float64], colour: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is slower than a beat: a parabola through each colour."""
    return np.column_stack([np.polyval(np.polyfit(at - at.mean(), column, 2), at - at.mean()) for column in colour.T])
