"""The card: a number and a signature over it. It says nothing of the person and is good only to start a check."""

import base64
import re
from dataclasses import dataclass

from handfast.base.errors import NotAuthorised
from handfast.base.randomness import Randomness
from handfast.service.jose import Signer, Verifier

PREFIX = "HANDFAST:1"
NUMBER = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Card:
    """number: twelve digits in groups, to be read aloud; payload: what the QR code holds (alphanumeric mode)."""

    number: str
    payload: str

    @property
    def id(self) -> str:
        """The number without its spaces."""
        return self.number.replace(" ", "")


def new_card(randomness: Randomness, signer: Signer) -> Card:
    """A fresh card. The caller stores its id with the person; a number that exists already is a Conflict there."""
    return signed_card(_with_check_digit(f"{randomness.below(10**11):011d}"), signer)


def signed_card(card_id: str, signer: Signer) -> Card:
    """The card of an id."""
    signature = base64.b32encode(signer.sign(_message(card_id))).decode("ascii").rstrip("=")
    number = f"{card_id[:4]} {card_id[4:8]} {card_id[8:]}"
    return Card(number, f"{PREFIX}:{card_id}:{signature}")


def card_id_of(shown: str, verifier: Verifier) -> str:
    """The id on a card as scanned, or of a number as read aloud. Raises NotAuthorised if it is neither."""
    if not shown.startswith(f"{PREFIX}:"):
        digits = re.sub(r"[ -]", "", shown)
        if not NUMBER.fullmatch(digits) or _with_check_digit(digits[:-1]) != digits:
            raise NotAuthorised("this is no card number")
        return digits
    parts = shown.removeprefix(f"{PREFIX}:").split(":")
    if len(parts) != 2 or not NUMBER.fullmatch(parts[0]):
        raise NotAuthorised("this is no card")
    try:
        signature = base64.b32decode(parts[1] + "=" * (-len(parts[1]) % 8))
    except ValueError as error:
        raise NotAuthorised("this is no card") from error
    if not verifier.verifies(signature, _message(parts[0])):
        raise NotAuthorised("this card was not made here")
    return parts[0]


def _message(card_id: str) -> bytes:
    return f"handfast card:1\n{card_id}".encode("ascii")


def _with_check_digit(digits: str) -> str:
    """Luhn's check digit (ISO/IEC 7812-1)."""
    doubled = [int(d) * 2 if place % 2 == 0 else int(d) for place, d in enumerate(reversed(digits))]
    total = sum(d - 9 if d > 9 else d for d in doubled)
    return f"{digits}{-total % 10}"
