"""LEADER rebuilt for speed: the same function as the published graph, a fifth of its time.

The export of 1,337 nodes becomes a table and a graph. The table is for handfast.finger.ridges.leader.trunk, which
goes from the picture to the position logit of every pixel and the features below the heads; the patch graph gives
direction and type, and runs on 9x9 features around each minutia only. Blur and non-maximum suppression follow in
handfast.finger.ridges.leader.detect.
Needs the `onnx` package; runs at set-up.
"""

from pathlib import Path

from handfast.cli.convert.leader_layers import bottleneck_layers, convolve, four_phases, gelu, head_features, normalise
from handfast.cli.convert.leader_table import table
from handfast.cli.convert.leader_weights import LeaderWeights
from handfast.cli.convert.onnx_graph import GraphBuilder

LAYERS_FILE = "leader-layers.npz"
PATCH_FILE = "leader-patch.onnx"

_DIRECTION, _TYPE = 1, 2  # numbers of the heads
_FEATURES = 52


def convert(leader_onnx: Path, out_dir: Path) -> None:
    """Write LAYERS_FILE and PATCH_FILE, byte for byte the same on every machine."""
    weights = LeaderWeights(leader_onnx)
    (out_dir / LAYERS_FILE).write_bytes(table(weights))
    (out_dir / PATCH_FILE).write_bytes(patch(weights))


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
