"""LEADER's two stems (Cappelli 2024): what filters the picture at full size, before anything is halved.

As operators of a graph they take a quarter of the network's time, most of it moving large arrays. Here two rows of the
picture go through filters, layer normalisation, GELU and pooling while they are in the cache.
"""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.finger.compiled import compiled_for_floats
from handfast.models.sessions import OnnxModel
from handfast.models.store import ModelStore

Single = NDArray[np.float32]

CHANNELS = 16, 32  # of the stem that guides the attention, and of the one that passes it by
MARGIN = 4  # px of zeros round the picture, as far as a dilated 5x5 filter reaches
_TAPS, _EPSILON = 25, 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Stem:
    """One stem of C channels; the second half of its filters is dilated, reaching every other pixel.

    filters                (C, 5, 5) float32
    bias, scale, offset    (C,) float32; scale and offset are of the layer normalisation
    """

    filters: Single
    bias: Single
    scale: Single
    offset: Single


class LeaderTrunk:
    """The stems and the graph that goes on from them. May be called from several threads at once."""

    def __init__(self, models: ModelStore) -> None:
        self._guide, self._skip = read_stems(models.read("leader-stems"))
        self._graph: OnnxModel = models.onnx("leader-trunk")

    def __call__(self, image: Single) -> dict[str, NDArray[Any]]:
        """logit (1, 1, H, W) and features (1, 52, H/2, W/2) of (1, 1, H, W) grey 0..255, multiples of 32."""
        padded = np.pad(image[0, 0], MARGIN)
        guide, skip = filtered(padded, self._guide, highest=True), filtered(padded, self._skip, highest=False)
        return self._graph(guide=guide[None], skip=skip[None])


def read_stems(content: bytes) -> tuple[Stem, Stem]:
    """Both stems from the table that handfast.cli.convert_leader writes: (48, 28), a row a channel."""
    rows: Single = np.load(io.BytesIO(content), allow_pickle=False)
    guide, skip = np.split(rows, CHANNELS[:1])
    return _stem(guide), _stem(skip)


def filtered(padded: Single, stem: Stem, *, highest: bool) -> Single:
    """(C, H/2, W/2) of a picture with its margin: of each two by two pixels the highest value, or their mean."""
    height, width = padded.shape[0] - 2 * MARGIN, padded.shape[1] - 2 * MARGIN
    out = np.empty((len(stem.bias), height // 2, width // 2), np.float32)
    _filtered(padded, stem.filters, stem.bias, stem.scale, stem.offset, highest, out)
    return out


def _stem(rows: Single) -> Stem:
    filters, rest = rows[:, :_TAPS].reshape(-1, 5, 5), rows[:, _TAPS:]
    return Stem(np.ascontiguousarray(filters), *(np.ascontiguousarray(column) for column in rest.T))


@compiled_for_floats
def _filtered(
    padded: Single, filters: Single, bias: Single, scale: Single, offset: Single, highest: bool, out: Single
) -> None:
    channels, width = len(bias), padded.shape[1] - 2 * MARGIN
    rows = np.empty((2, channels, width), np.float32)
    mean, gain = np.empty(width, np.float32), np.empty(width, np.float32)
    for pair in range(out.shape[1]):
        for half in range(2):
            for channel in range(channels):
                reach = 1 if channel < channels // 2 else 2
                at = 2 * pair + half + MARGIN
                _filter_row(padded, at, filters[channel], reach, bias[channel], rows[half, channel])
            _normalise(rows[half], mean, gain)
            for channel in range(channels):
                _activate(rows[half, channel], mean, gain, scale[channel], offset[channel])
        for channel in range(channels):
            _pool(rows[0, channel], rows[1, channel], highest, out[channel, pair])


@compiled_for_floats
def _filter_row(padded: Single, row: int, taps: Single, reach: int, bias: np.float32, out: Single) -> None:
    """One row of the picture by a 5x5 filter whose taps lie `reach` apart."""
    out[:] = bias
    for i in range(5):
        line = padded[row + (i - 2) * reach]
        far_left, left = line[MARGIN - 2 * reach :], line[MARGIN - reach :]
        here, right, far_right = line[MARGIN:], line[MARGIN + reach :], line[MARGIN + 2 * reach :]
        a, b, c, d, e = taps[i, 0], taps[i, 1], taps[i, 2], taps[i, 3], taps[i, 4]
        for x in range(len(out)):
            out[x] += a * far_left[x] + b * left[x] + c * here[x] + d * right[x] + e * far_right[x]


@compiled_for_floats
def _normalise(rows: Single, mean: Single, gain: Single) -> None:
    """For each pixel of (C, W): its mean over the channels, and one over its standard deviation."""
    share = np.float32(1) / np.float32(len(rows))
    mean[:] = 0
    gain[:] = 0
    for channel in range(len(rows)):  # rows that are iterated over are not known to be contiguous
        row = rows[channel]
        for x in range(len(mean)):
            mean[x] += row[x] * share
    for channel in range(len(rows)):
        row = rows[channel]
        for x in range(len(mean)):
            gain[x] += (row[x] - mean[x]) * (row[x] - mean[x])
    for x in range(len(mean)):
        gain[x] = np.float32(1) / np.sqrt(gain[x] * share + np.float32(_EPSILON))


@compiled_for_floats
def _activate(row: Single, mean: Single, gain: Single, scale: np.float32, offset: np.float32) -> None:
    """Normalise and apply GELU (its tanh form) in place."""
    for x in range(len(row)):
        row[x] = _gelu((row[x] - mean[x]) * gain[x] * scale + offset)


@compiled_for_floats
def _pool(upper: Single, lower: Single, highest: bool, out: Single) -> None:
    if highest:
        for x in range(len(out)):
            out[x] = max(max(upper[2 * x], upper[2 * x + 1]), max(lower[2 * x], lower[2 * x + 1]))
    else:
        for x in range(len(out)):
            out[x] = np.float32(0.25) * ((upper[2 * x] + upper[2 * x + 1]) + (lower[2 * x] + lower[2 * x + 1]))


@compiled_for_floats
def _gelu(value: np.float32) -> np.float32:
    """x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), tanh as a quotient of polynomials (as Eigen has it), to 1e-6."""
    most = np.float32(7.90531110763549805)  # beyond which tanh is 1
    bent = np.float32(0.7978845608) * (value + np.float32(0.044715) * value * value * value)
    bent = min(max(bent, -most), most)
    square = bent * bent
    above = np.float32(-2.76076847742355e-16)
    above = above * square + np.float32(2.00018790482477e-13)
    above = above * square + np.float32(-8.60467152213735e-11)
    above = above * square + np.float32(5.12229709037114e-08)
    above = above * square + np.float32(1.48572235717979e-05)
    above = above * square + np.float32(6.37261928875436e-04)
    above = above * square + np.float32(4.89352455891786e-03)
    below = np.float32(1.19825839466702e-06)
    below = below * square + np.float32(1.18534705686654e-04)
    below = below * square + np.float32(2.26843463243900e-03)
    below = below * square + np.float32(4.89352518554385e-03)
    return np.float32(0.5) * value * (np.float32(1) + bent * above / below)
