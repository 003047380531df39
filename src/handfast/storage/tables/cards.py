"""Cards and private codes: what a person carries. A card only starts a check; a code opens the person's own page."""

from dataclasses import dataclass
from datetime import date, datetime

from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table


@dataclass(frozen=True, slots=True)
class Card:
    """One printed card: an opaque id, good until revoked."""

    id: str
    programme_id: str
    subject_id: str
    issued_on: date
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True)
class PrivateCodeRow:
    """One person's private code, known here only by a hash.

    pin_hash            Argon2id, or None until the person chose a PIN
    tries, next_try_at  wrong PINs since the last right one, and when the next try is heard
    """

    lookup: bytes
    programme_id: str
    subject_id: str
    pin_hash: str | None = None
    tries: int = 0
    next_try_at: datetime | None = None


_CARDS = Table(Card, "cards")
_CODES = Table(PrivateCodeRow, "private_codes")


class CardReads:
    """Reading cards and private codes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def card(self, card_id: str) -> Card | None:
        """A card that is not revoked, or None."""
        return _CARDS.find(self._database, "WHERE id = ? AND revoked_on IS NULL", card_id)

    def private_code(self, lookup: bytes) -> PrivateCodeRow | None:
        return _CODES.find(self._database, "WHERE lookup = ?", lookup)

    def private_code_of(self, subject_id: str) -> PrivateCodeRow | None:
        return _CODES.find(self._database, "WHERE subject_id = ?", subject_id)


class CardWrites(CardReads):
    """Issuing and revoking."""

    def add_card(self, card: Card) -> None:
        _CARDS.insert(self._database, card)

    def revoke_cards(self, subject_id: str, day: date) -> int:
        """Revoke every card of a person; how many there were."""
        return _CARDS.update(
            self._database, {"revoked_on": day}, "WHERE subject_id = ? AND revoked_on IS NULL", subject_id
        )

    def add_private_code(self, code: PrivateCodeRow) -> None:
        _CODES.insert(self._database, code)

    def set_pin(self, lookup: bytes, pin_hash: str) -> None:
        changes = {"pin_hash": pin_hash, "tries": 0, "next_try_at": None}
        _CODES.update(self._database, changes, "WHERE lookup = ?", lookup)

    def set_tries(self, lookup: bytes, tries: int, next_try_at: datetime | None) -> None:
        _CODES.update(self._database, {"tries": tries, "next_try_at": next_try_at}, "WHERE lookup = ?", lookup)
