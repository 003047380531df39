"""LEADER rebuilt for speed: the same function as the published graph, a third of its time.

The export of 1,337 nodes becomes two graphs and a table. The stems' table is for handfast.finger.leader_stems, which
filters the picture faster than a graph can. The trunk goes on from there to the position logit of every pixel and the
features below the heads; the patch graph gives direction and type, and runs on 9x9 features around each minutia only.
Blur and non-maximum suppression follow in handfast.finger.leader. Needs the `onnx` package; runs at set-up.
"""

import io
from pathlib import Path

import numpy as np

from handfast.cli.leader_layers import (
    bottleneck,
    bottleneck_layers,
    convolve,
    double,
    four_phases,
    gelu,
    halve,
    head_features,
    normalise,
    separable,
)
from handfast.cli.leader_weights import LeaderWeights
from handfast.cli.onnx_graph import GraphBuilder

STEMS_FILE = "leader-stems.npy"
TRUNK_FILE = "leader-trunk-after-stems.onnx"
PATCH_FILE = "leader-patch.onnx"

_POSITION, _DIRECTION, _TYPE = 0, 1, 2  # numbers of the heads
_FEATURES = 52
_STEMS = 16, 32  # channels: of the first net's, then of what passes it by
_STRIPES = 16, 8, 4, 1, 1  # of the height of a picture halved once, twice ...; the most that always divide it


def convert(leader_onnx: Path, out_dir: Path) -> None:
    """Write STEMS_FILE, TRUNK_FILE and PATCH_FILE, byte for byte the same on every machine."""
    weights = LeaderWeights(leader_onnx)
    (out_dir / STEMS_FILE).write_bytes(stems(weights))
    (out_dir / TRUNK_FILE).write_bytes(trunk(weights))
    (out_dir / PATCH_FILE).write_bytes(patch(weights))


def stems(weights: LeaderWeights) -> bytes:
    """(48, 28) float32 as .npy, a row a channel: its 5x5 filter, bias, scale and offset; see finger.leader_stems."""
    rows = []
    for number in range(len(_STEMS)):
        layers = [weights.convolution(f"stem{number}_{kind}_1") for kind in ("conv", "dilated_conv")]
        filters = np.concatenate([layer.weight.reshape(-1, 25) for layer in layers])
        bias, norm = np.concatenate([layer.bias for layer in layers]), weights.norm(f"stem{number}_ln_1")
        rows.append(np.column_stack([filters, bias, norm.scale, norm.offset]))
    buffer = io.BytesIO()
    np.save(buffer, np.concatenate(rows).astype(np.float32))
    return buffer.getvalue()


def trunk(weights: LeaderWeights) -> bytes:
    """What the stems give of (H, W), multiples of 32 -> logit (N, 1, H, W), features (N, 52, H/2, W/2).

    The stems give guide (N, 16, H/2, W/2) and skip (N, 32, H/2, W/2).
    """
    graph = GraphBuilder()
    attended = _attention(graph, weights, _first_net(graph, weights, "guide"))
    features = _second_net(graph, weights, graph.add("Concat", attended, "skip", axis=1))
    value = bottleneck(graph, weights, features, f"head_{_POSITION}_ibc", _STRIPES[0])
    value = convolve(
        graph,
        head_features(graph, weights, value, _POSITION),
        four_phases(weights.convolution("head_conv_pos_1")),
    )
    graph.add("DepthToSpace", value, output="logit", blocksize=2, mode="CRD")
    return graph.to_bytes(
        "leader_trunk",
        {name: ["n", channels, "h2", "w2"] for name, channels in zip(("guide", "skip"), _STEMS, strict=True)},
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
        skips.append(bottleneck(graph, weights, value, f"enc1_{level}", _STRIPES[level]))
        value = halve(graph, skips[-1], channels)
    for level in (3, 2, 1, 0):
        value = double(graph, bottleneck(graph, weights, value, f"dec1_{level}", _STRIPES[level + 1]))
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
