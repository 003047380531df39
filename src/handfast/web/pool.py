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
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from handfast.base.errors import Overloaded

P = ParamSpec("P")
T = TypeVar("T")
GIVES_WAY = 5  # of niceness: a third of the share of a thread that does not
Work = tuple[Future[Any], Callable[[], Any], float]  # since when it waits


class WorkPool:
    """Runs functions on `workers` threads with at most `waiting` more in line.

    What somebody waits for (a photo, an answer) goes before what only guides (small frames), which in turn is refused
    from half the line on: too much work is shed first where it matters least. One thread more does nothing but guide,
    and the cores serve it first: nobody can follow a dot who is answered only once two photos of others are through.
    The numeric libraries release the interpreter's lock, so threads share the cores.

    guided   is told the seconds from the coming to the end of each piece that guides, where somebody wants to know
    """

    def __init__(self, workers: int, waiting: int, guided: Callable[[float], None] | None = None) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="work", initializer=_give_way)
        self._guide = ThreadPoolExecutor(1, thread_name_prefix="guide")
        self._free = workers + waiting
        self._kept = waiting // 2  # places that small frames leave to the rest
        self._lines: tuple[deque[Work], deque[Work]] = deque(), deque()
        self._guided = guided
        self._lock = threading.Lock()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result; raises Overloaded at once when the line is full."""
        return await self._run(functools.partial(function, *args, **kwargs), guiding=False)

    async def run_guiding(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for what can be done without: it waits behind the rest, and is refused earlier."""
        return await self._run(functools.partial(function, *args, **kwargs), guiding=True)

    async def _run(self, function: Callable[[], T], *, guiding: bool) -> T:
        if self._free <= (self._kept if guiding else 0):
            raise Overloaded("All workers are busy. Try again in a moment.")
        self._free -= 1
        loop, done = asyncio.get_running_loop(), Future[T]()
        done.add_done_callback(lambda _done: loop.call_soon_threadsafe(self._release))
        call = functools.partial(contextvars.copy_context().run, function)
        with self._lock:
            self._lines[guiding].append((done, call, time.perf_counter()))
        self._executor.submit(self._next, guides=False)
        if guiding:
            self._guide.submit(self._next, guides=True)
        return await asyncio.wrap_future(done)

    def _next(self, *, guides: bool) -> None:
        """What may be done now, one after the other; there is one such call or two for every piece of work."""
        while (taken := self._taken(guides=guides)) is not None:
            (done, call, since), guided = taken
            _settle(done, call)
            if self._guided and guided:
                self._guided(time.perf_counter() - since)

    def _taken(self, *, guides: bool) -> tuple[Work, bool] | None:
        """The first of what waits, and whether it guides; None where nothing may be begun."""
        with self._lock:
            first, last = self._lines
            if first and not guides:
                return first.popleft(), False
            return (last.popleft(), True) if last else None

    def _release(self) -> None:
        self._free += 1

    def close(self) -> None:
        """Let running work end; drop what waits, refuse more."""
        with self._lock:
            waiting = [done for line in self._lines for done, _call, _since in line]
        for done in waiting:
            done.cancel()
        for executor in (self._executor, self._guide):
            executor.shutdown(wait=True, cancel_futures=True)


def _give_way() -> None:
    """This thread, and those that it starts, get a core after the others; Linux alone tells threads apart in this."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + GIVES_WAY)


def _settle(done: Future[T], function: Callable[[], T]) -> None:
    """Give the future what the function gives, unless nobody waits for it any more."""
    if not done.set_running_or_notify_cancel():
        return
    try:
        done.set_result(function())
    except BaseException as error:  # whoever waits raises it
        done.set_exception(error)
