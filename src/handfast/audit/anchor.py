"""Anchors: checkpoints that someone took away, alone in a file or inside a receipt, a card or a download."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handfast.base.errors import LogBroken

CHECKPOINT = "checkpoint"
LOG_KEY = "log_key"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One checkpoint, and the log's public key if it stood beside it."""

    note: str
    verifier_key: str | None


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """Every checkpoint in a file: a note as text, or JSON with "checkpoint" (and "log_key") anywhere in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LogBroken(f"{path} is not text") from error
    if not text.lstrip().startswith(("{", "[")):
        return (Anchor(text, None),)
    try:
        found = tuple(_anchors(json.loads(text)))
    except ValueError as error:
        raise LogBroken(f"{path} is not JSON") from error
    if not found:
        raise LogBroken(f"{path} holds no checkpoint")
    return found


def _anchors(value: object) -> Iterator[Anchor]:
    if isinstance(value, list):
        for item in value:
            yield from _anchors(item)
    if isinstance(value, dict):
        if isinstance(value.get(CHECKPOINT), str):
            key = value.get(LOG_KEY)
            yield Anchor(value[CHECKPOINT], key if isinstance(key, str) else None)
        for item in value.values():
            yield from _anchors(item)
