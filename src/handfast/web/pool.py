"""One small bounded pool for work that keeps a core busy: full means 503, never a growing queue."""

import asyncio
import contextvars
import functools
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar

from handfast.base.errors import Overloaded

P = ParamSpec("P")
T = TypeVar("T")
GIVES_WAY = 5  # of niceness: a third of the share of a thread that does not


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A piece of work, who waits for it in which loop, and since when (seconds)."""

    call: Callable[[], Any]
    done: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    since: float


class Watch(Protocol):
    """Is told how the pool keeps up."""

    def waited_for(self, more: int) -> None:
        """So many more pieces are waited for than before."""

    def answered(self, seconds: float) -> None:
        """A piece that guides was done so long after it had come."""


class WorkPool:
    """Runs functions on `workers` threads with at most `waiting` more in line.

    What somebody waits for (a photo, an answer) goes before what only guides (small frames), which in turn is refused
    from half the line on: too much work is shed first where it matters least. One thread more does nothing but guide,
    and the cores serve it first: nobody can follow a dot who is answered only once two photos of others are through.
    The numeric libraries release the interpreter's lock, so threads share the cores. One thread is woken for each
    piece, and the loop once for its result.
    """

    def __init__(self, workers: int, waiting: int, watch: Watch | None = None) -> None:
        self._free = workers + waiting  # touched by the loop alone
        self._kept = waiting // 2  # places that small frames leave to the rest
        self._watch = watch
        self._lines: tuple[deque[Work], deque[Work]] = deque(), deque()
        self._lock = threading.Lock()
        self._for_workers, self._for_guide = threading.Condition(self._lock), threading.Condition(self._lock)
        self._guide_waits = self._closed = False
        self._threads = [threading.Thread(target=self._guide, name="guide", daemon=True)]
        self._threads += [threading.Thread(target=self._work, name=f"work_{n}", daemon=True) for n in range(workers)]
        self._started = False

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result; raises Overloaded at once when the line is full."""
        return await self._run(functools.partial(function, *args, **kwargs), guiding=False)

    async def run_guiding(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for what can be done without: it waits behind the rest, and is refused earlier."""
        return await self._run(functools.partial(function, *args, **kwargs), guiding=True)

    async def _run(self, function: Callable[[], T], *, guiding: bool) -> T:
        if self._free <= (self._kept if guiding else 0) or self._closed:
            raise Overloaded("All workers are busy. Try again in a moment.")
        self._free -= 1
        if self._watch and not guiding:
            self._watch.waited_for(1)
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        call = functools.partial(contextvars.copy_context().run, function)
        self._put(Work(call, done, loop, time.perf_counter()), guiding=guiding)
        return await done

    def _put(self, work: Work, *, guiding: bool) -> None:
        with self._lock:
            if not self._started:
                self._started = True
                for thread in self._threads:
                    thread.start()
            self._lines[guiding].append(work)
            if guiding and self._guide_waits:
                self._guide_waits = False  # it is on its way: the next piece is for another
                self._for_guide.notify()
            else:
                self._for_workers.notify()

    def _work(self) -> None:
        """What may be done now, one after the other: first what somebody waits for."""
        _give_way()
        first, last = self._lines
        while True:
            with self._lock:
                while not (first or last or self._closed):
                    self._for_workers.wait()
                if self._closed:
                    return
                guides = not first
                work = (first or last).popleft()
            self._do(work, guides=guides)

    def _guide(self) -> None:
        """What guides, one after the other."""
        line = self._lines[True]
        while True:
            with self._lock:
                while not (line or self._closed):
                    self._guide_waits = True
                    self._for_guide.wait()
                self._guide_waits = False
                if self._closed:
                    return
                work = line.popleft()
            self._do(work, guides=True)

    def _do(self, work: Work, *, guides: bool) -> None:
        """Do it, unless nobody waits for it any more, and let the loop know."""
        result, failure = None, None
        if not work.done.cancelled():
            try:
                result = work.call()
            except BaseException as error:  # whoever waits raises it
                failure = error
            if self._watch and guides:
                self._watch.answered(time.perf_counter() - work.since)
        if self._watch and not guides:
            self._watch.waited_for(-1)
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            work.loop.call_soon_threadsafe(self._settle, work.done, result, failure)

    def _settle(self, done: asyncio.Future[Any], result: object, failure: BaseException | None) -> None:
        self._free += 1
        if done.done():
            return
        if failure is None:
            done.set_result(result)
        else:
            done.set_exception(failure)

    def close(self) -> None:
        """Let running work end; drop what waits, refuse more."""
        with self._lock:
            self._closed = True
            waiting = [work for line in self._lines for work in line]
            self._for_workers.notify_all()
            self._for_guide.notify_all()
        for work in waiting:
            work.loop.call_soon_threadsafe(work.done.cancel)
        for thread in self._threads:
            if self._started:
                thread.join()


def _give_way() -> None:
    """This thread, and those that it starts, get a core after the others; Linux alone tells threads apart in this."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + GIVES_WAY)
