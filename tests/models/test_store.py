"""Installed files are hashed before they run."""

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from numpy.typing import NDArray

from handfast.base.errors import ModelDamaged, ModelMissing
from handfast.models.manifest import ModelFile, load_manifest
from handfast.models.store import ModelStore


def test_a_missing_file_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="handfast models install"):
        ModelStore(tmp_path).onnx("yunet")


@pytest.mark.models
def test_a_changed_file_never_runs(models_dir: Path, tmp_path: Path) -> None:
    shutil.copy(models_dir / "yunet.onnx", tmp_path)
    ModelStore(tmp_path).onnx("yunet")
    content = bytearray((tmp_path / "yunet.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "yunet.onnx").write_bytes(content)
    with pytest.raises(ModelDamaged):
        ModelStore(tmp_path).onnx("yunet")


@pytest.mark.models
@pytest.mark.parametrize("file", load_manifest().files.values(), ids=lambda file: str(file.id))
def test_every_installed_file_has_the_hash_of_the_manifest(models_dir: Path, file: ModelFile) -> None:
    assert hashlib.sha256((models_dir / file.file).read_bytes()).hexdigest() == file.sha256


@pytest.mark.models
def test_the_onnx_models_run_with_the_stated_shapes(models_dir: Path) -> None:
    store = ModelStore(models_dir)
    assert store.onnx("sface")(data=np.zeros((1, 3, 112, 112), np.float32))["fc1"].shape == (1, 128)
    assert store.onnx("yunet")(input=np.zeros((1, 3, 64, 96), np.float32))["cls_8"].shape == (1, 96, 1)


@pytest.mark.models
@pytest.mark.parametrize(
    ("name", "side"), [("palm", 192), ("hand-landmark", 224), ("face-mesh", 192), ("face-short", 128)]
)
def test_the_lite_models_run_with_the_stated_shapes(models_dir: Path, name: str, side: int) -> None:
    outputs = ModelStore(models_dir).litert(name)(np.zeros((1, side, side, 3), np.float32))
    stated = load_manifest()[name].shapes
    for output, value in outputs.items():
        assert f"{output} {value.shape}" in stated


@pytest.mark.models
def test_calls_from_several_threads_at_once_give_each_its_own(models_dir: Path) -> None:
    model = ModelStore(models_dir).litert("face-mesh")
    pictures = np.random.default_rng(1).random((6, 1, 192, 192, 3), dtype=np.float32)
    alone = [model(picture)["conv2d_21"] for picture in pictures]
    together = Barrier(len(pictures))

    def read(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        together.wait()
        return np.asarray(model(picture)["conv2d_21"])

    with ThreadPoolExecutor(len(pictures)) as threads:
        assert all(map(np.array_equal, threads.map(read, pictures), alone))


@pytest.mark.models
def test_outputs_of_one_call_outlive_the_next(models_dir: Path) -> None:
    model = ModelStore(models_dir).litert("face-mesh")
    first = model(np.zeros((1, 192, 192, 3), np.float32))["conv2d_21"]
    copy = first.copy()
    model(np.ones((1, 192, 192, 3), np.float32))
    assert np.array_equal(first, copy)
