"""The root key: 32 bytes in a file outside the data directory, in the environment, from a token or from a command.

A token is reached by PKCS#11 (`token_key.py`). A command reaches what else keeps keys better than a file does: a TPM, a
key service. It is run without a shell and prints 64 hexadecimal digits.
"""

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from handfast.base.errors import SetupError
from handfast.base.randomness import Randomness
from handfast.storage.keys.token_key import read_token_key

VARIABLE = "HANDFAST_ROOT_KEY_HEX"
COMMAND = "HANDFAST_ROOT_KEY_COMMAND"
TOKEN = "HANDFAST_ROOT_KEY_PKCS11"  # noqa: S105  the name of a variable
_PATIENCE = 60  # seconds: a token may ask somebody to touch it


def read_root_key(path: Path, data_dir: Path, environment: Mapping[str, str] = os.environ) -> bytes:
    """The root key from HANDFAST_ROOT_KEY_PKCS11, HANDFAST_ROOT_KEY_COMMAND, HANDFAST_ROOT_KEY_HEX or else the file.

    SetupError if the token or the command fails, or the file is missing or others can read it.
    """
    if TOKEN in environment:
        return read_token_key(environment[TOKEN])
    if COMMAND in environment:
        return _parse(_said_by(environment[COMMAND]), COMMAND)
    if VARIABLE in environment:
        return _parse(environment[VARIABLE], VARIABLE)
    _refuse_inside(path, data_dir)
    return read_key_file(path)


def read_key_file(path: Path) -> bytes:
    """The key in a file that only its owner can read; SetupError otherwise."""
    if not path.exists():
        raise SetupError(f"the root key is missing: expected at {path}")
    if path.stat().st_mode & 0o077:
        raise SetupError(f"others can read the root key: run chmod 600 {path}")
    return _parse(path.read_text(encoding="ascii"), str(path))


def make_root_key(path: Path, data_dir: Path, randomness: Randomness) -> bytes:
    """Make the root key's file at first start, readable by its owner only; SetupError if there is one."""
    key = randomness.bytes(32)
    keep_root_key(path, data_dir, key)
    return key


def keep_root_key(path: Path, data_dir: Path, key: bytes) -> None:
    """Write a root key into a new file, on disk when this returns; SetupError if there is one."""
    _refuse_inside(path, data_dir)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError as error:
        raise SetupError(f"there is a root key at {path} already") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a power cut must not leave sealed data whose key has lost its name
    finally:
        os.close(folder)


def root_key(path: Path, data_dir: Path, randomness: Randomness, environment: Mapping[str, str] = os.environ) -> bytes:
    """The root key; made now if this is the first start, that is, if no keys.db was made under another one."""
    first_start = not (data_dir / "keys.db").exists()
    if first_start and not {VARIABLE, COMMAND, TOKEN} & set(environment) and not path.exists():
        return make_root_key(path, data_dir, randomness)
    return read_root_key(path, data_dir, environment)


def _refuse_inside(path: Path, data_dir: Path) -> None:
    if path.resolve().is_relative_to(data_dir.resolve()):
        raise SetupError(f"the root key must lie outside {data_dir}, or a copy of the data would hold its key")


def _said_by(command: str) -> str:
    try:
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, timeout=_PATIENCE, check=True)  # noqa: S603  the administrator's own command
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise SetupError(f"the command in {COMMAND} gave no root key: {type(error).__name__}") from error
    return done.stdout


def _parse(text: str, source: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SetupError(f"the root key in {source} is not 64 hexadecimal digits")
    return key
