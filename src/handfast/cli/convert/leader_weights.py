"""The weights of LEADER, read by layer name from the graph that tf2onnx wrote (Cappelli 2024, pyfing; MIT)."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from handfast.base.errors import ModelDamaged

Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """A convolution: weight (out, in / groups, rows, columns), bias (out,)."""

    weight: Weights
    bias: Weights

    @property
    def matrix(self) -> Weights:
        """The (out, in) matrix of a 1x1 convolution."""
        return self.weight[:, :, 0, 0]

    def centred(self) -> "Affine":
        """The same convolution less its mean over the outputs: what a layer normalisation makes of it first."""
        return Affine(self.weight - _mean_over_rows(self.weight), self.bias - math.fsum(self.bias) / len(self.bias))

    def after(self, first: "Affine") -> "Affine":
        """This 1x1 convolution of `first`, another 1x1 convolution, as one."""
        weight = product(self.matrix, first.matrix)
        return Affine(weight[:, :, None, None], self.bias + product(self.matrix, first.bias[:, None])[:, 0])


@dataclass(frozen=True, slots=True, eq=False)
class Norm:
    """Scale and offset of a layer normalisation over the channels, each (C,)."""

    scale: Weights
    offset: Weights

    def folded_into(self, next_layer: Affine) -> Affine:
        """The next 1x1 convolution with this scale and offset inside, so that bare normalised values suffice."""
        weight = next_layer.matrix * self.scale[None]
        bias = next_layer.bias + product(next_layer.matrix, self.offset[:, None])[:, 0]
        return Affine(weight[:, :, None, None], bias)


class LeaderWeights:
    """Layers of LEADER.onnx by the names of the Keras model."""

    def __init__(self, path: Path) -> None:
        graph = onnx.load(str(path)).graph
        self._nodes = list(graph.node)
        self._constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}

    def convolution(self, layer: str) -> Affine:
        """A plain, dilated or depthwise convolution; the bias may follow it as an addition of its own."""
        prefix = f"functional_1/{layer}/"
        for node in self._convolutions():
            if node.output[0].startswith(prefix) or node.input[1].startswith(prefix):
                return self._affine(node, layer)
        raise ModelDamaged(f"LEADER.onnx has no convolution {layer}")

    def separable(self, layer: str) -> tuple[Affine, Affine]:
        """The depthwise and the pointwise half of a separable convolution."""
        prefix = f"functional_1/{layer}/"
        halves = [node for node in self._convolutions() if node.output[0].startswith(prefix)]
        if len(halves) != 2:
            raise ModelDamaged(f"LEADER.onnx has no separable convolution {layer}")
        return self._affine(halves[0], layer), self._affine(halves[1], layer)

    def norm(self, layer: str) -> Norm:
        """Scale and offset of a layer normalisation."""
        scale = self._constants.get(f"functional_1/{layer}/Reshape:0")
        offset = self._addend(f"functional_1/{layer}/add_1:0")
        if scale is None or offset is None:
            raise ModelDamaged(f"LEADER.onnx has no normalisation {layer}")
        return Norm(scale.ravel().astype(np.float64), offset)

    def _convolutions(self) -> list[onnx.NodeProto]:
        return [node for node in self._nodes if node.op_type == "Conv"]

    def _affine(self, node: onnx.NodeProto, layer: str) -> Affine:
        weight = self._constants[node.input[1]].astype(np.float64)
        if len(node.input) > 2:
            return Affine(weight, self._constants[node.input[2]].ravel().astype(np.float64))
        added = self._addend(f"functional_1/{layer}/BiasAdd:0")
        return Affine(weight, np.zeros(len(weight)) if added is None else added)

    def _addend(self, output: str) -> Weights | None:
        for node in self._nodes:
            if node.op_type == "Add" and node.output[0] == output:
                for name in node.input:
                    if name in self._constants:
                        return self._constants[name].ravel().astype(np.float64)
        return None


def product(left: Weights, right: Weights) -> Weights:
    """Matrix product in a fixed order of additions, so that the bits do not depend on the machine's BLAS."""
    total = np.zeros((left.shape[0], right.shape[1]))
    for k in range(left.shape[1]):
        total += left[:, k : k + 1] * right[k : k + 1]
    return total


def _mean_over_rows(array: Weights) -> Weights:
    total = np.zeros_like(array[:1])
    for row in array:
        total += row[None]
    return total / len(array)
