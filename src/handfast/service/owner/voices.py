"""Prompts that people of the site have spoken, in place of the machine's drafts: one file each."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from handfast.audit.leaf import LeafKind
from handfast.base.errors import RequestError
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.installation import keys_for

MOST_BYTES = 60_000  # at 20 kbit/s about 24 seconds
LEAST_BYTES = 400
FOLDER = "voices"
"""Where recordings lie in a data folder, and in a copy of it."""

FORMATS = {"audio/webm": (0, b"\x1a\x45\xdf\xa3"), "audio/ogg": (0, b"OggS"), "audio/mp4": (4, b"ftyp")}
"""Where each kind of file that a browser records says what it is."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One prompt as somebody spoke it; by: the operator who recorded it, by name."""

    path: Path
    media_type: str
    by: str


def recording(context: Context, language: str, prompt: str) -> Recording | None:
    """The recording of a prompt, or None where nobody spoke it. Both words must be known ones of a pack."""
    told = _place(context, language) / f"{prompt}.json"
    try:
        kept = json.loads(told.read_text("utf-8"))
    except FileNotFoundError:
        return None
    path = told.with_name(kept["file"])
    return Recording(path, kept["type"], kept["by"]) if path.exists() else None


def keep(context: Context, actor: Actor, language: str, prompt: str, body: bytes, media_type: str) -> None:
    """Put a recording in the place of whatever was there. Administrators only. Raises NotAllowed, RequestError."""
    actor.must_administer()
    kind = media_type.split(";")[0].strip().lower()
    if kind not in FORMATS or not LEAST_BYTES <= len(body) <= MOST_BYTES:
        raise RequestError(f"send {', '.join(FORMATS)} of {LEAST_BYTES} to {MOST_BYTES} bytes")
    start, mark = FORMATS[kind]
    if body[start : start + len(mark)] != mark:
        raise RequestError("this is not the kind of recording that it says")
    digest = hashlib.sha256(body).hexdigest()
    folder = _place(context, language)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{digest}.audio"
    file.write_bytes(body)
    _log(context, actor, {"language": language, "prompt": prompt, "sha256": digest, "outcome": "recorded"})
    before = recording(context, language, prompt)
    told = folder / f"{prompt}.json.new"
    told.write_text(json.dumps({"file": file.name, "type": kind, "by": _name(context, actor)}), "utf-8")
    told.replace(folder / f"{prompt}.json")
    if before is not None and before.path != file:
        before.path.unlink(missing_ok=True)


def remove(context: Context, actor: Actor, language: str, prompt: str) -> None:
    """Take a recording away: the machine's draft speaks again. Administrators only."""
    actor.must_administer()
    before = recording(context, language, prompt)
    if before is not None:
        _log(context, actor, {"language": language, "prompt": prompt, "outcome": "removed"})
        (_place(context, language) / f"{prompt}.json").unlink()
        before.path.unlink(missing_ok=True)


def copied(source: Path, target: Path) -> int:
    """Copy every recording from one folder of voices to another; how many there were.

    The server may run: one that is being replaced at this moment is passed over, never copied in halves.
    """
    number = 0
    for told in sorted(source.glob("*/*.json")):
        try:
            content = told.read_bytes()
            file = str(json.loads(content)["file"])
            sound = told.with_name(file).read_bytes()
        except FileNotFoundError:
            continue
        folder = target / told.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(sound)
        (folder / told.name).write_bytes(content)
        number += 1
    return number


def _place(context: Context, language: str) -> Path:
    return context.voices / language


def _name(context: Context, actor: Actor) -> str:
    if actor.kind != "operator":
        return ""
    with context.store.read() as reader:
        return reader.operators.get(actor.key_id).name


def _log(context: Context, actor: Actor, told: dict[str, object]) -> None:
    with context.store.write() as unit:
        context.log.append(unit, keys_for(context, ""), LeafKind.LANGUAGE, actor.key_id, told)
