"""A Postgres database as a store's engine: one process has it, one connection writes, as many read as are needed.

The claim is an advisory lock of the very session that writes, so whoever lost the claim cannot write.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import TypeVar

import psycopg

from handfast.base.errors import Conflict, DatabaseAway
from handfast.storage.engines.database import Database, Record, Scope, Shape, Value
from handfast.storage.engines.postgres import CHANNEL, PostgresDatabase, connect

T = TypeVar("T")
CLAIM = 0x636C61696D  # the advisory lock that one process holds as long as it uses the database
CLAIM_SECONDS = 10.0  # how long a killed predecessor's session may take to end
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position"
)
_KEY = (
    "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) "
    "WHERE i.indrelid = to_regclass(?) AND i.indisprimary ORDER BY array_position(i.indkey::int[], a.attnum::int)"
)


class PostgresEngine:
    """The engine of one database of a Postgres server. Conflict if another process has it."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        self._url = url
        self._turn = threading.Lock()
        self._idle: LifoQueue[PostgresDatabase] = LifoQueue()
        self.writer = _claimed(url)

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Scope]:
        if write:
            with self._turn:
                if self.writer.lost:
                    self.writer = _claimed(self._url)
                with self.writer.transaction(write=True) as scope:
                    yield scope
            return
        with self._lent(write=False) as scope:
            yield scope

    def query(self, sql: str, values: tuple[Value, ...]) -> list[Record]:
        database, rows = self._lent_to(lambda database: database.query(sql, values))
        self._idle.put(database)
        return rows

    @contextmanager
    def beside(self) -> Iterator[Scope]:
        with self._lent(write=True) as scope:
            yield scope

    def listen(self, seconds: float, ready: Callable[[], bool]) -> bool:
        return listen(self._url, seconds, ready)

    def told(self) -> None:
        """The database itself tells whoever listens, in whichever process."""

    def truncate(self) -> bool:
        """Nothing to do: what old pages hold is useless without its key (docs/stores.md)."""
        return True

    def shape(self, table: str) -> Shape:
        with self.transaction(write=False) as scope:
            return shape_of(scope, table)

    def filled(self, scope: Scope) -> None:
        highest = "(SELECT COALESCE(MAX(slot), 1) FROM slots)"
        scope.query(f"SELECT setval(pg_get_serial_sequence('slots', 'slot'), {highest})")

    def close(self) -> None:
        with self._turn:
            while not self._idle.empty():
                self._idle.get_nowait().close()
            self.writer.close()

    @contextmanager
    def _lent(self, *, write: bool) -> Iterator[Scope]:
        database = self._begun(write=write)
        try:
            with database.begun(write=write) as scope:
                yield scope
        finally:
            if not database.lost:
                self._idle.put(database)

    def _begun(self, *, write: bool) -> PostgresDatabase:
        """A connection in a transaction."""
        database, _ = self._lent_to(lambda database: database.start(write=write))
        return database

    def _lent_to(self, first: Callable[[PostgresDatabase], T]) -> tuple[PostgresDatabase, T]:
        """A connection and what its first use gave; idle ones that a restart of the server cut are dropped."""
        while True:
            try:
                database, fresh = self._idle.get_nowait(), False
            except Empty:
                database, fresh = connect(self._url), True
            try:
                return database, first(database)
            except DatabaseAway:
                if fresh:
                    raise


def listen(url: str, seconds: float, ready: Callable[[], bool]) -> bool:
    """Wait on a connection of its own until a notification makes `ready` true, or the time is over."""
    until = time.monotonic() + seconds
    database = connect(url)
    try:
        database.execute(f"LISTEN {CHANNEL}")
        while not ready():
            left = until - time.monotonic()
            if left <= 0:
                return False
            _wait(database, left)
    finally:
        database.close()
    return True


def _wait(database: PostgresDatabase, seconds: float) -> None:
    try:
        for _ in database.connection.notifies(timeout=seconds, stop_after=1):
            pass
    except psycopg.OperationalError as error:
        raise DatabaseAway("the database cannot be reached") from error


def _claimed(url: str) -> PostgresDatabase:
    """A connection that holds the claim; waits for the session of a killed predecessor to end."""
    database = connect(url)
    until = time.monotonic() + CLAIM_SECONDS
    try:
        while database.query("SELECT pg_try_advisory_lock(?)", (CLAIM,)) != [(True,)]:
            if time.monotonic() > until:
                raise Conflict("another process uses this database; stop it first")
            time.sleep(0.05)
    except BaseException:
        database.close()
        raise
    return database


def shape_of(database: Database, table: str) -> Shape:
    """How a table stands in a Postgres database."""
    columns = tuple(str(row[0]) for row in database.query(_COLUMNS, (table,)))
    return Shape(table, columns, tuple(str(row[0]) for row in database.query(_KEY, (table,))))
