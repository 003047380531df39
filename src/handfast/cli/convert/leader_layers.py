"""The layers that LEADER's heads are made of, written as few exact ONNX operators each, and what folds into what.

A convolution centred over its outputs needs no mean in the layer normalisation that follows. Scale and offset of a
normalisation fold into the next 1x1 convolution, as do two 1x1 convolutions in a row. Doubling by nearest neighbour
followed by a 5x5 convolution is a 3x3 convolution to the four phases. Values are (N, C, H, W).
"""

import numpy as np

from handfast.cli.convert.leader_weights import Affine, LeaderWeights
from handfast.cli.convert.onnx_graph import MICROSOFT, GraphBuilder

_EPSILON = 1e-3  # of every layer normalisation, as Keras has it


def convolve(graph: GraphBuilder, value: str, layer: Affine) -> str:
    """A convolution that keeps the size."""
    size = layer.weight.shape[2]
    inputs = [value, graph.constant(layer.weight)]
    if np.any(layer.bias):
        inputs.append(graph.constant(layer.bias))
    pads, dilations = [size // 2] * 4, [1, 1]
    return graph.add("Conv", *inputs, kernel_shape=[size, size], pads=pads, dilations=dilations, group=1)


def gelu(graph: GraphBuilder, value: str) -> str:
    """GELU in its tanh form."""
    return graph.add("FastGelu", value, domain=MICROSOFT)


def bottleneck_layers(weights: LeaderWeights, block: str) -> tuple[Affine, Affine, Affine, Affine]:
    """Depthwise, expand (norm folded in), reduce (adjust folded in, no bias), adjust (with both biases)."""
    depthwise = weights.convolution(f"{block}_depthwise_conv_1")
    expand = weights.norm(f"{block}_ln_1").folded_into(weights.convolution(f"{block}_conv_exp_1"))
    adjust = weights.convolution(f"{block}_conv_adj_1")
    reduce = adjust.after(weights.convolution(f"{block}_conv_red_1"))
    return depthwise, expand, Affine(reduce.weight, np.zeros(len(reduce.bias))), Affine(adjust.weight, reduce.bias)


def normalise(graph: GraphBuilder, value: str) -> str:
    """Divide by the root mean square over the channels: layer normalisation of a centred value."""
    square = graph.add("ReduceMean", graph.add("Mul", value, value), graph.axes(1), keepdims=1)
    root = graph.add("Sqrt", graph.add("Add", square, graph.constant(_EPSILON)))
    return graph.add("Div", value, root)


def head_features(graph: GraphBuilder, weights: LeaderWeights, value: str, head: int) -> str:
    """The two small 1x1 layers of a head, at half resolution (they commute with the doubling)."""
    first = weights.convolution(f"head_{head}_conv1_1").centred()
    second = weights.norm(f"head_{head}_ln_1").folded_into(weights.convolution(f"head_{head}_conv2_1"))
    value = normalise(graph, convolve(graph, value, first))
    return gelu(graph, convolve(graph, value, second))


def four_phases(layer: Affine) -> Affine:
    """The 3x3 convolution to (out * 4) channels that equals doubling, then this 5x5 convolution."""
    outputs, inputs = layer.weight.shape[:2]
    weight = np.zeros((outputs, 2, 2, inputs, 3, 3))
    for phase_y in range(2):
        for phase_x in range(2):
            for row in range(5):
                for column in range(5):
                    y, x = (phase_y + row - 2) // 2 + 1, (phase_x + column - 2) // 2 + 1
                    weight[:, phase_y, phase_x, :, y, x] += layer.weight[:, :, row, column]
    return Affine(weight.reshape(outputs * 4, inputs, 3, 3), np.repeat(layer.bias, 4))
