"""Witnesses: somebody else signs that a log only grew (C2SP tlog-cosignature, cosignature/v1 with Ed25519).

A witness looks at a log, compares it with the last checkpoint that it signed, and signs the new one with the time. Who
trusts the witness then knows that everybody was shown the same log.
"""

import base64
import binascii
import hashlib
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from handfast.base.errors import LogBroken

_COSIGNATURE = b"\x04"
_ID, _TIME, _SIGNATURE = 4, 8, 64  # bytes


def witness_key(name: str, public: bytes) -> str:
    """A witness's public key as C2SP signed-note writes it."""
    blob = _COSIGNATURE + public
    return f"{name}+{_key_id(name, public).hex()}+{base64.b64encode(blob).decode()}"


def cosign(note: str, name: str, private: Ed25519PrivateKey, at: datetime) -> str:
    """The signed checkpoint with the witness's line below the others."""
    text, _, _ = note.partition("\n\n")
    seconds = int(at.timestamp())
    signature = private.sign(_message(text + "\n", seconds))
    blob = _key_id(name, private.public_key().public_bytes_raw()) + seconds.to_bytes(_TIME) + signature
    return f"{note}— {name} {base64.b64encode(blob).decode()}\n"


def cosigned_at(note: str, *, expected_witness: str) -> datetime:
    """When this witness signed this checkpoint; LogBroken if it did not."""
    name, public = _read_key(expected_witness)
    text, _, lines = note.partition("\n\n")
    for line in lines.split("\n"):
        dash, _, rest = line.partition(" ")
        signer, _, encoded = rest.partition(" ")
        if (dash, signer) == ("—", name) and (seconds := _seconds(encoded, text + "\n", name, public)) is not None:
            return datetime.fromtimestamp(seconds, UTC)
    raise LogBroken(f"{name} did not sign this checkpoint")


def _seconds(encoded: str, text: str, name: str, public: bytes) -> int | None:
    try:
        blob = base64.b64decode(encoded, validate=True)
        seconds = int.from_bytes(blob[_ID : _ID + _TIME])
        Ed25519PublicKey.from_public_bytes(public).verify(blob[_ID + _TIME :], _message(text, seconds))
    except (binascii.Error, ValueError, InvalidSignature):
        return None
    whole = len(blob) == _ID + _TIME + _SIGNATURE and base64.b64encode(blob).decode() == encoded
    return seconds if whole and blob[:_ID] == _key_id(name, public) else None


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _COSIGNATURE + public).digest()[:_ID]


def _read_key(key: str) -> tuple[str, bytes]:
    name, _, rest = key.partition("+")
    stated, _, encoded = rest.partition("+")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise LogBroken("not a public key of a witness") from error
    if not name or blob[:1] != _COSIGNATURE or len(blob) != 33 or stated != _key_id(name, blob[1:]).hex():
        raise LogBroken("not a public key of a witness")
    return name, blob[1:]
