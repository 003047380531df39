"""Compact JWS with EdDSA, and its JWKS (RFC 7515, 7517, 8037)."""

from collections.abc import Mapping

import rfc8785

from handfast.base import base64url
from handfast.storage.keys.key_values import Signer


def compact_jws(claims: Mapping[str, object], signer: Signer) -> str:
    """The signed claims: header.payload.signature, base64url without padding."""
    header = {"alg": "EdDSA", "kid": signer.key_id, "typ": "handfast-answer+jws"}
    signed = f"{base64url.encode(_json(header))}.{base64url.encode(_json(claims))}"
    return f"{signed}.{base64url.encode(signer.sign(signed.encode('ascii')))}"


def key_set(signer: Signer) -> Mapping[str, object]:
    """The public key as a JWK set."""
    key = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": base64url.encode(signer.public),
        "kid": signer.key_id,
        "use": "sig",
        "alg": "EdDSA",
    }
    return {"keys": [key]}


def _json(value: Mapping[str, object]) -> bytes:
    return rfc8785.dumps(value)  # type: ignore[arg-type]  # checks values itself
