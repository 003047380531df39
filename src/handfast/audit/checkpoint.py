"""Checkpoints: C2SP tlog-checkpoint as a signed note with an Ed25519 signature."""

import base64
import hashlib
from functools import lru_cache

from handfast.storage.keys.key_values import Signer

_ED25519 = b"\x01"


def sign_checkpoint(origin: str, size: int, root: bytes, signer: Signer) -> str:
    """The signed statement that the log had this size and root."""
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = base64.b64encode(key_hash(origin, signer.public) + signer.sign(text.encode())).decode()
    return f"{text}\n— {origin} {signature}\n"


def verifier_key(origin: str, public: bytes) -> str:
    """The public key in the form of C2SP signed-note: name, key hash, and type byte with key."""
    return f"{origin}+{key_hash(origin, public).hex()}+{base64.b64encode(_ED25519 + public).decode()}"


@lru_cache(maxsize=64)
def key_hash(origin: str, public: bytes) -> bytes:
    """The four bytes that name a key in a signature line."""
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public).digest()[:4]
