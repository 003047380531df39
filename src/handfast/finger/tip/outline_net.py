"""One finger in its strip by a small network of our own: which pixels are this finger, and which its last phalanx.

Trained on synthetic hands alone (bench/outline_net, docs/fingers.md), with colour, light and ground changed at random,
so that it goes by shape and edges where a photo's own colours fail: on wood, and on ground of the skin's colour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from handfast.base.image import Pixels
from handfast.models.sessions import OnnxModel

WIDTH, HEIGHT = 64, 80  # px of a strip
BREADTH = 22.0  # px, of the finger in it
ABOVE = 1.15  # breadths from the strip's upper edge to the tip's landmark

Likely = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """How likely each pixel of a strip is this finger, and its last phalanx; both (80, 64) float32, 0..1."""

    finger: Likely
    phalanx: Likely


def read_strips(strips: Sequence[Pixels]) -> tuple[Reading, ...]:
    """What the network sees in strips (80, 64, 3) RGB: tip up, BREADTH wide, its landmark ABOVE from the top."""
    batch = np.stack(strips).astype(np.float32).transpose(0, 3, 1, 2) / np.float32(127.5) - 1
    logit = _network()(strip=np.ascontiguousarray(batch))["logit"]
    likely = expit(logit)
    return tuple(Reading(finger, phalanx) for finger, phalanx in likely)


def warm_up() -> None:
    """Open the network and run it once."""
    read_strips([np.zeros((HEIGHT, WIDTH, 3), np.uint8)])


@lru_cache(maxsize=1)
def _network() -> OnnxModel:
    return OnnxModel(files("handfast.finger.tip").joinpath("outline_net.onnx").read_bytes(), threads=1)
