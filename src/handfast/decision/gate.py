"""A gate: what a site's own data say of a policy and its tables, signed by who measured and, where needed, who answers.

Signatures are Ed25519 (RFC 8032) over the canonical JSON (RFC 8785) of the gate; the owner signs one sentence with it.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from handfast.base.errors import GateClosed
from handfast.decision.tables import Table

FORMAT = "handfast-gate:1"
STATEMENT = (
    "Too few people took part to tell whether the shown rates hold here. I use the programme all the same, I answer "
    "for it, and this stays on its public page."
)


class Finding(StrEnum):
    """What one check, or all together, came to."""

    PASSED = "passed"
    NO_EVIDENCE = "no evidence"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One question that was put to the data.

    limit     what the policy or the table allows
    rate      what was found, None without a trial
    low       one-sided 95 % lower bound of the rate: above the limit, the data contradict it
    people    whom it rests on
    """

    name: str
    finding: Finding
    limit: float
    rate: float | None
    low: float
    errors: int
    trials: int
    people: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate whose lab signature holds.

    lab      public key of who measured, base64
    owner    (name, public key) of who signed the statement, or None
    """

    body: Mapping[str, Any]
    lab: str
    owner: tuple[str, str] | None

    @property
    def finding(self) -> Finding:
        """The worst finding of all checks; without a check, no evidence."""
        return worst([Finding(check["finding"]) for check in self.body["checks"]])


def worst(findings: Sequence[Finding]) -> Finding:
    """Failed before no evidence before passed; nothing at all is no evidence."""
    if not findings:
        return Finding.NO_EVIDENCE
    order = list(Finding)
    return max(findings, key=order.index)


def table_digest(table: Table) -> str:
    """SHA-256 of a table's file: what a gate binds to, since ids may be given twice."""
    return hashlib.sha256(table.to_json().encode()).hexdigest()


def public_of(key: Ed25519PrivateKey) -> str:
    """The public key as files and commands state it: base64 of its 32 bytes."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign_gate(body: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """The file of a gate, signed by the lab."""
    text = _canonical({"format": FORMAT, **body})
    return _file(json.loads(text), {"lab": {"key": public_of(key), "signature": _signed(text, key)}})


def sign_as_owner(file: str, name: str, key: Ed25519PrivateKey) -> str:
    """The same file with the owner's name and signature under the statement. Raises GateClosed if it does not hold."""
    open_gate(file)
    content = json.loads(file)
    text = _owned(content["gate"], name)
    owner = {"name": name, "key": public_of(key), "statement": STATEMENT, "signature": _signed(text, key)}
    return _file(content["gate"], content["signatures"] | {"owner": owner})


def open_gate(file: str) -> Gate:
    """The gate of a file whose signatures hold. Raises GateClosed."""
    try:
        content = json.loads(file)
        body, signatures = content["gate"], content["signatures"]
        if body["format"] != FORMAT:
            raise GateClosed(f"not a file of format {FORMAT}")
        lab = signatures["lab"]
        _check(lab["key"], lab["signature"], _canonical(body))
        owner = signatures.get("owner")
        if owner is None:
            return Gate(body, lab["key"], None)
        _check(owner["key"], owner["signature"], _owned(body, owner["name"]))
        if owner["key"] == lab["key"]:
            raise GateClosed("who measured cannot also sign as the owner")
        return Gate(body, lab["key"], (str(owner["name"]), owner["key"]))
    except (ValueError, KeyError, TypeError) as error:
        raise GateClosed(f"not a gate: {error}") from None


def _owned(body: Mapping[str, Any], name: str) -> bytes:
    return _canonical({"gate": body, "owner": name, "statement": STATEMENT})


def _canonical(body: Mapping[str, Any]) -> bytes:
    return rfc8785.dumps(dict(body))


def _signed(text: bytes, key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.sign(text)).decode()


def _check(key: str, signature: str, text: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key)).verify(base64.b64decode(signature), text)
    except InvalidSignature:
        raise GateClosed("a signature of this gate does not hold") from None


def _file(body: Mapping[str, Any], signatures: Mapping[str, Any]) -> str:
    return json.dumps({"gate": body, "signatures": signatures}, indent=1, ensure_ascii=False) + "\n"
