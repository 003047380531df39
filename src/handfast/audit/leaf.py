"""One leaf of the log, as canonical JSON (RFC 8785). Nothing in it names a person, a place or an outcome."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from json.encoder import encode_basestring as _quote

import rfc8785


class LeafKind(StrEnum):
    """What was done. The outcome of a check is in the sealed details, never here."""

    PROGRAMME = "programme"
    KEY = "key"
    POLICY = "policy"
    GO_LIVE = "go-live"
    OPERATOR = "operator"
    DEVICE = "device"
    LANGUAGE = "language"
    APPROVE = "approve"
    REVIEW = "review"
    ENROL = "enrol"
    SITTING = "sitting"
    EXPORT = "export"
    STUDY = "study"
    ACTIVATE = "activate"
    CHECK = "check"
    FIND = "find"
    ABANDONED = "abandoned"
    READ = "read"
    CARD = "card"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    CORRECT = "correct"
    RENEW = "renew"
    RECODE = "recode"
    LEAVE = "leave"
    WITHDRAW = "withdraw"
    ERASE = "erase"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One act.

    n            its place in the log, from 0
    at           UTC to the minute, such as "2026-11-23T06:15Z"; never earlier than the leaf before
    programme    programme id
    actor        key id of who did it
    tag          output of the person's hash ratchet (64 hex), or None for an act on nobody
    commitment   SHA-256(nonce || details), hex
    consent      SHA-256(nonce || hash of the consent record), hex, or None: blinded, since a plain hash would link
                 all leaves of one person
    """

    n: int
    at: str
    kind: str
    programme: str
    actor: str
    tag: str | None
    commitment: str
    consent: str | None

    def encode(self) -> bytes:
        """The canonical JSON that goes into the tree. Of text and one integer, json writes it as RFC 8785 does."""
        tag, consent = _word(self.tag), _word(self.consent)
        return (
            f'{{"actor":{_quote(self.actor)},"at":{_quote(self.at)},"commitment":{_quote(self.commitment)},'
            f'"consent":{consent},"kind":{_quote(self.kind)},"n":{self.n},"programme":{_quote(self.programme)},'
            f'"tag":{tag}}}'
        ).encode()


def to_the_minute(at: datetime) -> str:
    """A time as a leaf states it."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="minutes") + "Z"


def encode_details(details: Mapping[str, object]) -> bytes:
    """The details of an act, as canonical JSON."""
    fields: list[str] = []
    for name in sorted(details):
        value = details[name]
        if not (isinstance(value, str) and value.isascii() and name.isascii()):
            return rfc8785.dumps(dict(details))  # type: ignore[arg-type]  # checks values itself
        fields.append(f"{_quote(name)}:{_quote(value)}")
    return f"{{{','.join(fields)}}}".encode()


def commit(nonce: bytes, content: bytes) -> str:
    """A commitment to content that tells nothing without the 32-byte nonce."""
    return hashlib.sha256(nonce + content).hexdigest()


def _word(text: str | None) -> str:
    return "null" if text is None else _quote(text)
