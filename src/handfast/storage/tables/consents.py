"""Consent rows: what the schema needs to know of a consent, and the signed record, sealed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Sealed, Table


class ConsentState(StrEnum):
    """Whether a consent holds."""

    LIVE = "live"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One consent to one purpose.

    record_hash     SHA-256 of the signed record's canonical JSON
    record_sealed   the signed record, sealed under the person's log key; None once withdrawn
    given_on, expires_on   first and last day on which it holds
    """

    id: str
    programme_id: str
    subject_id: str
    purpose: str
    state: ConsentState
    record_hash: bytes
    record_sealed: Sealed | None
    given_on: date
    expires_on: date


_TABLE = Table(ConsentRow, "consents")


class ConsentReads:
    """Reading consents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live(self, programme_id: str, subject_id: str, purpose: str, today: date) -> ConsentRow | None:
        """The newest consent to this purpose that holds today, or None."""
        sql = (
            "WHERE subject_id = ? AND programme_id = ? AND purpose = ? AND state = 'live' "
            "AND ? BETWEEN given_on AND expires_on ORDER BY expires_on DESC, id"
        )
        return _TABLE.find(self._database, sql, subject_id, programme_id, purpose, today)

    def expired(self, today: date) -> tuple[ConsentRow, ...]:
        """Consents whose last day has passed and that nobody ended."""
        return _TABLE.all(self._database, "WHERE state = 'live' AND expires_on < ? ORDER BY expires_on, id", today)

    def of(self, subject_id: str) -> tuple[ConsentRow, ...]:
        return _TABLE.all(self._database, "WHERE subject_id = ? ORDER BY given_on, purpose, id", subject_id)


class ConsentWrites(ConsentReads):
    """Recording and ending consents: acts, which need a leaf."""

    def __init__(self, database: Database, act: Callable[[str], None]) -> None:
        super().__init__(database)
        self._act = act

    def add(self, consent: ConsentRow) -> None:
        self._act("consent")
        _TABLE.insert(self._database, consent)

    def withdraw(self, consent_id: str) -> None:
        """End one consent; its templates go with it."""
        self._act("withdraw")
        changes = {"state": ConsentState.WITHDRAWN, "record_sealed": None}
        _TABLE.update(self._database, changes, "WHERE id = ?", consent_id)
