"""Withdrawals that can still be taken back; use of the person has stopped already."""

from dataclasses import dataclass

from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table


@dataclass(frozen=True, slots=True)
class Leaving:
    """Someone who asked to end it; final_at_sealed is when that becomes final, sealed under their log key."""

    subject_id: str
    programme_id: str
    final_at_sealed: bytes


_TABLE = Table(Leaving, "leavings")


class LeavingReads:
    """Reading who is leaving."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Leaving, ...]:
        return _TABLE.all(self._database, "ORDER BY subject_id")

    def of(self, subject_id: str) -> Leaving | None:
        return _TABLE.find(self._database, "WHERE subject_id = ?", subject_id)


class LeavingWrites(LeavingReads):
    """Beginning to leave, and staying after all."""

    def add(self, leaving: Leaving) -> None:
        """Conflict if this person is leaving already."""
        _TABLE.insert(self._database, leaving)

    def end(self, subject_id: str) -> bool:
        """Whether there was one to end."""
        return self._database.execute("DELETE FROM leavings WHERE subject_id = ?", (subject_id,)) == 1
