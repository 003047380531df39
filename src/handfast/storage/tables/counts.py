"""Daily counts by programme and desk: how many were served, and why not. Never by person."""

from dataclasses import dataclass
from datetime import date

from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table


@dataclass(frozen=True, slots=True)
class Count:
    """How often something happened at a desk on a day: kind such as "check" or "decline", cause such as "no-face"."""

    programme_id: str
    day: date
    desk: str
    kind: str
    cause: str
    number: int


DECLINE = "decline"
_TABLE = Table(Count, "counts")


class CountReads:
    """Reading counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, programme_id: str, since: date) -> tuple[Count, ...]:
        sql = "WHERE programme_id = ? AND day >= ? ORDER BY day, desk, kind, cause"
        return _TABLE.all(self._database, sql, programme_id, since)

    def all_of(self, programme_id: str) -> tuple[Count, ...]:
        return _TABLE.all(self._database, "WHERE programme_id = ?", programme_id)


class CountWrites(CountReads):
    """Counting."""

    def add(self, programme_id: str, day: date, desk: str, kind: str, cause: str = "") -> None:
        sql = (
            "INSERT INTO counts (programme_id, day, desk, kind, cause, number) VALUES (?, ?, ?, ?, ?, 1) "
            "ON CONFLICT (programme_id, day, desk, kind, cause) DO UPDATE SET number = counts.number + 1"
        )
        self._database.execute(sql, (programme_id, day.isoformat(), desk, kind, cause))

    def decline(self, programme_id: str, day: date, desk: str) -> None:
        """Someone said no: an equal outcome, counted by day and desk only."""
        self.add(programme_id, day, desk, DECLINE)
