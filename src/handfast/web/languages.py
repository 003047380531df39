"""The language packs as they are served, and the hash of each notice, so that a consent names its exact text."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import rfc8785

from handfast.base.errors import SetupError


@dataclass(frozen=True, slots=True)
class Notices:
    """version: of the notice, the same in every language; hashes: language -> SHA-256 of its canonical JSON."""

    version: str
    hashes: Mapping[str, str]


def load_notices(folder: Path) -> Notices:
    """Read every pack in `folder`. Raises SetupError where versions differ or a notice is missing."""
    packs = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
    versions = {pack["notice"]["version"] for pack in packs.values() if "notice" in pack}
    if len(versions) != 1 or not all("notice" in pack for pack in packs.values()):
        raise SetupError(f"The notices in {folder} must all be there, in one version; found {sorted(versions)}.")
    hashes = {code: hashlib.sha256(rfc8785.dumps(pack["notice"])).hexdigest() for code, pack in packs.items()}
    return Notices(version=str(versions.pop()), hashes=hashes)
