"""The edge of a print or screen: long straight lines on the sides of the face (Komulainen, Hadid & Pietikainen 2013).

Door frames, shelves and pictures on the wall are lines too, so two numbers: how much of a frame there is, and how much
of it goes where the face goes.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.lab.cues.frame import CueFrame

SMALL = 240  # px, height at which lines are looked for
LONG = 0.25  # of that height, the shortest line
TILT = 0.35  # of a line's length, that it may lean
OFTEN = 0.5  # of the frames, in which a side must have a line to be followed
MOVED = 1.5  # px at that height, standard deviation of the face's place, below which nothing can be followed

Places = NDArray[np.float64]


def enclosed(frames: Sequence[CueFrame]) -> float | None:
    """Mean over frames of the share of the four sides of the face, beyond the head, that have a long straight line."""
    return float(np.mean([np.isfinite(lines_around(frame)) for frame in frames])) if frames else None


def carried(frames: Sequence[CueFrame]) -> float | None:
    """0..1: how much of the face's movement the lines around it share, mean of sides; None without movement."""
    if len(frames) < 4:
        return None
    places = np.array([lines_around(frame) for frame in frames])
    scale = SMALL / frames[0].pixels.shape[0]
    face = np.array([frame.centre for frame in frames], np.float64)[:, [0, 0, 1, 1]] * scale
    moving = [side for side in range(4) if face[:, side].std() >= MOVED]
    return float(np.mean([_share(places[:, side], face[:, side]) for side in moving])) if moving else None


def _share(line: Places, face: Places) -> float:
    """Slope of the line's place over the face's, 0..1, where it follows; 0 where there is none."""
    there = np.isfinite(line)
    if there.mean() < OFTEN or face[there].std() < MOVED:
        return 0.0
    x, y = face[there] - face[there].mean(), line[there] - line[there].mean()
    slope = float(x @ y / (x @ x))
    correlation = float(x @ y / np.sqrt((x @ x) * (y @ y) + 1e-9))
    return max(0.0, min(1.0, slope)) * max(0.0, correlation)


def lines_around(frame: CueFrame) -> Places:
    """(4,) px at the height SMALL: where the nearest long line passes left, right, above, below; nan where none."""
    scale = SMALL / frame.pixels.shape[0]
    grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)
    small = cv2.GaussianBlur(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), (0, 0), 0.8)
    found = cv2.HoughLinesP(cv2.Canny(small, 40, 100), 1, np.pi / 120, 30, minLineLength=LONG * SMALL, maxLineGap=5)
    x, y = frame.centre * scale
    half = frame.breadth * scale * 0.62
    around = np.full(4, np.nan)
    for x1, y1, x2, y2 in (np.empty((0, 4)) if found is None else found.reshape(-1, 4)).astype(float):
        if abs(x2 - x1) <= TILT * abs(y2 - y1):
            place = x1 + (x2 - x1) * (y - y1) / (y2 - y1) if abs(y2 - y1) > 1 else x1
            _nearer(around, 0, place, x, half)
        elif abs(y2 - y1) <= TILT * abs(x2 - x1):
            place = y1 + (y2 - y1) * (x - x1) / (x2 - x1)
            _nearer(around, 2, place, y, 1.35 * half)
    return around


def _nearer(around: Places, first: int, place: float, middle: float, half: float) -> None:
    side = first + (place > middle)
    if abs(place - middle) >= half and not abs(around[side] - middle) <= abs(place - middle):
        around[side] = place
