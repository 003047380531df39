"""Giving access on the server's own machine while the server runs: the one thing that another process may write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handfast.base.errors import SetupError
from handfast.storage.engines import postgres
from handfast.storage.engines.sqlite import connect
from handfast.storage.store import Place
from handfast.storage.tables.access import AccessWrites


@contextmanager
def access_beside(place: Place) -> Iterator[AccessWrites]:
    """Access rows of an existing database, committed at the end of the block. They tell of nobody who is enrolled, so
    no leaf and no key file are needed, and two processes take turns. SetupError without a database.
    """
    if isinstance(place, Path) and not place.exists():
        raise SetupError(f"there is no database at {place}; start `handfast serve` first")
    database = postgres.connect(place) if isinstance(place, str) else connect(place)
    try:
        with database.transaction(write=True) as scope:
            yield AccessWrites(scope)
    finally:
        database.close()
