"""Rows of search codes: one a person and model, sealed, only under a live consent to being searched for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Sealed, Table, encode


@dataclass(frozen=True, slots=True)
class SearchCodeRow:
    """Everything that one person is searched by, sealed under their own key; model names every searcher in it."""

    subject_id: str
    model: str
    programme_id: str
    consent_id: str
    sealed: Sealed
    made_on: date


@dataclass(frozen=True, slots=True)
class Searchable:
    """Somebody who may be searched, and until when for each purpose: the last day, or None where not at all.

    code   which row of search codes is theirs now; another one after a new capture
    """

    subject_id: str
    code: bytes
    find_until: date | None
    duplicates_until: date | None


_TABLE = Table(SearchCodeRow, "search_codes")
_SEARCHABLE = (  # the state of the person and every consent stand in the query itself
    "SELECT search_codes.subject_id, search_codes.sealed, "
    "MAX(CASE WHEN consents.purpose = 'find' THEN consents.expires_on END), "
    "MAX(CASE WHEN consents.purpose = 'duplicate-check' THEN consents.expires_on END) "
    "FROM search_codes "
    "JOIN subjects ON subjects.id = search_codes.subject_id AND subjects.state IN ('pending', 'active') "
    "JOIN consents ON consents.subject_id = search_codes.subject_id AND consents.state = 'live' "
    "AND consents.programme_id = search_codes.programme_id AND consents.purpose IN ('find', 'duplicate-check') "
    "AND ? BETWEEN consents.given_on AND consents.expires_on "
    "WHERE search_codes.programme_id = ? AND search_codes.model = ? {} "
    "GROUP BY search_codes.subject_id, search_codes.sealed"
)


class SearchReads:
    """Who may be searched, and by what."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def moved(self, programme_id: str) -> tuple[int, int]:
        """How far the searched set has moved on, and from where on its moves are known."""
        rows = self._database.query("SELECT moved, cleared FROM search_states WHERE programme_id = ?", (programme_id,))
        return (int(rows[0][0] or 0), int(rows[0][1] or 0)) if rows else (0, 0)

    def moves(self, programme_id: str, since: int) -> tuple[str, ...]:
        """Whose place in the searched set changed after `since`."""
        sql = "SELECT subject_id FROM search_moves WHERE programme_id = ? AND moved > ?"
        return tuple(str(row[0]) for row in self._database.query(sql, (programme_id, since)))

    def searchable(
        self, programme_id: str, model: str, today: date, only: Sequence[str] | None = None
    ) -> tuple[Searchable, ...]:
        """Everyone who may be searched today with codes of this model, or those of `only` who may."""
        if only is None:
            return self._searchable("", (encode(today), programme_id, model))
        some = [
            self._searchable("AND search_codes.subject_id = ?", (encode(today), programme_id, model, s)) for s in only
        ]
        return tuple(person for people in some for person in people)

    def code(self, subject_id: str, model: str) -> SearchCodeRow | None:
        return _TABLE.find(self._database, "WHERE subject_id = ? AND model = ?", subject_id, model)

    def outdated(self, programme_id: str, model: str, today: date) -> tuple[str, ...]:
        """Who may be searched today and has a code, but none of this model: they are not found until re-coded."""
        sql = (
            "SELECT DISTINCT search_codes.subject_id FROM search_codes "
            "JOIN subjects ON subjects.id = search_codes.subject_id AND subjects.state IN ('pending', 'active') "
            "JOIN consents ON consents.subject_id = search_codes.subject_id AND consents.state = 'live' "
            "AND consents.purpose IN ('find', 'duplicate-check') "
            "AND ? BETWEEN consents.given_on AND consents.expires_on "
            "WHERE search_codes.programme_id = ? AND search_codes.subject_id NOT IN "
            "(SELECT subject_id FROM search_codes WHERE programme_id = ? AND model = ?) "
            "ORDER BY search_codes.subject_id"
        )
        values = (encode(today), programme_id, programme_id, model)
        return tuple(str(row[0]) for row in self._database.query(sql, values))

    def _searchable(self, more: str, values: tuple[str | int | float | bytes | None, ...]) -> tuple[Searchable, ...]:
        rows = self._database.query(_SEARCHABLE.format(more), values)
        return tuple(
            Searchable(str(subject), bytes(code) if isinstance(code, bytes) else b"", _day(find), _day(duplicates))
            for subject, code, find, duplicates in rows
        )


class SearchWrites(SearchReads):
    """Adding and removing codes: acts, which need a leaf."""

    def __init__(self, database: Database, act: Callable[[str], None]) -> None:
        super().__init__(database)
        self._act = act

    def put(self, row: SearchCodeRow) -> None:
        """In place of the person's earlier code of this model. NoConsent without a live consent to a search."""
        self._act("search code")
        self.remove(row.subject_id, row.model)
        _TABLE.insert(self._database, row)

    def remove(self, subject_id: str, model: str) -> None:
        self._act("search code")
        sql = "DELETE FROM search_codes WHERE subject_id = ? AND model = ?"
        self._database.execute(sql, (subject_id, model))

    def remove_others(self, subject_id: str, model: str) -> None:
        """Remove the person's codes of every other model."""
        self._act("search code")
        self._database.execute("DELETE FROM search_codes WHERE subject_id = ? AND model <> ?", (subject_id, model))

    def clear_moves(self, programme_id: str, to: int) -> None:
        """Forget moves that the matcher has made; who is behind reads the whole set again."""
        values = (programme_id, to)
        self._database.execute("DELETE FROM search_moves WHERE programme_id = ? AND moved <= ?", values)
        sql = "UPDATE search_states SET cleared = ? WHERE programme_id = ? AND cleared < ?"
        self._database.execute(sql, (to, programme_id, to))


def _day(value: object) -> date | None:
    return None if value is None else date.fromisoformat(str(value))
