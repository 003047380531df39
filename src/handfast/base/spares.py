"""Things that only one thread may use at a time: as many of them as were ever needed at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Spares(Generic[T]):
    """Safe to share among threads. `make` makes one more where all are in use."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._free: list[T] = []

    @contextmanager
    def one(self) -> Iterator[T]:
        """One that nobody else has meanwhile."""
        try:
            spare = self._free.pop()
        except IndexError:  # every one is in use
            spare = self._make()
        try:
            yield spare
        finally:
            self._free.append(spare)
