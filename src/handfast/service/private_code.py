"""The private code: 128 bits in groups that can be read aloud (Crockford's base 32), with a checksum.

From it come the address of the person's page and the first state of their hash ratchet; the server keeps neither code
nor first state.
"""

import hashlib
import hmac
from dataclasses import dataclass

from handfast.base.errors import RequestError
from handfast.base.randomness import Randomness

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 16
DIGITS = 28  # 140 bits: the secret and a checksum of 12
GROUP = 4
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "–": None})


@dataclass(frozen=True, slots=True)
class PrivateCode:
    """A private code; `text` is how it is written: seven groups of four."""

    secret: bytes

    @staticmethod
    def new(randomness: Randomness) -> "PrivateCode":
        """A fresh code."""
        return PrivateCode(randomness.bytes(SECRET_BYTES))

    @staticmethod
    def parse(text: str) -> "PrivateCode":
        """Read a code as typed: any case, spaces and dashes, O for 0, I and L for 1. Raises RequestError."""
        typed = text.upper().translate(_LOOKALIKES)
        if len(typed) != DIGITS or any(digit not in ALPHABET for digit in typed):
            raise RequestError(f"a private code has {DIGITS} letters and digits")
        number = 0
        for digit in typed:
            number = number << 5 | ALPHABET.index(digit)
        code = PrivateCode((number >> 12).to_bytes(SECRET_BYTES, "big"))
        if code._checksum() != number & 0xFFF:
            raise RequestError("this private code is mistyped")
        return code

    @property
    def text(self) -> str:
        """Seven groups of four, such as "7Q4K-9M2X-..."."""
        number = int.from_bytes(self.secret, "big") << 12 | self._checksum()
        digits = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(DIGITS)))
        return "-".join(digits[start : start + GROUP] for start in range(0, DIGITS, GROUP))

    @property
    def locator(self) -> str:
        """Where the person's page is found: 64 hex digits; says nothing about the ratchet."""
        return self._derived(b"handfast my page:1").hex()

    @property
    def first_state(self) -> bytes:
        """The first state of the person's ratchet, 32 bytes."""
        return self._derived(b"handfast ratchet:1")

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.digest(self.secret, purpose, "sha256")

    def _checksum(self) -> int:
        return int.from_bytes(hashlib.sha256(b"handfast code:1" + self.secret).digest()[:2], "big") >> 4
