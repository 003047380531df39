"""One finger in its strip by a small network of our own: which pixels are this finger.

Trained on synthetic hands alone (bench/outline_net, docs/fingers.md), with colour, light and ground changed at random,
so that it goes by shape and edges where a photo's own colours fail: on wood, and on ground of the skin's colour.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from handfast.base.image import Pixels
from handfast.finger.tip.outline_tiles import TiledOutlineNet
from handfast.imaging.tiles import available
from handfast.models.sessions import OnnxModel

WIDTH, HEIGHT = 64, 80  # px of a strip
BREADTH = 22.0  # px, of the finger in it
ABOVE = 1.15  # breadths from the strip's upper edge to the tip's landmark

Likely = NDArray[np.float32]
"""How likely each pixel of a strip is this finger: (80, 64), 0..1."""
Net = Callable[[Sequence[Pixels]], NDArray[np.float32]]
"""From strips to logits (N, 80, 64)."""


def read_strips(strips: Sequence[Pixels]) -> tuple[Likely, ...]:
    """What the network sees in strips (80, 64, 3) RGB: tip up, BREADTH wide, its landmark ABOVE from the top.

    On processors with tiles (AMX) what it multiplies is rounded to bfloat16; docs/fingers.md tells how far that goes.
    """
    return tuple(expit(_network()(strips)))


def warm_up() -> None:
    """Open the network and run it once."""
    read_strips([np.zeros((HEIGHT, WIDTH, 3), np.uint8)])


def plain_net() -> Net:
    """The network in float32; it also tells the last phalanx, which nobody asks for."""
    model = OnnxModel(_stored("outline_net.onnx"), threads=1)

    def logits(strips: Sequence[Pixels]) -> NDArray[np.float32]:
        batch = np.stack(strips).astype(np.float32).transpose(0, 3, 1, 2) / np.float32(127.5) - 1
        return np.asarray(model(strip=np.ascontiguousarray(batch))["logit"][:, 0])

    return logits


def tiled_net() -> Net:
    """The same on tiles."""
    net = TiledOutlineNet(np.load(BytesIO(_stored("outline_net.npz"))))
    return lambda strips: np.stack([net(strip) for strip in strips])


@lru_cache(maxsize=1)
def _network() -> Net:
    return tiled_net() if available() else plain_net()


def _stored(name: str) -> bytes:
    return files("handfast.finger.tip").joinpath(name).read_bytes()
