"""PINs of private codes: Argon2id under a key that is not in the database, and growing delays (RFC 9106)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from handfast.base.clock import Clock
from handfast.base.errors import Conflict, NotAuthorised, RequestError, TooManyTries
from handfast.storage.store import Store
from handfast.storage.tables.cards import PrivateCodeRow

FREE_TRIES = 5
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(days=1)
_DIGITS = range(4, 13)


class Pins:
    """Choosing and trying PINs. `peppered` turns a PIN into what is hashed, under a key that is not in the database."""

    def __init__(
        self, store: Store, peppered: Callable[[str], bytes], clock: Clock, hasher: PasswordHasher | None = None
    ) -> None:
        self._store = store
        self._peppered = peppered
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("nobody")

    def choose(self, lookup: bytes, pin: str) -> None:
        """Set the PIN of a private code, once. RequestError unless it is 4 to 12 digits, Conflict if there is one."""
        if len(pin) not in _DIGITS or not (pin.isascii() and pin.isdigit()):
            raise RequestError("a PIN is 4 to 12 digits")
        pin_hash = self._hasher.hash(self._peppered(pin))
        with self._store.write() as unit:
            row = unit.cards.private_code(lookup)
            if row is None or row.pin_hash is not None:
                raise Conflict("the PIN is chosen already")
            unit.cards.set_pin(lookup, pin_hash)

    def open(self, lookup: bytes, pin: str) -> PrivateCodeRow:
        """Whose code it is. NotAuthorised for a wrong code or PIN alike, TooManyTries before the delay is over."""
        row = self._count_try(lookup)
        try:
            self._hasher.verify(row.pin_hash or self._nobody if row else self._nobody, self._peppered(pin))
        except VerifyMismatchError as error:
            raise NotAuthorised("this code and PIN do not open anything") from error
        if row is None or row.pin_hash is None:
            raise NotAuthorised("this code and PIN do not open anything")
        with self._store.write() as unit:
            unit.cards.set_tries(lookup, 0, None)
        return row

    def _count_try(self, lookup: bytes) -> PrivateCodeRow | None:
        """Commit the try before the PIN is looked at, so that neither a crash nor a second thread gives free ones."""
        now = self._clock.now()
        with self._store.write() as unit:
            row = unit.cards.private_code(lookup)
            if row is None:
                return None
            if row.next_try_at is not None and now < row.next_try_at:
                raise TooManyTries(ceil((row.next_try_at - now).total_seconds()))
            unit.cards.set_tries(lookup, row.tries + 1, _next_try(row.tries + 1, now))
        return row


def _next_try(tries: int, now: datetime) -> datetime | None:
    """When the next PIN is heard after this many wrong ones: at once for five, then a minute, doubling up to a day."""
    if tries < FREE_TRIES:
        return None
    doublings = min(tries - FREE_TRIES, 20)
    return now + min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)
