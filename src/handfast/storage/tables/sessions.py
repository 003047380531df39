"""Capture sessions: good for one answer. The claim is a committed row, so a crash leaves it to be seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handfast.base.errors import SessionExpired, SessionSpent, SessionUnknown
from handfast.storage.engines.database import Database, Record, Value
from handfast.storage.tables.mapping import Sealed, Table, encode


class SessionKind(StrEnum):
    """What a session is for."""

    ENROL = "enrol"
    CHECK = "check"
    FIND = "find"


class SessionMode(StrEnum):
    """Whether an operator is there."""

    ATTENDED = "attended"
    SELF = "self"


class SessionState(StrEnum):
    """Where a session stands; it only moves down this list."""

    OPEN = "open"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session.

    actor              key id of who started it
    link_hash          SHA-256 of the secret in its link
    idempotency_hash   SHA-256 of the caller's Idempotency-Key; request_hash of what was asked under it
    subject_id         who is checked; gone once it is over, so that rows do not list a person's uses
    sealed             what must survive until the answer (reference, given consent), sealed; gone once it is over
    answer_sealed      the answer for the caller, sealed
    """

    id: str
    programme_id: str
    kind: SessionKind
    mode: SessionMode
    state: SessionState
    actor: str
    desk: str
    link_hash: bytes
    idempotency_hash: bytes | None
    request_hash: bytes | None
    subject_id: str | None
    sealed: Sealed | None
    answer_sealed: Sealed | None
    created_at: datetime
    expires_at: datetime
    claimed_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a session stands: all that a picture of it is asked for."""

    id: str
    state: SessionState
    expires_at: datetime


_TABLE = Table(SessionRow, "sessions")
_STANDING = "SELECT id, state, expires_at FROM sessions WHERE link_hash = ?"


def standing(query: Callable[[str, tuple[Value, ...]], Sequence[Record]], link_hash: bytes) -> Standing:
    """Where the session with this link stands, by one query. SessionUnknown if there is none."""
    for session_id, state, expires_at in query(_STANDING, (link_hash,)):
        return Standing(str(session_id), SessionState(str(state)), datetime.fromisoformat(str(expires_at)))
    raise SessionUnknown("no such session")


class SessionReads:
    """Reading sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, session_id: str) -> SessionRow:
        """SessionUnknown if there is none."""
        return self._known(_TABLE.find(self._database, "WHERE id = ?", session_id))

    def find(self, session_id: str) -> SessionRow | None:
        return _TABLE.find(self._database, "WHERE id = ?", session_id)

    def by_link(self, link_hash: bytes) -> SessionRow:
        return self._known(_TABLE.find(self._database, "WHERE link_hash = ?", link_hash))

    def by_idempotency(self, programme_id: str, idempotency_hash: bytes) -> SessionRow | None:
        sql = "WHERE programme_id = ? AND idempotency_hash = ?"
        return _TABLE.find(self._database, sql, programme_id, idempotency_hash)

    def unfinished(self, now: datetime) -> tuple[SessionRow, ...]:
        """Claimed or open sessions past their time: abandoned attempts, such as a crash leaves."""
        sql = "WHERE state IN ('open', 'claimed') AND expires_at <= ? ORDER BY expires_at"
        return _TABLE.all(self._database, sql, now)

    def claimed(self) -> tuple[SessionRow, ...]:
        """Every claim without an answer; at start-up these are what a crash left."""
        return _TABLE.all(self._database, "WHERE state = 'claimed' ORDER BY claimed_at")

    @staticmethod
    def _known(row: SessionRow | None) -> SessionRow:
        if row is None:
            raise SessionUnknown("no such session")
        return row


class SessionWrites(SessionReads):
    """Moving a session on."""

    def __init__(self, database: Database, act: Callable[[str], None]) -> None:
        super().__init__(database)
        self._act = act

    def add(self, session: SessionRow) -> None:
        """Conflict if the idempotency key was used in this programme."""
        _TABLE.insert(self._database, session)

    def claim(self, session_id: str, now: datetime) -> SessionRow:
        """Use the session up. SessionSpent the second time, SessionExpired when too late."""
        changes = {"state": SessionState.CLAIMED, "claimed_at": now}
        where = "WHERE id = ? AND state = 'open' AND expires_at > ?"
        taken = _TABLE.update(self._database, changes, where, session_id, now)
        session = self.get(session_id)
        if not taken and session.state is SessionState.OPEN:
            raise SessionExpired("this session is over")
        if not taken:
            raise SessionSpent("this session was used already")
        return session

    def answer(self, session_id: str, answer_sealed: bytes, now: datetime, *, compared: bool) -> None:
        """Record the answer of a claimed session. After a comparison it is an act, which needs a leaf in the unit."""
        if compared:
            self._act("answer")
        changes = {
            "state": SessionState.ANSWERED,
            "answer_sealed": answer_sealed,
            "answered_at": now,
            "subject_id": None,
            "sealed": None,
        }
        if not _TABLE.update(self._database, changes, "WHERE id = ? AND state = 'claimed'", session_id):
            raise SessionSpent("this session has its answer, or was never claimed")

    def abandon(self, session_id: str) -> None:
        """Close an attempt that never came to an answer."""
        changes = {"state": SessionState.ABANDONED, "subject_id": None, "sealed": None}
        _TABLE.update(self._database, changes, "WHERE id = ? AND state IN ('open', 'claimed')", session_id)

    def end_all(self, programme_id: str) -> None:
        """Close every session of a programme that ends, with the answers that were not read."""
        changes = {"state": SessionState.ABANDONED, "subject_id": None, "sealed": None, "answer_sealed": None}
        _TABLE.update(self._database, changes, "WHERE programme_id = ?", programme_id)

    def purge(self, before: datetime) -> int:
        """Delete finished sessions that expired before a time."""
        sql = "DELETE FROM sessions WHERE state IN ('answered', 'abandoned') AND expires_at < ?"
        return self._database.execute(sql, (encode(before),))
