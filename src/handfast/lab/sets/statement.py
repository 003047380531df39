"""The signed statement of a set: who says that everybody on it agreed, its source, and which pictures it holds."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from handfast.base.errors import RequestError
from handfast.base.picture_set import CONSENT, FORMAT, set_digest
from handfast.lab.sets.dataset import SUFFIXES


@dataclass(frozen=True, slots=True)
class Statement:
    """What was signed.

    who, source   who answers for it; where the pictures come from and under what terms
    digest        SHA-256 over the pictures' places and contents
    key           public key, base64
    """

    who: str
    source: str
    pictures: int
    digest: str
    key: str


def state(folder: Path, who: str, source: str, key: Ed25519PrivateKey) -> str:
    """The text of a statement on the pictures that lie in the folder now. RequestError where there is none."""
    pictures, digest = digest_of(folder)
    if pictures == 0 or not who.strip() or not source.strip():
        raise RequestError("a statement needs pictures, a name and a source")
    body = {"format": FORMAT, "consent": CONSENT, "who": who, "source": source, "pictures": pictures, "digest": digest}
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    signature = base64.b64encode(key.sign(rfc8785.dumps(body))).decode()  # type: ignore[arg-type]  # JSON values
    return json.dumps({"statement": body, "key": public, "signature": signature}, indent=1, ensure_ascii=False) + "\n"


def read_statement(text: str, folder: Path) -> Statement:
    """The statement, if its signature holds and it is of exactly the pictures in the folder. RequestError if not."""
    try:
        content = json.loads(text)
        body, key = content["statement"], content["key"]
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
        public.verify(base64.b64decode(content["signature"]), rfc8785.dumps(body))
        told = Statement(body["who"], body["source"], int(body["pictures"]), body["digest"], key)
    except (ValueError, KeyError, TypeError, InvalidSignature):
        raise RequestError("the statement's signature does not hold") from None
    if digest_of(folder) != (told.pictures, told.digest):
        raise RequestError("the statement is of other pictures than lie in the folder")
    return told


def digest_of(folder: Path) -> tuple[int, str]:
    """(pictures, SHA-256 over the place and content of each, in order)."""
    paths = [path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES]
    places = ((p.relative_to(folder).as_posix(), hashlib.sha256(p.read_bytes()).hexdigest()) for p in paths)
    return len(paths), set_digest(places)
