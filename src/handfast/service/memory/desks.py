"""Open desks: who is signed in where. A desk that nobody touches locks, and a shift ends."""

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handfast.base.clock import Clock
from handfast.base.errors import DeskLocked, NotAuthorised
from handfast.storage.tables.access import hash_secret

LOCKS_AFTER = timedelta(minutes=2)
SHIFT = timedelta(hours=12)
STEP_UP_LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class DeskSession:
    """One operator at one desk.

    csrf            what the page repeats in a header, and another site's page cannot know
    touched_at      when the operator last did something; asking how things stand is not doing something
    stepped_up_at   when they last showed their passkey
    """

    id: str
    operator_id: str
    site: str
    csrf: str
    started_at: datetime
    ends_at: datetime
    touched_at: datetime
    stepped_up_at: datetime


class Desks:
    """Desk sessions by the hash of their cookie, in memory: after a restart everyone signs in again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[bytes, DeskSession] = {}
        self._lock = threading.Lock()

    def add(self, secret: str, session: DeskSession) -> None:
        """Let this cookie open this desk."""
        with self._lock:
            now = self._clock.now()
            self._open = {key: kept for key, kept in self._open.items() if kept.ends_at > now}
            self._open[hash_secret(secret)] = session

    def get(self, secret: str) -> DeskSession:
        """The desk behind a cookie. Raises NotAuthorised for none, DeskLocked where nobody touched it for a while."""
        session = self._open.get(hash_secret(secret))
        now = self._clock.now()
        if session is None or session.ends_at <= now:
            raise NotAuthorised("sign in at this desk")
        if session.touched_at + LOCKS_AFTER <= now:
            raise DeskLocked("this desk is locked; sign in again")
        return session

    def touch(self, secret: str) -> None:
        """Its operator did something."""
        self._change(secret, self._clock.now())

    def lock(self, secret: str) -> None:
        """Lock it now."""
        self._change(secret, self._clock.now() - LOCKS_AFTER)

    def step_up(self, secret: str) -> None:
        """Its operator has just shown their passkey."""
        now = self._clock.now()
        self._change(secret, now, stepped_up_at=now)

    def end(self, secret: str) -> DeskSession | None:
        """Sign out; whose it was."""
        with self._lock:
            return self._open.pop(hash_secret(secret), None)

    def of(self, operator_id: str) -> tuple[DeskSession, ...]:
        """Where an operator is signed in, locked desks too; the first one they opened at the head."""
        now = self._clock.now()
        theirs = (kept for kept in self._open.copy().values() if kept.operator_id == operator_id and kept.ends_at > now)
        return tuple(sorted(theirs, key=lambda kept: kept.started_at))

    def end_some(self, operator_id: str, ids: Collection[str]) -> None:
        """Sign an operator out of these desks."""
        with self._lock:
            self._open = {
                key: kept for key, kept in self._open.items() if kept.operator_id != operator_id or kept.id not in ids
            }

    def end_all(self, operator_id: str) -> None:
        """Sign an operator out everywhere."""
        with self._lock:
            self._open = {key: kept for key, kept in self._open.items() if kept.operator_id != operator_id}

    def _change(self, secret: str, touched_at: datetime, stepped_up_at: datetime | None = None) -> None:
        with self._lock:
            kept = self._open.get(hash_secret(secret))
            if kept is not None:
                shown_at = stepped_up_at or kept.stepped_up_at
                self._open[hash_secret(secret)] = replace(kept, touched_at=touched_at, stepped_up_at=shown_at)
