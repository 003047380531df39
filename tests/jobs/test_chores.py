"""The work beside the requests goes on, whatever fails."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from handfast.cli.duplicates import job_of
from handfast.jobs import chores
from handfast.jobs.chores import Chores, post
from handfast.service import purge
from handfast.service.owner.webhooks import Delivery
from handfast.service.start import stop
from handfast.storage.tables.jobs import JobState
from support.scripted import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    stop(desk.context)


def run_until(desk: Desk, done: asyncio.Event) -> None:
    async def scenario() -> None:
        async with Chores(desk.context):
            await asyncio.wait_for(done.wait(), 20)

    asyncio.run(scenario())


def test_a_chore_that_fails_is_logged_and_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(chores, "SWEEP_EVERY", 0.01)
    done, tries = asyncio.Event(), []

    def broken(_context: object) -> None:
        tries.append(1)
        if len(tries) == 3:
            done.set()
        raise OSError("the disk is full")

    monkeypatch.setattr(purge, "sweep", broken)
    with caplog.at_level(logging.ERROR):
        run_until(desk, done)
    assert "the disk is full" in caplog.text


def test_a_sweep_runs_as_soon_as_the_application_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    done = asyncio.Event()
    monkeypatch.setattr(purge, "sweep", lambda _context: done.set())
    run_until(desk, done)


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost:1/",  # nobody listens there
        "https://localhost:99999/",
        "https://name:word@localhost:1/",
        "https://[::1/",
        "https:///path",
        "https://" + "a" * 300 + ".example/",
        "https://localhost:1/\r\nHost: elsewhere",
    ],
)
def test_an_address_that_cannot_be_spoken_to_is_a_failed_try_and_no_failure(url: str) -> None:
    assert not post(Delivery("dlv_1", url, b"body", "t=1,v1=00"))


def test_a_job_that_a_command_left_on_the_queue_is_done_by_the_server(desk: Desk) -> None:
    job = job_of(desk.context, desk.programme.id)

    async def scenario() -> None:
        async with Chores(desk.context):
            async with asyncio.timeout(20):
                while state(desk, job.id) is not JobState.DONE:
                    await asyncio.sleep(0.05)

    asyncio.run(scenario())


def state(desk: Desk, job_id: str) -> JobState:
    with desk.context.store.read() as reader:
        return reader.jobs.get(job_id).state
