"""Parallax of the surroundings: whether what is around the face moves as the face does (Anjos, Chakka & Marcel 2014).

A sheet takes its picture of a room along; before a live head the room stays, but for what the phone itself moves.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.lab.cues.frame import CueFrame

HEIGHT = 240  # px at which it is looked at
POINTS, FEWEST = 60, 8
MOVED = 1.5  # px, as in edges
HEAD = (0.75, 1.1)  # of the face's breadth, half axes of what counts as head


def surround(frames: Sequence[CueFrame]) -> float | None:
    """Share of the face's movement that its surroundings make too; None where nothing is to be followed or moves."""
    if len(frames) < 4:
        return None
    small = [_small(frame) for frame in frames]
    scale = HEIGHT / frames[0].pixels.shape[0]
    steps: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
    for (before, first), (after, second) in zip(
        zip(small, frames, strict=True), zip(small[1:], frames[1:], strict=False), strict=False
    ):
        moved = _moved(before, after, first, scale)
        if moved is not None:
            steps.append(((second.centre - first.centre) * scale, moved))
    if len(steps) < len(frames) // 2:
        return None
    face, room = np.array([f for f, _ in steps]).ravel(), np.array([r for _, r in steps]).ravel()
    return float(face @ room / (face @ face)) if face.std() >= MOVED / 2 else None


def _small(frame: CueFrame) -> NDArray[np.uint8]:
    grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)
    scale = HEIGHT / grey.shape[0]
    return np.asarray(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _moved(
    before: NDArray[np.uint8], after: NDArray[np.uint8], frame: CueFrame, scale: float
) -> NDArray[np.float32] | None:
    """Median movement of corners around the head and above the shoulders, px."""
    mask = np.full(before.shape, 255, np.uint8)
    x, y = (int(value * scale) for value in frame.centre)
    axes = (int(HEAD[0] * frame.breadth * scale), int(HEAD[1] * frame.breadth * scale))
    cv2.ellipse(mask, (x, y), axes, 0, 0, 360, 0, -1)
    mask[y + axes[1] // 2 :] = 0
    corners = np.asarray(cv2.goodFeaturesToTrack(before, POINTS, 0.02, 5, mask=mask), np.float32)
    if corners.ndim != 3 or len(corners) < FEWEST:  # OpenCV says None for no corner, which is no number
        return None
    blank = np.empty_like(corners)
    placed, found, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, blank, winSize=(13, 13), maxLevel=2)
    good = np.asarray(found).ravel() == 1
    moved = (np.asarray(placed) - corners).reshape(-1, 2)[good]
    return np.asarray(np.median(moved, axis=0), np.float32) if len(moved) >= FEWEST else None
