"""LEADER rebuilt for speed: the same function as the published graph, a third of its time.

The export of 1,337 nodes becomes two graphs. The trunk gives the position logit of every pixel and the features
below the heads; the patch graph gives direction and type, and runs on 9x9 features around each minutia only.
Blur and non-maximum suppression follow in handfast.finger.leader. Needs the `onnx` package; runs at set-up.
"""

from pathlib import Path

from handfast.cli.leader_layers import (
    STRIPES,
    bottleneck,
    bottleneck_layers,
    convolve,
    double,
    four_phases,
    gelu,
    halve,
    head_features,
    normalise,
    normalised_gelu,
    separable,
)
from handfast.cli.leader_weights import LeaderWeights
from handfast.cli.onnx_graph import GraphBuilder

TRUNK_FILE = "leader-trunk-striped.onnx"
PATCH_FILE = "leader-patch.onnx"

_POSITION, _DIRECTION, _TYPE = 0, 1, 2  # numbers of the heads
_FEATURES = 52


def convert(leader_onnx: Path, out_dir: Path) -> None:
    """Write TRUNK_FILE and PATCH_FILE, byte for byte the same on every machine."""
    weights = LeaderWeights(leader_onnx)
    (out_dir / TRUNK_FILE).write_bytes(trunk(weights))
    (out_dir / PATCH_FILE).write_bytes(patch(weights))


def trunk(weights: LeaderWeights) -> bytes:
    """(N, 1, H, W) grey 0..255, H and W multiples of 32 -> logit (N, 1, H, W), features (N, 52, H/2, W/2)."""
    graph = GraphBuilder()
    guide, skip = _stem(graph, weights, 0, "MaxPool"), _stem(graph, weights, 1, "AveragePool")
    attended = _attention(graph, weights, _first_net(graph, weights, guide))
    features = _second_net(graph, weights, graph.add("Concat", attended, skip, axis=1))
    value = bottleneck(graph, weights, features, f"head_{_POSITION}_ibc", STRIPES)
    value = convolve(
        graph,
        head_features(graph, weights, value, _POSITION),
        four_phases(weights.convolution("head_conv_pos_1")),
    )
    graph.add("DepthToSpace", value, output="logit", blocksize=2, mode="CRD")
    return graph.to_bytes(
        "leader_trunk",
        {"image": ["n", 1, "h", "w"]},
        {"logit": ["n", 1, "h", "w"], "features": ["n", _FEATURES, "h2", "w2"]},
    )


def patch(weights: LeaderWeights) -> bytes:
    """Direction (K, 2, 2, 2) and type (K, 1, 2, 2) from features (K, 52, 9, 9) and inside (K, 1, 3, 3).

    inside is 0 beyond the edge of the image. The last two axes of the outputs are the four pixels of the cell in
    the middle; direction is (cos, sin) up to a length.
    """
    graph = GraphBuilder()
    _patch_head(graph, weights, _DIRECTION, "dir", 2, "direction")
    logit = _patch_head(graph, weights, _TYPE, "typ", 1, None)
    graph.add("Sigmoid", logit, output="type")
    return graph.to_bytes(
        "leader_patch",
        {"features": ["k", _FEATURES, 9, 9], "inside": ["k", 1, 3, 3]},
        {"direction": ["k", 2, 2, 2], "type": ["k", 1, 2, 2]},
    )


def _stem(graph: GraphBuilder, weights: LeaderWeights, number: int, pool: str) -> str:
    """5x5 and dilated 5x5 filters side by side."""
    plain = convolve(graph, "image", weights.convolution(f"stem{number}_conv_1"))
    dilated = convolve(graph, "image", weights.convolution(f"stem{number}_dilated_conv_1"), dilation=2)
    both = graph.add("Concat", plain, dilated, axis=1)
    value = normalised_gelu(graph, both, weights.norm(f"stem{number}_ln_1"))
    return graph.add(pool, value, kernel_shape=[2, 2], strides=[2, 2])


def _first_net(graph: GraphBuilder, weights: LeaderWeights, value: str) -> str:
    skips = []
    for level, channels in enumerate((16, 32, 64, 128)):
        skips.append(separable(graph, weights, value, f"enc0_{level}"))
        value = halve(graph, skips[-1], channels)
    for level in (3, 2, 1, 0):
        value = double(graph, separable(graph, weights, value, f"dec0_{level}"))
        value = graph.add("Concat", value, skips[level], axis=1)
    return value


def _attention(graph: GraphBuilder, weights: LeaderWeights, value: str) -> str:
    views = [
        gelu(graph, convolve(graph, value, weights.convolution(f"attention_conv_d{dilation}_1"), dilation))
        for dilation in (1, 3, 6)
    ]
    gate = convolve(graph, graph.add("Concat", *views, axis=1), weights.convolution("attention_s_1"))
    return graph.add("Mul", value, graph.add("Sigmoid", gate))


def _second_net(graph: GraphBuilder, weights: LeaderWeights, value: str) -> str:
    skips = []
    for level, channels in enumerate((32, 64, 128, 32)):
        skips.append(bottleneck(graph, weights, value, f"enc1_{level}", STRIPES if level == 0 else 1))
        value = halve(graph, skips[-1], channels)
    for level in (3, 2, 1, 0):
        value = double(graph, bottleneck(graph, weights, value, f"dec1_{level}"))
        name = "features" if level == 0 else None
        value = graph.add("Concat", value, skips[level], output=name, axis=1)
    return value


def _patch_head(
    graph: GraphBuilder, weights: LeaderWeights, head: int, layer: str, channels: int, output: str | None
) -> str:
    """One head for the middle of 9x9 features: 7x7 depthwise leaves 3x3, the last 3x3 convolution one cell."""
    depthwise, expand, reduce, adjust = bottleneck_layers(weights, f"head_{head}_ibc")
    wide = graph.add(
        "Conv", "features", graph.constant(depthwise.weight), graph.constant(depthwise.bias), group=_FEATURES
    )
    wide = normalise(graph, graph.add("Sub", wide, graph.add("ReduceMean", wide, graph.axes(1), keepdims=1)))
    wide = convolve(graph, gelu(graph, convolve(graph, wide, expand)), reduce)
    middle = graph.add("Slice", "features", graph.axes(3, 3), graph.axes(6, 6), graph.axes(2, 3))
    value = head_features(graph, weights, graph.add("Add", convolve(graph, middle, adjust), wide), head)
    value = graph.add("Mul", value, "inside")
    phases = four_phases(weights.convolution(f"head_conv_{layer}_1"))
    value = graph.add("Conv", value, graph.constant(phases.weight), graph.constant(phases.bias), kernel_shape=[3, 3])
    return graph.add("Reshape", value, graph.axes(-1, channels, 2, 2), output=output)
