"""Working off the job queue: one step at a time, each noted, so that a killed worker's job goes on where it was."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from handfast.base.clock import Clock
from handfast.base.errors import Conflict
from handfast.storage.store import Store
from handfast.storage.tables.jobs import Job, JobState

LEASE = timedelta(minutes=2)  # a step must be shorter
MOST_TRIES = 8
FIRST_PAUSE = timedelta(seconds=10)
log = logging.getLogger("handfast.jobs")


@dataclass(frozen=True, slots=True)
class Step:
    """How far a job has come; `reached` is what its work is given when it goes on from here."""

    reached: Mapping[str, object]
    done: int
    total: int


Work = Callable[[Job], Iterator[Step]]
"""Does one kind of job from job.reached on; what a step did must be safe to do twice."""


class Worker:
    """Takes jobs of the kinds it knows, one after another.

    name       of this worker, never used twice
    watch      is told of each step
    stopping   whether to leave a job where it is, for whoever comes next
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        works: Mapping[str, Work],
        name: str,
        watch: Callable[[Job, Step], None] = lambda _job, _step: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._works = works
        self._name = name
        self._watch = watch
        self._stopping = stopping

    def work_one(self) -> bool:
        """Take a job and do it to its end; whether there was one."""
        for kind, work in self._works.items():
            job = self._take(kind)
            if job is not None:
                self._do(job, work)
                return True
        return False

    def _take(self, kind: str) -> Job | None:
        now = self._clock.now()
        with self._store.queue() as queue:
            return queue.take(kind, self._name, now, now + LEASE)

    def _do(self, job: Job, work: Work) -> None:
        try:
            for step in work(job):
                with self._store.queue() as queue:
                    queue.go_on(job, step.reached, step.done, step.total, self._clock.now() + LEASE)
                self._watch(job, step)
                if self._stopping():
                    self._leave(job)
                    return
        except Conflict:
            log.warning("job %s was taken by another worker", job.id)
        except Exception:
            log.exception("job %s failed at its try %d", job.id, job.tries)
            self._again(job)
        else:
            with self._store.queue() as queue:
                queue.end(job, JobState.DONE)

    def _leave(self, job: Job) -> None:
        with self._store.queue() as queue:
            queue.put_back(job, self._clock.now())

    def _again(self, job: Job) -> None:
        with self._store.queue() as queue:
            if job.tries >= MOST_TRIES:
                queue.end(job, JobState.FAILED)
            else:
                queue.put_back(job, self._clock.now() + FIRST_PAUSE * (1 << job.tries - 1))
