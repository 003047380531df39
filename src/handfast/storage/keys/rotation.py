"""Another root key: in an order that a crash anywhere leaves openable.

1  the new key lies in a file beside the old one, on disk
2  one transaction wraps everything in keys.db under it
3  its file takes the place of the old one
Start-up asks keys.db which of the two opens it, and finishes or undoes.
"""

import os
from pathlib import Path

from handfast.base.errors import SealBroken
from handfast.base.randomness import Randomness
from handfast.storage.engines.sqlite import connect_reader
from handfast.storage.keys.root_key import make_root_key, read_key_file
from handfast.storage.keys.seal import unseal
from handfast.storage.keys.store import Keys


def rotate(keys: Keys, root_file: Path, data_dir: Path, randomness: Randomness) -> int:
    """Make a new root key and wrap everything under it; how many keys that were."""
    settle(root_file, data_dir)
    fresh = make_root_key(_beside(root_file), data_dir, randomness)
    wrapped = keys.rewrap(fresh)
    _take_place(root_file)
    return wrapped


def settle(root_file: Path, data_dir: Path) -> None:
    """Finish or undo a rotation that a crash cut off; nothing to do without its file."""
    beside, keys_file = _beside(root_file), data_dir / "keys.db"
    if not beside.exists() or not keys_file.exists():
        return
    if _opens(keys_file, read_key_file(beside)):
        _take_place(root_file)
    elif _opens(keys_file, read_key_file(root_file)):
        beside.unlink()


def _opens(keys_file: Path, root: bytes) -> bool:
    database = connect_reader(keys_file)
    try:
        rows = database.query("SELECT name, wrapped FROM signers ORDER BY name LIMIT 1")
        name, wrapped = rows[0] if rows else ("", b"")
        unseal(root, wrapped if isinstance(wrapped, bytes) else b"", "signer", str(name))
    except SealBroken:
        return False
    finally:
        database.close()
    return True


def _take_place(root_file: Path) -> None:
    _beside(root_file).replace(root_file)
    folder = os.open(root_file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _beside(root_file: Path) -> Path:
    return root_file.with_name(root_file.name + ".new")
