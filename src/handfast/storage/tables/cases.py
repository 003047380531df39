"""Cases that a person decides, and sealed alerts."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from handfast.base.errors import NotFound
from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table, encode


class CaseKind(StrEnum):
    """Why a person decides."""

    REFERRED = "referred"
    DUPLICATE = "duplicate"
    OBJECTION = "objection"


class CaseState(StrEnum):
    """Where a case stands; a decision can be reversed, which opens it again."""

    OPEN = "open"
    DECIDED = "decided"


class CaseDecision(StrEnum):
    """Whether it is one and the same person. Of an objection, SAME lets it stand, DIFFERENT upholds it."""

    SAME = "same"
    DIFFERENT = "different"
    CANNOT_TELL = "cannot-tell"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case.

    asked_by     who opened it; a reviewer is never told
    session_id   the capture session that it comes from, None where there was none
    details      who it is about and what was done, sealed under the programme's key
    """

    id: str
    programme_id: str
    kind: CaseKind
    state: CaseState
    site: str
    asked_by: str
    session_id: str | None
    opened_on: date
    deadline_on: date
    details: bytes
    decision: CaseDecision | None = None
    decided_by: str | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A sealed envelope of one size; most say nothing."""

    id: str
    programme_id: str
    day: date
    details: bytes


@dataclass(frozen=True, slots=True)
class DuressRow:
    """What somebody chose to show when they are forced, sealed under their log key; most chose nothing."""

    subject_id: str
    details: bytes


_CASES = Table(CaseRow, "cases")
_ALERTS = Table(Alert, "alerts")
_DURESS = Table(DuressRow, "duress")


class CaseReads:
    """Reading cases and alerts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, case_id: str) -> CaseRow:
        """NotFound if there is none."""
        row = _CASES.find(self._database, "WHERE id = ?", case_id)
        if row is None:
            raise NotFound("no such case")
        return row

    def of(self, programme_id: str) -> tuple[CaseRow, ...]:
        """Open ones first, the nearest deadline at the head."""
        return _CASES.all(
            self._database, "WHERE programme_id = ? ORDER BY state DESC, deadline_on, opened_on, id", programme_id
        )

    def of_session(self, session_id: str) -> CaseRow | None:
        """The case that a capture session led to."""
        return _CASES.find(self._database, "WHERE session_id = ?", session_id)

    def alerts(self, programme_id: str) -> tuple[Alert, ...]:
        return _ALERTS.all(self._database, "WHERE programme_id = ? ORDER BY day DESC, id", programme_id)

    def duress(self, subject_id: str) -> DuressRow | None:
        return _DURESS.find(self._database, "WHERE subject_id = ?", subject_id)


class CaseWrites(CaseReads):
    """Opening, deciding, forgetting."""

    def add(self, case: CaseRow) -> None:
        _CASES.insert(self._database, case)

    def change(self, case_id: str, **changes: object) -> None:
        _CASES.update(self._database, changes, "WHERE id = ?", case_id)

    def add_alert(self, alert: Alert) -> None:
        _ALERTS.insert(self._database, alert)

    def set_duress(self, row: DuressRow) -> None:
        self._database.execute("DELETE FROM duress WHERE subject_id = ?", (row.subject_id,))
        _DURESS.insert(self._database, row)

    def purge(self, before: date) -> None:
        """Forget what was decided, and alerts, before a day."""
        self._database.execute("DELETE FROM cases WHERE state = 'decided' AND decided_on < ?", (encode(before),))
        self._database.execute("DELETE FROM alerts WHERE day < ?", (encode(before),))
