"""SFace as a table of numbers for handfast.face.tiled: normalisations folded in, matrices as the bits of bfloat16.

The graph is a chain of convolutions, each normalised and bent (PReLU), every other one with a filter for each channel,
and a product over all that they leave. A matrix has a row for each number that goes in, filters have one for each tap.
Needs the `onnx` package; runs at set-up.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from handfast.base.errors import ModelDamaged
from handfast.cli.convert.leader_weights import product
from handfast.cli.convert.models import with_float32_weights
from handfast.imaging.packing import bfloat16

Weights = NDArray[np.float64]
Named = Iterator[tuple[str, NDArray[Any]]]

_PAIRS = 13  # of a layer of filters and one across channels, after the first layer
_CHAIN = ("Conv", "BatchNormalization", "PRelu") * (1 + 2 * _PAIRS) + (
    "BatchNormalization",
    "Gemm",
    "BatchNormalization",
)
_OF_A_BYTE = 0.0078125  # what the graph multiplies a pixel by


def table(content: bytes) -> bytes:
    """An archive (.npz) of arrays by layer and part. Raises ModelDamaged for another graph than SFace's."""
    graph = with_float32_weights(content).graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    shaped = [node for node in graph.node if node.op_type == "Reshape" and node.input[0] in values]
    values |= {node.output[0]: values[node.input[0]].reshape(values[node.input[1]]) for node in shaped}
    chain = [node for node in graph.node if node.op_type in _CHAIN]
    if tuple(node.op_type for node in chain) != _CHAIN:
        raise ModelDamaged("the graph is not SFace")
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **dict(_layers(chain, values)))
    return buffer.getvalue()


def _layers(chain: Sequence[onnx.NodeProto], values: dict[str, NDArray[Any]]) -> Named:
    layers = [_folded(chain[n : n + 3], values) for n in range(0, len(chain) - 3, 3)]
    weight, bias, slope = layers[0]
    yield "first/mix", bfloat16(_single(weight.transpose(2, 3, 1, 0).reshape(3, 9, -1) * _OF_A_BYTE))
    yield from (("first/bias", _single(bias)), ("first/slope", _single(slope)))
    for n in range(_PAIRS):
        for part, (weight, bias, slope) in zip(("filters", "mix"), layers[1 + 2 * n : 3 + 2 * n], strict=True):
            matrix = _single(weight.reshape(len(weight), -1).T)
            yield f"{n}/{part}", bfloat16(matrix) if part == "mix" else matrix
            yield from ((f"{n}/{part}/bias", _single(bias)), (f"{n}/{part}/slope", _single(slope)))
    yield from _last(chain[-3:], values)


def _folded(nodes: Sequence[onnx.NodeProto], values: dict[str, NDArray[Any]]) -> tuple[Weights, Weights, Weights]:
    """Weights and bias of a convolution with its normalisation, and its slopes below 0."""
    convolution, norm, bend = nodes
    scale, offset = _norm(norm, values)
    weight = values[convolution.input[1]].astype(np.float64)
    return weight * scale[:, None, None, None], offset, values[bend.input[1]].reshape(-1).astype(np.float64)


def _last(nodes: Sequence[onnx.NodeProto], values: dict[str, NDArray[Any]]) -> Named:
    """The product between its two normalisations, for pixels whose channels lie together."""
    before, dense, after = nodes
    (scale, offset), (gain, shift) = _norm(before, values), _norm(after, values)
    weight, bias = (values[name].astype(np.float64) for name in dense.input[1:])
    by_channel = weight.reshape(len(weight), len(scale), -1)
    added = product(weight, np.repeat(offset, by_channel.shape[2])[:, None])[:, 0]
    scaled = by_channel * scale[None, :, None] * gain[:, None, None]
    yield "last/mix", bfloat16(_single(scaled.transpose(2, 1, 0).reshape(-1, len(weight))))
    yield "last/bias", _single((bias + added) * gain + shift)


def _norm(node: onnx.NodeProto, values: dict[str, NDArray[Any]]) -> tuple[Weights, Weights]:
    """Scale and offset of a normalisation."""
    epsilon = next(attribute.f for attribute in node.attribute if attribute.name == "epsilon")
    gamma, beta, mean, variance = (values[name].astype(np.float64) for name in node.input[1:])
    scale = gamma / np.sqrt(variance + epsilon)
    return scale, beta - mean * scale


def _single(values: Weights) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, np.float32)
