"""LEADER's layers with their weights as the compiled code of blocks.py wants them.

Layers are named float32 arrays, as handfast.cli.convert.leader_table writes them: a matrix has a row for each
channel that goes in, filters have one for each tap.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.finger.ridges.leader import blocks
from handfast.finger.ridges.leader.blocks import CHANNELS, COLUMNS
from handfast.finger.ridges.leader.planes import Plane
from handfast.imaging.packing import aligned, rounded
from handfast.imaging.vectors import NARROW, WIDE

Single = NDArray[np.float32]
Layers = Mapping[str, Single]

STEM_REACH, SEPARABLE_REACH, VIEW_REACH, BOTTLENECK_REACH = 4, 2, 6, 3
REACHES = np.array([1, 3, 6])  # cells between the taps of the attention's views


class Stem:
    """Filters of the grey picture, norm, gelu, half the size: by the highest of each 2x2 pixels or by their mean."""

    def __init__(self, layers: Layers, name: str, *, highest: bool) -> None:
        filters, bias, scale, offset = (layers[f"{name}/{part}"] for part in ("filters", "bias", "scale", "offset"))
        self.count = len(bias)
        groups = [filters[first : first + NARROW] for first in range(0, self.count, NARROW)]
        used = [(group != 0).any(0) for group in groups]
        self._taps = np.cumsum([0, *(int(each.sum()) for each in used)])
        self._cells = np.concatenate([np.argwhere(each) for each in used])
        taps = np.concatenate([group[:, each].T for group, each in zip(groups, used, strict=True)])
        ones = np.ones(self.count)
        self._weights = tuple(flat(part) for part in (taps, bias, ones, scale, offset, ones * highest))

    def __call__(self, picture: Single, out: Plane, at: int) -> None:
        """A picture as `bordered` gives it, into channels of a plane of half its size."""
        pitch = picture.shape[1]
        shifts = np.asarray(self._cells[:, 0] * pitch + self._cells[:, 1], np.int64)
        blocks.stem(picture.reshape(-1), pitch, self._taps, shifts, self._weights, out.values, out.place, at)


def bordered(picture: Single) -> Single:
    """With STEM_REACH zeros round it."""
    return np.pad(picture, STEM_REACH)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A layer of a network: what runs it, how far its filters reach, its weights, how many channels it gives."""

    run: Callable[..., None]
    reach: int
    weights: tuple[NDArray[Any], ...]
    count: int

    def __call__(self, plane: Plane, out: Plane, at: int, size: int) -> None:
        """Into channels of `out` from `at` on, size x size pixels for each."""
        self.run(plane.values, plane.place, plane.shifts(self.reach), self.weights, out.values, out.place, at, size)


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """What runs `attention`, and its weights."""

    run: Callable[..., None]
    weights: tuple[NDArray[Any], ...]

    def __call__(self, plane: Plane, out: Plane) -> None:
        """A plane with a margin of VIEW_REACH, into the first channels of another."""
        self.run(plane.values, plane.place, REACHES, self.weights, out.values, out.place, 0)


@dataclass(frozen=True, slots=True, eq=False)
class PositionHead:
    """What runs `position_head` but for its last layer, the weights of both."""

    run: Callable[..., None]
    weights: tuple[NDArray[Any], ...]
    phases: Single
    phases_bias: Single

    def __call__(self, plane: Plane) -> Single:
        """The logit (2 H, 2 W) of a plane (H, W)."""
        height, width = plane.place[:2]
        values = np.zeros((4, height + 2, width + 2), np.float32)
        logit = np.empty((2 * height, 2 * width), np.float32)
        self.run(plane.values, plane.place, plane.shifts(BOTTLENECK_REACH), self.weights, values)
        blocks.four_phases(values, self.phases, self.phases_bias, logit)
        return logit


def separable(layers: Layers, name: str) -> Block:
    """Depthwise 5x5 filters, a 1x1 layer, norm, gelu."""
    depth, count = layers[f"{name}/mix"].shape
    inner, columns = rounded(depth, CHANNELS), rounded(count, COLUMNS)
    weights = (
        flat(padded(layers, f"{name}/filters", -1, inner)),
        _packed(padded(layers, f"{name}/mix", inner, columns)),
        flat(padded(layers, f"{name}/bias", columns)),
        real_of(count, columns),
        flat(padded(layers, f"{name}/scale", columns)),
        flat(padded(layers, f"{name}/offset", columns)),
    )
    return Block(blocks.separable, SEPARABLE_REACH, weights, count)


def bottleneck(layers: Layers, name: str) -> Block:
    """An inverted bottleneck with its residual: adjust(x + reduce(gelu(expand(norm(depthwise(x)))))), 7x7 filters."""
    count = layers[f"{name}/reduce"].shape[1]
    inner, wide, columns = *_sizes(layers, name), rounded(count, COLUMNS)
    weights = (
        *_widened(layers, name),
        _packed(padded(layers, f"{name}/reduce", wide, columns)),
        _packed(padded(layers, f"{name}/adjust", inner, columns)),
        flat(padded(layers, f"{name}/bias", columns)),
    )
    return Block(blocks.bottleneck, BOTTLENECK_REACH, weights, count)


def attention(layers: Layers) -> Attention:
    """What three views with ever wider gaps leave of a plane's channels."""
    views, bias, gate, gate_bias = (layers[f"attention/{part}"] for part in ("views", "bias", "gate", "gate_bias"))
    looks = np.concatenate([_packed(view, NARROW) for view in views])
    return Attention(blocks.attention, (looks, flat(bias), _packed(gate), flat(gate_bias)))


def position_head(layers: Layers) -> PositionHead:
    """The head that says of each pixel how surely it is a minutia."""
    inner, wide = _sizes(layers, "head")
    weights = (
        *_widened(layers, "head"),
        flat(padded(layers, "head/reduce", wide, 4).T),
        flat(padded(layers, "head/adjust", inner, 4).T),
        *(flat(layers[f"head/{part}"]) for part in ("bias", "second", "second_bias")),
    )
    return PositionHead(blocks.position, weights, layers["head/phases"], layers["head/phases_bias"])


def _widened(layers: Layers, name: str) -> tuple[Single, ...]:
    """What a bottleneck begins with: filters, real channels, no offsets, the layer that makes them more."""
    inner, wide = _sizes(layers, name)
    return (
        flat(padded(layers, f"{name}/filters", -1, inner)),
        real_of(len(layers[f"{name}/expand"]), inner),
        real_of(0, inner),
        _packed(padded(layers, f"{name}/expand", inner, wide)),
        flat(padded(layers, f"{name}/expand_bias", wide)),
    )


def _sizes(layers: Layers, name: str) -> tuple[int, int]:
    """Channels of a bottleneck as stored, before and after it makes them more."""
    depth, wide = layers[f"{name}/expand"].shape
    return rounded(depth, CHANNELS), rounded(wide, COLUMNS)


def padded(layers: Layers, name: str, *shape: int) -> Single:
    """A layer's weights with zeros beyond what there is; a side of -1 stays as it is."""
    values = layers[name]
    whole = [stored if wanted < 0 else wanted for wanted, stored in zip(shape, values.shape, strict=True)]
    out = np.zeros(whole, np.float32)
    out[tuple(slice(side) for side in values.shape)] = values
    return out


def _packed(matrix: Single, lanes: int = WIDE) -> Single:
    """(depth, columns) as the kernels read it: blocks of so many columns after one another."""
    depth, columns = matrix.shape
    return flat(matrix.reshape(depth, columns // lanes, lanes).transpose(1, 0, 2))


def real_of(count: int, of: int) -> Single:
    """1 for each of the first channels, which are real, 0 for what only rounds their count up."""
    return flat(np.arange(of) < count)


def flat(values: NDArray[Any]) -> Single:
    """The numbers in a row, aligned."""
    out = aligned(values.size)
    out[:] = values.reshape(-1)
    return out
