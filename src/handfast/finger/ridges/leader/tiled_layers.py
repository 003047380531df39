"""LEADER's layers as layers has them, with their weights as the tiles of tiled_blocks want them."""

import numpy as np
from numpy.typing import NDArray

from handfast.finger.ridges.leader import tiled_blocks
from handfast.finger.ridges.leader.layers import (
    BOTTLENECK_REACH,
    SEPARABLE_REACH,
    STEM_REACH,
    Attention,
    Block,
    Layers,
    PositionHead,
    flat,
    padded,
    real_of,
)
from handfast.finger.ridges.leader.planes import Plane
from handfast.finger.ridges.leader.tiled_rows import Weights
from handfast.imaging.packing import float16, packed, rounded
from handfast.imaging.tiles import DEPTH, SIDE
from handfast.imaging.vectors import NARROW

Single = NDArray[np.float32]

_PAIR = DEPTH // 2  # pixels of two rows that a product sums over at a time


class Stem:
    """As layers.Stem; grey values are whole, which bfloat16 has exactly up to 256."""

    def __init__(self, layers: Layers, name: str, *, highest: bool) -> None:
        filters, bias, scale, offset = (layers[f"{name}/{part}"] for part in ("filters", "bias", "scale", "offset"))
        self.count, side, pairs = len(bias), 2 * STEM_REACH + 1, tiled_blocks.PAIRS
        taps = np.zeros((2 * pairs, _PAIR, 2, self.count), np.float32)
        for row in range(2):
            taps[row : row + side, :side, row] = filters.transpose(1, 2, 0)
        by_pair = taps.reshape(pairs, 2, _PAIR, 2 * self.count).swapaxes(1, 2)
        highest_of = np.full(self.count, highest)
        self._weights: Weights = (
            packed(by_pair.reshape(-1, 2 * self.count)),
            *(flat(part) for part in (np.tile(bias, 2), scale, offset, highest_of)),
        )

    def __call__(self, pairs: Single, out: Plane, at: int) -> None:
        """A picture as `bordered` gives it, into channels of a plane of half its size."""
        tiled_blocks.stem(pairs.reshape(-1), pairs.shape[1], self._weights, out.values, out.place, at)


def bordered(picture: Single) -> Single:
    """(H, W) with STEM_REACH zeros round it, two rows in one as bfloat16, pixel beside pixel, and one row more.

    What reads a row's end reads on into the next.
    """
    bits = picture.view(np.uint32)
    height, width = picture.shape
    pairs = np.zeros((height // 2 + STEM_REACH + 1, width + 2 * STEM_REACH), np.uint32)
    inner = slice(STEM_REACH // 2, STEM_REACH // 2 + height // 2), slice(STEM_REACH, STEM_REACH + width)
    pairs[inner] = bits[::2] >> 16 | bits[1::2]
    return pairs.view(np.float32)


def separable(layers: Layers, name: str) -> Block:
    """As layers.separable."""
    depth, count = layers[f"{name}/mix"].shape
    columns = rounded(count, SIDE)
    weights = (
        float16(padded(layers, f"{name}/filters", -1, rounded(depth, DEPTH))),
        packed(layers[f"{name}/mix"]),
        flat(padded(layers, f"{name}/bias", columns)),
        real_of(count, columns),
        flat(padded(layers, f"{name}/scale", columns)),
        flat(padded(layers, f"{name}/offset", columns)),
    )
    return Block(tiled_blocks.separable, SEPARABLE_REACH, weights, count)


def bottleneck(layers: Layers, name: str) -> Block:
    """As layers.bottleneck."""
    count = layers[f"{name}/reduce"].shape[1]
    return Block(tiled_blocks.bottleneck, BOTTLENECK_REACH, _inverted(layers, name, SIDE), count)


def attention(layers: Layers) -> Attention:
    """As layers.attention."""
    views, bias, gate, gate_bias = (layers[f"attention/{part}"] for part in ("views", "bias", "gate", "gate_bias"))
    looks = np.concatenate([packed(view, NARROW) for view in views])
    return Attention(tiled_blocks.attention, (looks, flat(bias), packed(gate), flat(gate_bias)))


def position_head(layers: Layers) -> PositionHead:
    """As layers.position_head."""
    last = (flat(layers[f"head/{part}"]) for part in ("second", "second_bias"))
    weights = *_inverted(layers, "head", NARROW), *last
    return PositionHead(tiled_blocks.position, weights, layers["head/phases"], layers["head/phases_bias"])


def _inverted(layers: Layers, name: str, columns: int) -> Weights:
    """What an inverted bottleneck needs: filters, real channels, the layer that makes them more, and the way back."""
    depth, wide = layers[f"{name}/expand"].shape
    count, inner = layers[f"{name}/reduce"].shape[1], rounded(depth, DEPTH)
    reduce = padded(layers, f"{name}/reduce", rounded(wide, SIDE), count)
    adjust = padded(layers, f"{name}/adjust", inner, count)
    return (
        float16(padded(layers, f"{name}/filters", -1, inner)),
        real_of(depth, inner),
        packed(layers[f"{name}/expand"]),
        flat(padded(layers, f"{name}/expand_bias", rounded(wide, SIDE))),
        packed(np.concatenate([reduce, adjust]), columns),
        flat(padded(layers, f"{name}/bias", rounded(count, columns))),
    )
