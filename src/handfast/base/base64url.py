"""Base64 for URLs, without padding (RFC 4648 section 5; RFC 7515 section 2)."""

import base64


def encode(data: bytes) -> str:
    """Letters, digits, "-" and "_", four for every three bytes."""
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
