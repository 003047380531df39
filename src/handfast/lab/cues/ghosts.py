"""JPEG ghosts: a picture that was compressed before is nearly unchanged by the same compression (Farid 2009)."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.lab.cues.frame import CueFrame

QUALITIES = tuple(range(50, 96, 3))
LOOKED_AT = 3  # frames of a session


def ghosts(frames: Sequence[CueFrame]) -> float | None:
    """How deep the second hollow is in the change by compression over quality, median of a few frames, 0..1."""
    if not frames:
        return None
    chosen = [frames[place] for place in np.linspace(0, len(frames) - 1, LOOKED_AT).astype(int)]
    return float(np.median([second_hollow(changes(cv2.cvtColor(f.pixels, cv2.COLOR_RGB2GRAY))) for f in chosen]))


def changes(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean square change by JPEG compression at each of QUALITIES."""
    found = []
    for quality in QUALITIES:
        body = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        again = cv2.imdecode(body, cv2.IMREAD_GRAYSCALE)
        found.append(float(np.square(np.asarray(again, np.float32) - grey).mean()))
    return np.array(found)


def second_hollow(values: NDArray[np.float64]) -> float:
    """Depth of the second deepest hollow, as a share of the line between its neighbours; 0 without one."""
    line = (values[:-2] + values[2:]) / 2
    depths = np.sort(np.maximum(0.0, 1 - values[1:-1] / np.maximum(line, 1e-6)))
    return float(depths[-2])
