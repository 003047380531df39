"""Opaque random ids: a short prefix that says what it names, and 128 random bits."""

import base64

from handfast.base import base64url
from handfast.base.randomness import Randomness


def new_id(prefix: str, randomness: Randomness) -> str:
    """An id such as "ses_4kq..." : prefix, underscore, 26 characters of lower-case base32."""
    body = base64.b32encode(randomness.bytes(16)).decode("ascii").rstrip("=").lower()
    return f"{prefix}_{body}"


def new_secret(randomness: Randomness) -> str:
    """256 random bits in URL-safe base64 without padding (43 characters)."""
    return base64url.encode(randomness.bytes(32))
