import hashlib
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from handfast.base.errors import ModelDamaged
from handfast.models.manifest import load_manifest
from handfast.models.store import ModelStore

onnx = pytest.importorskip("onnx")  # installed with the setup extra only

from handfast.cli.convert.leader import LAYERS_FILE, PATCH_FILE, convert  # noqa: E402
from handfast.cli.convert.leader_layers import convolve, four_phases, normalise  # noqa: E402
from handfast.cli.convert.leader_weights import Affine, Norm, product  # noqa: E402
from handfast.cli.convert.onnx_graph import GraphBuilder  # noqa: E402

Array = NDArray[np.float32]


def run(graph: GraphBuilder, value: Array, output: str) -> Array:
    """What a graph of one input "x" gives."""
    model = graph.to_bytes("test", {"x": list(value.shape)}, {output: [f"d{axis}" for axis in range(value.ndim)]})
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": value})[0], np.float32)


def random_layer(rng: np.random.Generator, *shape: int) -> Affine:
    return Affine(rng.normal(size=shape), rng.normal(size=shape[0]))


@pytest.mark.models
def test_the_rebuilt_files_are_the_bytes_that_the_manifest_pins(models_dir: Path, tmp_path: Path) -> None:
    convert(ModelStore(models_dir).path("leader"), tmp_path)
    manifest = load_manifest()
    for model_id, file in (("leader-layers", LAYERS_FILE), ("leader-patch", PATCH_FILE)):
        assert hashlib.sha256((tmp_path / file).read_bytes()).hexdigest() == manifest[model_id].sha256


@pytest.mark.models
def test_another_graph_is_refused(models_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged):
        convert(ModelStore(models_dir).path("sface"), tmp_path)


def test_a_convolution_to_four_phases_equals_doubling_then_5x5() -> None:
    rng = np.random.default_rng(1)
    layer, value = random_layer(rng, 2, 3, 5, 5), rng.normal(size=(1, 3, 6, 7)).astype(np.float32)
    plain, phased = GraphBuilder(), GraphBuilder()
    expected = run(plain, value.repeat(2, 2).repeat(2, 3), convolve(plain, "x", layer))
    phases = convolve(phased, "x", four_phases(layer))
    found = run(phased, value, phased.add("DepthToSpace", phases, blocksize=2, mode="CRD"))
    assert np.allclose(found, expected, atol=1e-4)


def test_centred_weights_make_the_mean_of_a_normalisation_unnecessary() -> None:
    rng = np.random.default_rng(2)
    layer, value = random_layer(rng, 8, 4, 1, 1), rng.normal(size=(1, 4, 3, 3)).astype(np.float32)
    graph, bare = GraphBuilder(), GraphBuilder()
    centred = run(graph, value, normalise(graph, convolve(graph, "x", layer.centred())))
    plain = run(bare, value, convolve(bare, "x", layer))
    deviation = plain - plain.mean(axis=1, keepdims=True)
    expected = deviation / np.sqrt((deviation**2).mean(axis=1, keepdims=True) + 1e-3)
    assert np.allclose(centred, expected, atol=1e-4)


def test_scale_and_offset_of_a_normalisation_fold_into_the_next_layer() -> None:
    rng = np.random.default_rng(3)
    norm, layer = Norm(rng.normal(size=4), rng.normal(size=4)), random_layer(rng, 5, 4, 1, 1)
    bare = rng.normal(size=(4, 20))
    folded = norm.folded_into(layer)
    expected = layer.matrix @ (norm.scale[:, None] * bare + norm.offset[:, None]) + layer.bias[:, None]
    assert np.allclose(folded.matrix @ bare + folded.bias[:, None], expected)


def test_two_layers_in_a_row_become_one() -> None:
    rng = np.random.default_rng(4)
    first, second = random_layer(rng, 6, 4, 1, 1), random_layer(rng, 3, 6, 1, 1)
    both = second.after(first)
    value = rng.normal(size=(4, 9))
    expected = second.matrix @ (first.matrix @ value + first.bias[:, None]) + second.bias[:, None]
    assert np.allclose(both.matrix @ value + both.bias[:, None], expected)


def test_the_product_in_fixed_order_is_the_product() -> None:
    rng = np.random.default_rng(5)
    left, right = rng.normal(size=(7, 11)), rng.normal(size=(11, 5))
    assert np.allclose(product(left, right), left @ right)
