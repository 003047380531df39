"""The job queue on either store: nothing is done twice at once, nothing is lost, a killed worker's job goes on."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from handfast.base.errors import Conflict
from handfast.jobs.worker import LEASE, MOST_TRIES, Step, Worker
from handfast.storage.tables.jobs import Job, JobState
from support.keeping import Keeping, keeping
from support.postgres import PLACE, TestServer
from support.service import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def installation(tmp_path: Path, clock: FixedClock, each_store: str) -> Iterator[Keeping]:
    del each_store
    with keeping(tmp_path, clock) as opened:
        opened.add_programme()
        yield opened


def ask(installation: Keeping, *names: str) -> None:
    with installation.store.write() as unit:
        for name in names:
            now = installation.clock.now()
            unit.jobs.add(Job(name, "count", "prg_clinic", JobState.WAITING, {"to": 5}, {}, 0, 0, 0, now))


def job(installation: Keeping, name: str) -> Job:
    with installation.store.read() as reader:
        return reader.jobs.get(name)


def counting(did: list[int], stop_at: int | None = None) -> dict[str, object]:
    def work(asked: Job) -> Iterator[Step]:
        total = int(str(asked.asked["to"]))
        for number in range(int(str(asked.reached.get("next", 0))), total):
            if number == stop_at:
                raise ZeroDivisionError
            did.append(number)
            yield Step({"next": number + 1}, number + 1, total)

    return {"count": work}


def worker(installation: Keeping, name: str, works: dict[str, object]) -> Worker:
    return Worker(installation.store, installation.clock, works, name)  # type: ignore[arg-type]  # works of this file


def test_a_job_is_done_once_and_shows_how_far_it_is(installation: Keeping) -> None:
    ask(installation, "job_1")
    did: list[int] = []
    assert worker(installation, "w1", counting(did)).work_one()
    assert not worker(installation, "w2", counting(did)).work_one()
    assert did == [0, 1, 2, 3, 4]
    done = job(installation, "job_1")
    assert (done.state, done.done, done.total, done.worker) == (JobState.DONE, 5, 5, None)


def test_a_job_that_failed_goes_on_where_it_was_after_a_pause(installation: Keeping, clock: FixedClock) -> None:
    ask(installation, "job_1")
    did: list[int] = []
    assert worker(installation, "w1", counting(did, stop_at=3)).work_one()
    assert not worker(installation, "w2", counting(did)).work_one()
    clock.pass_time(60)
    assert worker(installation, "w2", counting(did)).work_one()
    assert did == [0, 1, 2, 3, 4]


def test_a_job_that_always_fails_is_given_up(installation: Keeping, clock: FixedClock) -> None:
    ask(installation, "job_1")
    for _ in range(MOST_TRIES):
        assert worker(installation, "w1", counting([], stop_at=0)).work_one()
        clock.pass_time(24 * 3600)
    assert not worker(installation, "w1", counting([])).work_one()
    assert job(installation, "job_1").state is JobState.FAILED


def test_the_job_of_a_worker_that_died_is_taken_when_its_time_is_over_and_not_before(
    installation: Keeping, clock: FixedClock
) -> None:
    ask(installation, "job_1")
    with installation.store.queue() as queue:
        taken = queue.take("count", "w1", clock.now(), clock.now() + LEASE)
    assert taken is not None
    with installation.store.queue() as queue:
        queue.go_on(taken, {"next": 3}, 3, 5, clock.now() + LEASE)
    did: list[int] = []
    assert not worker(installation, "w2", counting(did)).work_one()
    clock.pass_time((LEASE + timedelta(seconds=1)).total_seconds())
    assert worker(installation, "w2", counting(did)).work_one()
    assert did == [3, 4]


def test_a_worker_that_was_slow_does_not_write_over_its_successor(installation: Keeping, clock: FixedClock) -> None:
    ask(installation, "job_1")
    with installation.store.queue() as queue:
        slow = queue.take("count", "w1", clock.now(), clock.now() + LEASE)
    clock.pass_time((LEASE + timedelta(seconds=1)).total_seconds())
    assert slow is not None
    with installation.store.queue() as queue:
        assert queue.take("count", "w2", clock.now(), clock.now() + LEASE) is not None
    with pytest.raises(Conflict), installation.store.queue() as queue:
        queue.go_on(slow, {"next": 1}, 1, 5, clock.now() + LEASE)
    with pytest.raises(Conflict), installation.store.queue() as queue:
        queue.end(slow, JobState.DONE)


def test_workers_in_many_threads_share_the_queue_without_doing_anything_twice(installation: Keeping) -> None:
    names = [f"job_{number}" for number in range(12)]
    ask(installation, *names)
    did: list[str] = []

    def work(asked: Job) -> Iterator[Step]:
        did.append(asked.id)
        yield Step({}, 1, 1)

    def until_empty(name: str) -> None:
        while worker(installation, name, {"count": work}).work_one():
            pass

    threads = [threading.Thread(target=until_empty, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(did) == sorted(names)
    assert {job(installation, name).state for name in names} == {JobState.DONE}


def test_on_postgres_a_worker_does_not_wait_for_a_job_that_another_is_taking(
    tmp_path: Path, postgres: TestServer, clock: FixedClock
) -> None:
    (tmp_path / PLACE).write_text(postgres.database(), "utf-8")
    with keeping(tmp_path, clock) as installation:
        installation.add_programme()
        ask(installation, "job_1", "job_2")
        with installation.store.queue() as one:
            first = one.take("count", "w1", clock.now(), clock.now() + LEASE)
            with installation.store.queue() as other:
                second = other.take("count", "w2", clock.now(), clock.now() + LEASE)
    assert first is not None
    assert second is not None
    assert first.id != second.id
