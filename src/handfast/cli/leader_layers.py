"""The layers that LEADER is made of, written as few exact ONNX operators each.

Three identities do the work. A convolution centred over its outputs needs no mean in the layer normalisation
that follows. Scale and offset of a normalisation fold into the next 1x1 convolution, as do two 1x1 convolutions
in a row. Doubling by nearest neighbour followed by a 5x5 convolution is a 3x3 convolution to the four phases.
Values are (N, C, H, W); only the dense layers turn to (N, H, W, C), where onnxruntime is fastest. Two more things
change nothing but the time: depthwise filters come in eights, or onnxruntime does them singly, and the widest layers
run stripe by stripe, so that what they hold in between stays in the cache.
"""

import numpy as np

from handfast.cli.leader_weights import Affine, LeaderWeights, Norm, Weights
from handfast.cli.onnx_graph import MICROSOFT, GraphBuilder

_EIGHT = 8  # floats in a vector register
_EPSILON = 1e-3  # of every layer normalisation, as Keras has it


def convolve(graph: GraphBuilder, value: str, layer: Affine, dilation: int = 1, groups: int = 1) -> str:
    """A convolution that keeps the size."""
    size = layer.weight.shape[2]
    inputs = [value, graph.constant(layer.weight)]
    if np.any(layer.bias):
        inputs.append(graph.constant(layer.bias))
    return graph.add(
        "Conv",
        *inputs,
        kernel_shape=[size, size],
        pads=[dilation * (size // 2)] * 4,
        dilations=[dilation, dilation],
        group=groups,
    )


def gelu(graph: GraphBuilder, value: str, bias: Weights | None = None) -> str:
    """GELU in its tanh form, of the value plus a bias over the last axis if there is one."""
    inputs = [value] if bias is None else [value, graph.constant(bias)]
    return graph.add("FastGelu", *inputs, domain=MICROSOFT)


def normalised_gelu(graph: GraphBuilder, value: str, norm: Norm) -> str:
    """Layer normalisation over the channels, then GELU."""
    last = graph.add("Transpose", value, perm=[0, 2, 3, 1])
    scale, offset = graph.constant(norm.scale), graph.constant(norm.offset)
    last = gelu(graph, graph.add("LayerNormalization", last, scale, offset, axis=-1, epsilon=_EPSILON))
    return graph.add("Transpose", last, perm=[0, 3, 1, 2])


def separable(graph: GraphBuilder, weights: LeaderWeights, value: str, block: str) -> str:
    """Separable convolution, normalisation, GELU."""
    depthwise, pointwise = weights.separable(f"{block}_conv_1")
    value = convolve(graph, value, depthwise, groups=len(depthwise.weight))
    value = convolve(graph, value, pointwise.centred())
    return normalised_gelu(graph, value, weights.norm(f"{block}_ln_1"))


def bottleneck(graph: GraphBuilder, weights: LeaderWeights, value: str, block: str, stripes: int = 1) -> str:
    """An inverted bottleneck with its residual: adjust(x + reduce(gelu(expand(norm(depthwise(x))))))."""
    depthwise, expand, reduce, adjust = bottleneck_layers(weights, block)
    channels = len(depthwise.weight)
    ones, zeros = graph.constant(np.ones(channels)), graph.constant(np.zeros(channels))

    def dense(part: str) -> str:
        wide = graph.add("LayerNormalization", part, ones, zeros, axis=-1, epsilon=_EPSILON)
        wide = gelu(graph, graph.add("MatMul", wide, graph.constant(expand.matrix.T)), expand.bias)
        return graph.add("MatMul", wide, graph.constant(reduce.matrix.T))

    filtered = filter_each(graph, value, depthwise)
    if stripes == 1:
        wide = dense(filtered)
    else:
        wide = graph.add("Concat", *map(dense, graph.stripes(filtered, stripes)), axis=1)
    wide = graph.add("Transpose", wide, perm=[0, 3, 1, 2])
    return graph.add("Add", convolve(graph, value, adjust), wide)


def filter_each(graph: GraphBuilder, value: str, depthwise: Affine) -> str:
    """Every channel by a filter of its own; (N, C, H, W) in, (N, H, W, C) out."""
    channels = len(depthwise.weight)
    empty = -channels % _EIGHT
    if empty:
        value = graph.add("Pad", value, graph.axes(0, 0, 0, 0, 0, empty, 0, 0))
        kernels = np.concatenate([depthwise.weight, np.zeros((empty, *depthwise.weight.shape[1:]))])
        depthwise = Affine(kernels, np.concatenate([depthwise.bias, np.zeros(empty)]))
    filtered = convolve(graph, value, depthwise, groups=channels + empty)
    filtered = graph.add("Transpose", filtered, perm=[0, 2, 3, 1])
    return graph.add("Slice", filtered, graph.axes(0), graph.axes(channels), graph.axes(3)) if empty else filtered


def bottleneck_layers(weights: LeaderWeights, block: str) -> tuple[Affine, Affine, Affine, Affine]:
    """Depthwise, expand (norm folded in), reduce (adjust folded in, no bias), adjust (with both biases)."""
    depthwise = weights.convolution(f"{block}_depthwise_conv_1")
    expand = weights.norm(f"{block}_ln_1").folded_into(weights.convolution(f"{block}_conv_exp_1"))
    adjust = weights.convolution(f"{block}_conv_adj_1")
    reduce = adjust.after(weights.convolution(f"{block}_conv_red_1"))
    return depthwise, expand, Affine(reduce.weight, np.zeros(len(reduce.bias))), Affine(adjust.weight, reduce.bias)


def halve(graph: GraphBuilder, value: str, channels: int) -> str:
    """Half the size: the first half of the channels by maximum, the second by mean."""
    first, second = graph.halves(value, channels)
    first = graph.add("MaxPool", first, kernel_shape=[2, 2], strides=[2, 2])
    second = graph.add("AveragePool", second, kernel_shape=[2, 2], strides=[2, 2])
    return graph.add("Concat", first, second, axis=1)


def double(graph: GraphBuilder, value: str) -> str:
    """Twice the size by nearest neighbour."""
    return graph.add(
        "Resize",
        value,
        "",
        graph.constant([1, 1, 2, 2]),
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )


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
