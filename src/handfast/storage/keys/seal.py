"""Sealing: AES-256-GCM, bound to the place where the bytes belong, so that a moved row does not open."""

import hmac
import secrets
from json.encoder import encode_basestring_ascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from handfast.base.errors import SealBroken

_NONCE = 12  # bytes


def seal(key: bytes, plain: bytes, *place: str) -> bytes:
    """Nonce and ciphertext of `plain` under a 32-byte key, for one place only."""
    # Straight from the operating system: a seeded source here could repeat a nonce, which breaks GCM.
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, associated(*place))


def unseal(key: bytes, sealed: bytes, *place: str) -> bytes:
    """What was sealed under this key for this place; SealBroken otherwise."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], associated(*place))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"a sealed row does not belong here: {place[0] if place else ''}") from error


def derive(key: bytes, *label: str) -> bytes:
    """A 32-byte key for one use: HMAC-SHA-256 of the label under a uniformly random key (RFC 5869, expand)."""
    return hmac.digest(key, associated(*label) + b"\x01", "sha256")


def associated(*place: str) -> bytes:
    """Words as bytes, without two lists of words giving the same bytes: their JSON."""
    return f"[{','.join(map(encode_basestring_ascii, place))}]".encode()
