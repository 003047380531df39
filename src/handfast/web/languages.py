"""The language packs as they are served, and the hash of each notice, so that a consent names its exact text."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from handfast.base.errors import SetupError


@dataclass(frozen=True, slots=True)
class Notices:
    """version: of the notice, the same in every language; hashes: language -> SHA-256 of its canonical JSON.

    study   the same of the notice that a study shows
    """

    version: str
    hashes: Mapping[str, str]
    study: "Notices | None" = None

    def of(self, *, study: bool) -> "Notices":
        """The notice that a programme shows."""
        return self.study if study and self.study else self


def load_notices(folder: Path) -> Notices:
    """Read every pack in `folder`. Raises SetupError where versions differ or a notice is missing."""
    packs = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
    parts = ("notice", "study")
    versions = {pack[part]["version"] for pack in packs.values() for part in parts if part in pack}
    if len(versions) != 1 or not all(part in pack for part in parts for pack in packs.values()):
        raise SetupError(f"The notices in {folder} must all be there, in one version; found {sorted(versions)}.")
    version = str(versions.pop())
    study = Notices(f"{version}-study", {code: _hash(_study_notice(pack)) for code, pack in packs.items()})
    return Notices(version, {code: _hash(pack["notice"]) for code, pack in packs.items()}, study)


def _study_notice(pack: dict[str, Any]) -> dict[str, Any]:
    """What a study shows: the first cards say something else, all the rest is the same (language.js does it too)."""
    notice, study = pack["notice"], pack["study"]
    texts = [*study["cards"], *(card["text"] for card in notice["cards"][len(study["cards"]) :])]
    cards = [{**card, "text": text} for card, text in zip(notice["cards"], texts, strict=True)]
    return {**notice, "version": f"{study['version']}-study", "cards": cards}


def _hash(notice: dict[str, Any]) -> str:
    return hashlib.sha256(rfc8785.dumps(notice)).hexdigest()
