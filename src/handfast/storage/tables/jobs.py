"""Rows of the job queue: who takes a job has it for a while, and shows by going on that they live."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handfast.base.errors import Conflict
from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table, encode


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work.

    asked         JSON: what it is to do
    reached       JSON: from where whoever takes it next goes on; empty at the beginning
    done, total   steps, for a progress bar; total 0 while it is not known
    tries         how often it was taken
    due_at        when it may be taken: waiting, not before; running, when its worker counts as dead
    """

    id: str
    kind: str
    programme_id: str
    state: JobState
    asked: Mapping[str, object]
    reached: Mapping[str, object]
    done: int
    total: int
    tries: int
    due_at: datetime
    worker: str | None = None


_TABLE = Table(Job, "jobs")
_DUE = "WHERE kind = ? AND state IN ('waiting', 'running') AND due_at <= ? ORDER BY due_at, id LIMIT 1"
_MINE = "WHERE id = ? AND worker = ? AND state = 'running'"


class JobReads:
    """Reading the queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, job_id: str) -> Job:
        return _TABLE.get(self._database, "WHERE id = ?", job_id)

    def of(self, programme_id: str) -> tuple[Job, ...]:
        return _TABLE.all(self._database, "WHERE programme_id = ? ORDER BY due_at, id", programme_id)


class JobWrites(JobReads):
    """Filling and working off the queue; `passing_over` is how the dialect steps over rows that others hold."""

    def __init__(self, database: Database, passing_over: str = "") -> None:
        super().__init__(database)
        self._passing_over = passing_over

    def add(self, job: Job) -> None:
        _TABLE.insert(self._database, job)

    def take(self, kind: str, worker: str, now: datetime, until: datetime) -> Job | None:
        """The next job that waits, or whose worker has not been heard of in time; None if there is none."""
        found = _TABLE.find(self._database, f"{_DUE} {self._passing_over}", kind, now)
        if found is None:
            return None
        sql = "UPDATE jobs SET state = 'running', worker = ?, tries = tries + 1, due_at = ? WHERE id = ?"
        self._database.execute(sql, (worker, encode(until), found.id))
        return self.get(found.id)

    def go_on(self, job: Job, reached: Mapping[str, object], done: int, total: int, until: datetime) -> None:
        """Note how far it is, and keep it. Conflict if somebody else has taken it meanwhile."""
        self._change(job, reached=reached, done=done, total=total, due_at=until)

    def end(self, job: Job, state: JobState) -> None:
        """It is done, or has failed for good. Conflict if somebody else has taken it meanwhile."""
        self._change(job, state=state, worker=None)

    def put_back(self, job: Job, due_at: datetime) -> None:
        """Let it be tried again from where it is. Conflict if somebody else has taken it meanwhile."""
        self._change(job, state=JobState.WAITING, worker=None, due_at=due_at)

    def purge(self, before: datetime) -> int:
        """Delete what ended and was last due before a time."""
        sql = "DELETE FROM jobs WHERE state IN ('done', 'failed') AND due_at < ?"
        return self._database.execute(sql, (encode(before),))

    def _change(self, job: Job, **changes: object) -> None:
        if not _TABLE.update(self._database, changes, _MINE, job.id, job.worker):
            raise Conflict("another worker has this job")
