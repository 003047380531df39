"""Work in the background of a running server: expiry, webhooks, following who may be searched, and queued jobs."""

import asyncio
import contextlib
import http.client
import logging
import secrets
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from urllib.parse import SplitResult, urlsplit

from handfast.jobs import duplicates, recoding
from handfast.jobs.worker import Worker
from handfast.service import purge
from handfast.service.context import Context
from handfast.service.owner import webhooks
from handfast.service.owner.webhooks import Delivery

SWEEP_EVERY = 60.0  # seconds
DELIVER_EVERY = 1.0  # seconds
FOLLOW_EVERY = 0.5  # seconds; a search catches up by itself, this keeps it from having much to do
TIMEOUT = 10.0  # seconds for a receiver to answer
WORK_EVERY = 2.0  # seconds
SENDERS = 4  # receivers told at once, so that a slow one does not hold up the others

log = logging.getLogger("handfast.chores")


class Chores(AbstractAsyncContextManager[None]):
    """Runs while the application does: `async with Chores(context)`."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tasks: list[asyncio.Task[None]] = []
        self._over = threading.Event()
        self._worker = Worker(
            context.store,
            context.clock,
            {recoding.KIND: recoding.recode_codes(context), duplicates.KIND: duplicates.bulk_duplicates(context)},
            f"server-{secrets.token_hex(8)}",
            stopping=self._over.is_set,
        )

    async def __aenter__(self) -> None:
        rounds = (self._sweeping(), self._delivering(), self._following(), self._working())
        self._tasks = [asyncio.create_task(each) for each in rounds]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _sweeping(self) -> None:
        while True:
            await self._quietly("sweep", lambda: purge.sweep(self._context))
            await self._quietly("new model", lambda: recoding.ask_where_needed(self._context))
            await asyncio.sleep(SWEEP_EVERY)

    async def _delivering(self) -> None:
        while True:
            await self._quietly("webhooks", self._deliver_due)
            await asyncio.sleep(DELIVER_EVERY)

    async def _following(self) -> None:
        while True:
            await self._quietly("search sets", self._context.searching.follow)
            await asyncio.sleep(FOLLOW_EVERY)

    async def _working(self) -> None:
        """One step of a job is soon over; where the server stops meanwhile, the job goes on at its next start."""
        while True:
            await self._quietly("jobs", self._work)
            await asyncio.sleep(WORK_EVERY)

    def _work(self) -> None:
        while not self._over.is_set() and self._worker.work_one():
            pass

    def _deliver_due(self) -> None:
        waiting = webhooks.due(self._context)
        if waiting:
            with ThreadPoolExecutor(SENDERS) as senders:
                list(senders.map(self._deliver, waiting))

    def _deliver(self, delivery: Delivery) -> None:
        webhooks.mark(self._context, delivery.id, delivered=post(delivery))

    async def _quietly(self, name: str, work: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(work)
        except Exception:
            log.exception("%s failed; tried again later", name)


def post(delivery: Delivery) -> bool:
    """Send one delivery; True when the receiver answered 2xx. Redirects are not followed."""
    headers = {"Content-Type": "application/jose", "Handfast-Signature": delivery.signature}
    try:
        url = urlsplit(delivery.url)
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        with contextlib.closing(_connection(url)) as connection:
            connection.request("POST", target, delivery.body, headers)
            return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException, ValueError):  # ValueError: no address that can be spoken to
        return False


def _connection(url: SplitResult) -> http.client.HTTPConnection:
    """A connection to the receiver, whose certificate must be one that this machine trusts."""
    host, port = url.hostname or "", url.port or 443
    return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
