"""Signed statements: JSON in canonical form (RFC 8785) with an Ed25519 signature over all the rest of it."""

import base64
import json
from collections.abc import Mapping

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from handfast.base import base64url
from handfast.base.errors import RecordError
from handfast.storage.keys.key_values import Signer


def canonical(value: Mapping[str, object]) -> bytes:
    """The canonical JSON of a mapping."""
    return rfc8785.dumps(dict(value))  # type: ignore[arg-type]  # checks values itself


def sign_statement(statement: Mapping[str, object], signer: Signer) -> bytes:
    """The statement with its signature, as canonical JSON."""
    value = signer.sign(canonical(statement))
    signature = {"alg": "Ed25519", "key": base64url.encode(signer.public), "value": base64url.encode(value)}
    return canonical({**statement, "signature": signature})


def verify_statement(signed: bytes, expected_public: bytes) -> tuple[dict[str, object], bytes]:
    """What a signed statement says, without its signature, and the canonical JSON of that, which was signed.

    RecordError if this key did not sign it.
    """
    try:
        statement = json.loads(signed)
        value = base64.urlsafe_b64decode(statement.pop("signature")["value"] + "==")
        body = canonical(statement)
        Ed25519PublicKey.from_public_bytes(expected_public).verify(value, body)
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature) as error:
        raise RecordError("this statement was not signed by this server") from error
    return dict(statement), body
