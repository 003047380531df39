"""One small bounded pool for work that keeps a core busy: full means 503, never a growing queue."""

import asyncio
import contextvars
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from handfast.base.errors import Overloaded

P = ParamSpec("P")
T = TypeVar("T")


class WorkPool:
    """Runs functions on `workers` threads with at most `waiting` more in line.

    The numeric libraries release the interpreter's lock, so threads share the cores.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self._executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="work")
        self._free = workers + waiting

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result; raises Overloaded at once when the line is full."""
        if self._free <= 0:
            raise Overloaded("All workers are busy. Try again in a moment.")
        self._free -= 1
        context = contextvars.copy_context()
        call = functools.partial(context.run, functools.partial(function, *args, **kwargs))
        future = self._executor.submit(call)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _done: loop.call_soon_threadsafe(self._release))
        return await asyncio.wrap_future(future)

    def _release(self) -> None:
        self._free += 1

    def close(self) -> None:
        """Let running work end; refuse more."""
        self._executor.shutdown(wait=True, cancel_futures=True)
