"""The card as a person holds it: a QR code, and the same id as a number to be read aloud."""

import re
from dataclasses import dataclass

from handfast.base.errors import NotACard
from handfast.base.randomness import Randomness
from handfast.consent.card import read_card, write_card
from handfast.service.context import Context
from handfast.storage.keys.key_values import Signer

NUMBER = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class Card:
    """number: twelve digits in groups; payload: what the QR code holds. Both are good only to start a check."""

    number: str
    payload: str

    @property
    def id(self) -> str:
        """The number without its spaces."""
        return self.number.replace(" ", "")


def new_card(randomness: Randomness, signer: Signer) -> Card:
    """A fresh card. The caller stores its id with the person; a number that exists already is a Conflict there."""
    card_id = _with_check_digit(f"{randomness.below(10**11):011d}")
    return Card(f"{card_id[:4]} {card_id[4:8]} {card_id[8:]}", write_card(card_id, signer))


def newest_checkpoint(context: Context) -> str:
    """The log's newest signed checkpoint: printed on a card, it is an anchor in the person's pocket."""
    with context.store.read() as reader:
        return reader.log.tree().note


def card_id_of(shown: str, expected_public: bytes) -> str:
    """The id on a card as scanned, or of a number as read aloud. Raises NotACard if it is neither."""
    digits = re.sub(r"[ -]", "", shown)
    if not NUMBER.fullmatch(digits):
        return read_card(shown, expected_public)
    if _with_check_digit(digits[:-1]) != digits:
        raise NotACard("this card number has a typing mistake")
    return digits


def _with_check_digit(digits: str) -> str:
    """Luhn's check digit (ISO/IEC 7812-1)."""
    doubled = [int(d) * 2 if place % 2 == 0 else int(d) for place, d in enumerate(reversed(digits))]
    total = sum(d - 9 if d > 9 else d for d in doubled)
    return f"{digits}{-total % 10}"
