"""The manifest states where every file comes from, by hash, and what is not known about it."""

import re
from pathlib import PurePosixPath

import pytest

from handfast.base.errors import ModelMissing
from handfast.models.manifest import Make, ModelFile, PackageKind, load_manifest

FILES = load_manifest().files.values()
WEIGHTS = [file for file in FILES if PurePosixPath(file.file).suffix in {".onnx", ".tflite", ".task"}]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.id))
def test_every_file_and_its_package_is_pinned_by_hash(file: ModelFile) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
    assert re.fullmatch(r"[0-9a-f]{64}", file.package.sha256)
    assert file.licence
    assert file.sources


@pytest.mark.parametrize("file", WEIGHTS, ids=lambda file: str(file.id))
def test_every_model_says_what_is_stated_of_its_training_and_what_is_unknown(file: ModelFile) -> None:
    assert file.training
    assert file.unknown


def test_no_two_files_share_a_place_or_a_name() -> None:
    assert len({file.file for file in FILES}) == len(FILES)


def test_no_file_lies_outside_the_models_folder() -> None:
    assert all(".." not in file.file and not file.file.startswith("/") for file in FILES)


def test_packages_that_call_home_are_not_in_it() -> None:
    for file in FILES:
        version = tuple(int(part) for part in file.package.version.split("."))
        if file.package.name == "mediapipe":
            assert version < (0, 10, 35)
        if file.package.kind is PackageKind.NPM:
            assert (file.package.name, version) == ("@mediapipe/tasks-vision", (0, 10, 35))


def test_a_task_file_names_an_entry_for_each_of_its_models() -> None:
    tasks = [file for file in FILES if file.make is Make.TASK]
    assert len(tasks) == 2
    assert all(len(file.entries) == len(file.sources) == 2 for file in tasks)


def test_a_name_that_is_not_in_it_is_an_error() -> None:
    with pytest.raises(ModelMissing, match="retina"):
        load_manifest()["retina"]
