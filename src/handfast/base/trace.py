"""Watching any stage for free: `trace("enhanced", image)` does nothing unless someone watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[str, object], None]
_watcher: ContextVar[Watcher | None] = ContextVar("handfast_trace", default=None)


def trace(stage: str, value: object) -> None:
    """Hand an intermediate result to whoever watches this context."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(stage, value)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Within the block, `watcher(stage, value)` is called for every trace of this context."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)
