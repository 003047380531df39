"""The signed answer: a compact JWS (RFC 7515, EdDSA of RFC 8037), good for five minutes."""

from collections.abc import Mapping

from handfast.service.context import Context


def jwks(context: Context) -> Mapping[str, object]:
    """The public keys that answers are signed with (RFC 7517)."""
    raise NotImplementedError
