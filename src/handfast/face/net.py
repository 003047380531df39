"""SFace (Zhong et al. 2021), from the aligned face to its vector: on tiles where a processor has them."""

import io
from typing import Protocol

import numpy as np

from handfast.base.image import Image
from handfast.base.spares import Spares
from handfast.face import tiled
from handfast.face.align import SIZE
from handfast.face.tiled import Half, Single
from handfast.face.types import Vector
from handfast.imaging.packing import aligned, bfloat16, from_bfloat16, packed
from handfast.imaging.tiles import DEPTH, available
from handfast.models.store import ModelStore

_FIRST = 32  # channels after the first layer
_LAYERS = 13  # of filters and a product across channels each
_HALVING = (1, 3, 5, 11)  # those whose filters leave out every other pixel
_VALUES = bfloat16(np.arange(256, dtype=np.float32) - np.float32(127.5))  # of a pixel; bfloat16 has them all
_BEYOND = 2 * tiled.AT_ONCE  # pixels that a filter may read after the last


class Net(Protocol):
    """(128,) float32, not of unit length, of a face of 112 x 112. May be called from several threads at once."""

    def __call__(self, face: Image) -> Vector: ...


def sface(models: ModelStore, tiled: bool | None = None) -> Net:
    """On tiles where there are some, or as `tiled` says; docs/faces.md tells how far the vectors differ."""
    return TiledNet(models) if (available() if tiled is None else tiled) else PlainNet(models)


class PlainNet:
    """By onnxruntime, in float32."""

    def __init__(self, models: ModelStore) -> None:
        self._model = models.onnx("sface")

    def __call__(self, face: Image) -> Vector:
        batch = np.ascontiguousarray(face.pixels.transpose(2, 0, 1)[None], np.float32)
        return np.asarray(self._model(data=batch)["fc1"][0], np.float32)


class TiledNet:
    """By handfast.face.tiled: what is multiplied across channels is rounded to bfloat16."""

    def __init__(self, models: ModelStore) -> None:
        with np.load(io.BytesIO(models.read("sface-layers")), allow_pickle=False) as stored:
            first = np.zeros((3, DEPTH, _FIRST), np.float32)
            first[:, :9] = from_bfloat16(stored["first/mix"])
            self._first = packed(first.reshape(-1, _FIRST)), _flat(stored["first/bias"]), _flat(stored["first/slope"])
            self._layers = [_layer(stored, n) for n in range(_LAYERS)]
            self._last = packed(from_bfloat16(stored["last/mix"])), _flat(stored["last/bias"])
        self._rooms = Spares(_Room)

    def __call__(self, face: Image) -> Vector:
        with self._rooms.one() as room:
            return self._read(face, room)

    def _read(self, face: Image, room: "_Room") -> Vector:
        room.picture[1 : SIZE + 1, 1:-1] = _VALUES[face.pixels]
        side, plane, other = SIZE, room.planes[0], room.planes[1]
        _clear_margin(plane, side, _FIRST)
        tiled.first(room.picture.reshape(-1), side, *self._first, plane)
        for n, (filters, mix, bias, slope) in enumerate(self._layers):
            stride = 2 if n in _HALVING else 1
            margin = int(n + 1 < _LAYERS)
            if margin:
                _clear_margin(other, side // stride, len(bias))
            tiled.separable(plane, side, stride, filters, mix, bias, slope, other, margin)
            side, plane, other = side // stride, other, plane
        mix, bias = self._last
        vector = np.empty(len(bias), np.float32)
        tiled.last(plane[: len(mix) // len(bias)], mix, bias, vector)
        return vector


class _Room:
    """What one face is read in: its picture with a margin and a row more, and what goes from one layer to the next."""

    def __init__(self) -> None:
        self.picture = np.zeros((SIZE + 3, SIZE + 2, 3), np.uint16)
        pixels = (SIZE + 2) ** 2 + _BEYOND
        self.planes = aligned(pixels * _FIRST * 2), aligned(pixels * _FIRST * 2)


def _layer(stored: "np.lib.npyio.NpzFile", n: int) -> tuple[tiled.Affine, Half, Single, Single]:
    filters, filters_bias, filters_slope, bias, slope = (
        _flat(stored[f"{n}/{part}"]) for part in ("filters", "filters/bias", "filters/slope", "mix/bias", "mix/slope")
    )
    return (filters, filters_bias, filters_slope), packed(from_bfloat16(stored[f"{n}/mix"])), bias, slope


def _flat(values: Single) -> Single:
    """In a row that begins where a line of the cache does."""
    out = aligned(values.size)
    out[:] = values.reshape(-1)
    return out


def _clear_margin(plane: Single, side: int, channels: int) -> None:
    cells = plane[: (side + 2) ** 2 * channels].reshape(side + 2, side + 2, channels)
    cells[0] = cells[-1] = 0
    cells[:, 0] = cells[:, -1] = 0
