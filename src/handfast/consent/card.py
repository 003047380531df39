"""The card: a signed opaque id. It is good only to start a check, and can be revoked."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from handfast.base import base64url
from handfast.base.errors import NotACard
from handfast.storage.keys.key_values import Signer

_PREFIX = "HF1"


def write_card(card_id: str, signer: Signer) -> str:
    """The text in a card's QR code: "HF1.<id>.<signature>"."""
    body = f"{_PREFIX}.{card_id}"
    return f"{body}.{base64url.encode(signer.sign(body.encode()))}"


def read_card(text: str, expected_public: bytes) -> str:
    """The card id in a card that this server signed; NotACard otherwise."""
    body, _, signature = text.strip().rpartition(".")
    prefix, _, card_id = body.partition(".")
    try:
        value = base64.urlsafe_b64decode(signature + "==")
        Ed25519PublicKey.from_public_bytes(expected_public).verify(value, body.encode())
    except (binascii.Error, ValueError, InvalidSignature) as error:
        raise NotACard("this is not a card of this server") from error
    if prefix != _PREFIX or not card_id:
        raise NotACard("this is not a card of this server")
    return card_id
