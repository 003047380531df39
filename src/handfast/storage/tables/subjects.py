"""Subjects: a random id in one programme, and the caller's own reference, sealed. No name, no attributes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from handfast.base.errors import Conflict, Ineligible
from handfast.base.modality import FingerPosition, Hand
from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Sealed, Table


class SubjectState(StrEnum):
    """Where a person stands in a programme; only ACTIVE and PENDING may be compared."""

    PENDING = "pending"
    ACTIVE = "active"
    FROZEN = "frozen"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Subject:
    """One person in one programme.

    before_freeze      the state to go back to, None unless frozen
    reference_lookup   keyed hash of the caller's reference, None once withdrawn
    reference_sealed   the reference, sealed under the person's log key, None once withdrawn
    hands, missing     hands that were enrolled; fingers that are not there
    """

    id: str
    programme_id: str
    state: SubjectState
    before_freeze: SubjectState | None
    reference_lookup: bytes | None
    reference_sealed: Sealed | None
    hands: tuple[Hand, ...]
    missing: tuple[FingerPosition, ...]
    enrolled_on: date
    last_used_on: date


@dataclass(frozen=True, slots=True)
class Living:
    """Somebody who has not withdrawn, by id and programme alone."""

    id: str
    programme_id: str


_TABLE = Table(Subject, "subjects")
_LIVING = Table(Living, "subjects")
_GONE = {
    "state": SubjectState.WITHDRAWN,
    "before_freeze": None,
    "reference_lookup": None,
    "reference_sealed": None,
    "hands": (),
    "missing": (),
}


class SubjectReads:
    """Finding a person by id or by the caller's reference."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, subject_id: str) -> Subject:
        return _TABLE.get(self._database, "WHERE id = ?", subject_id)

    def find(self, subject_id: str) -> Subject | None:
        return _TABLE.find(self._database, "WHERE id = ?", subject_id)

    def eligible(self, programme_id: str, subject_id: str) -> Subject:
        """A person who may be used now; Ineligible for unknown, frozen and withdrawn alike."""
        sql = "WHERE id = ? AND programme_id = ? AND state IN ('pending', 'active')"
        subject = _TABLE.find(self._database, sql, subject_id, programme_id)
        if subject is None:
            raise Ineligible("this reference cannot be used")
        return subject

    def by_reference(self, programme_id: str, lookup: bytes) -> Subject | None:
        return _TABLE.find(self._database, "WHERE programme_id = ? AND reference_lookup = ?", programme_id, lookup)

    def living(self) -> tuple[Living, ...]:
        """Everyone who has not withdrawn, in no order; for start-up and restore."""
        return _LIVING.all(self._database, "WHERE state <> 'withdrawn'")

    def withdrawn(self) -> frozenset[str]:
        """The ids of everyone who has."""
        return frozenset(person.id for person in _LIVING.all(self._database, "WHERE state = 'withdrawn'"))

    def idle(self, programme_id: str, before: date) -> tuple[str, ...]:
        """Who was last used before a day."""
        sql = "SELECT id FROM subjects WHERE programme_id = ? AND state <> 'withdrawn' AND last_used_on < ? ORDER BY id"
        return tuple(str(row[0]) for row in self._database.query(sql, (programme_id, before.isoformat())))

    def standing(self, programme_id: str) -> tuple[str, ...]:
        """Everyone who has not withdrawn."""
        sql = "SELECT id FROM subjects WHERE programme_id = ? AND state <> 'withdrawn' ORDER BY id"
        return tuple(str(row[0]) for row in self._database.query(sql, (programme_id,)))

    def count(self, programme_id: str) -> dict[SubjectState, int]:
        sql = "SELECT state, COUNT(*) FROM subjects WHERE programme_id = ? GROUP BY state"
        rows = self._database.query(sql, (programme_id,))
        return {SubjectState(str(state)): int(number or 0) for state, number in rows}


class SubjectWrites(SubjectReads):
    """Changing where a person stands. Each change is an act, which needs its leaf in the same unit of work."""

    def __init__(self, database: Database, act: Callable[[str], None]) -> None:
        super().__init__(database)
        self._act = act

    def add(self, subject: Subject) -> None:
        self._act("enrol")
        _TABLE.insert(self._database, subject)

    def activate(self, subject_id: str) -> None:
        """From pending to active; nothing else moves."""
        self._act("activate")
        changes = {"state": SubjectState.ACTIVE}
        _TABLE.update(self._database, changes, "WHERE id = ? AND state = 'pending'", subject_id)

    def freeze(self, subject_id: str) -> None:
        subject = self._standing(subject_id)
        self._act("freeze")
        if subject.state is not SubjectState.FROZEN:
            self._set(subject_id, state=SubjectState.FROZEN, before_freeze=subject.state)

    def unfreeze(self, subject_id: str) -> None:
        subject = self._standing(subject_id)
        self._act("unfreeze")
        if subject.state is SubjectState.FROZEN:
            self._set(subject_id, state=subject.before_freeze, before_freeze=None)

    def retake(self, subject_id: str, hands: tuple[Hand, ...], missing: tuple[FingerPosition, ...]) -> None:
        """Other hands and fingers are held from now on."""
        self._standing(subject_id)
        self._act("retake")
        self._set(subject_id, hands=hands, missing=missing)

    def correct(self, subject_id: str, lookup: bytes, sealed: bytes) -> None:
        """Another reference of the caller's for the same person; Conflict if somebody else has it."""
        self._standing(subject_id)
        self._act("correct")
        self._set(subject_id, reference_lookup=lookup, reference_sealed=sealed)

    def withdraw(self, subject_id: str) -> None:
        """Final: consents end and templates go by trigger; reference, cards, code and place in sessions go here."""
        subject = self._standing(subject_id)
        self._act("withdraw")
        for table in ("cards", "private_codes", "ratchets", "duress", "leavings"):
            self._database.execute(f"DELETE FROM {table} WHERE subject_id = ?", (subject.id,))  # noqa: S608  table comes from code
        # An open session lives on without the person and ends like one for an unknown reference: nobody learns which.
        self._database.execute("UPDATE sessions SET subject_id = NULL WHERE subject_id = ?", (subject.id,))
        _TABLE.update(self._database, _GONE, "WHERE id = ?", subject.id)

    def used(self, subject_id: str, day: date) -> None:
        self._set(subject_id, last_used_on=day)

    def _standing(self, subject_id: str) -> Subject:
        subject = self.get(subject_id)
        if subject.state is SubjectState.WITHDRAWN:
            raise Conflict("this person has withdrawn")
        return subject

    def _set(self, subject_id: str, **changes: object) -> None:
        _TABLE.update(self._database, changes, "WHERE id = ?", subject_id)
