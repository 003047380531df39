"""One SQLite file as a store's engine: one process has it, one connection writes, as many read as are needed."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from threading import Condition, Lock

from handfast.base.errors import Conflict
from handfast.storage.engines.database import Database, Record, Scope, Shape, Value
from handfast.storage.engines.sqlite import SqliteDatabase, connect, connect_reader

LOOK_EVERY = 0.25  # seconds: another process may have written (`handfast admin link`)


class SqliteEngine:
    """The engine of a database file. Conflict if another process has it."""

    dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._claim = Claim(path.with_suffix(".lock"))
        try:
            self.writer = connect(path)
        except BaseException:
            self._claim.release()
            raise
        self._turn = Lock()
        self._idle: LifoQueue[SqliteDatabase] = LifoQueue()
        self._news = Condition()

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Scope]:
        if write:
            with self._turn, self.writer.transaction(write=True) as scope:
                yield scope
            return
        database = self._borrow()
        try:
            with database.transaction(write=False) as scope:
                yield scope
        finally:
            self._idle.put(database)

    def query(self, sql: str, values: tuple[Value, ...]) -> list[Record]:
        database = self._borrow()
        try:
            return database.query(sql, values)
        finally:
            self._idle.put(database)

    @contextmanager
    def beside(self) -> Iterator[Scope]:
        """SQLite has one writer: it takes its turn like any other."""
        with self.transaction(write=True) as scope:
            yield scope

    def listen(self, seconds: float, ready: Callable[[], bool]) -> bool:
        until = time.monotonic() + seconds
        while not ready():
            left = until - time.monotonic()
            if left <= 0:
                return False
            with self._news:
                self._news.wait(min(left, LOOK_EVERY))
        return True

    def told(self) -> None:
        with self._news:
            self._news.notify_all()

    def truncate(self) -> bool:
        with self._turn:
            return self.writer.truncate()

    def shape(self, table: str) -> Shape:
        return shape_of(self.writer, table)

    def filled(self, scope: Scope) -> None:
        """SQLite numbers on from the highest by itself."""

    def close(self) -> None:
        with self._turn:
            while not self._idle.empty():
                self._idle.get_nowait().close()
            self.writer.close()
            self._claim.release()

    def _borrow(self) -> SqliteDatabase:
        try:
            return self._idle.get_nowait()
        except Empty:
            return connect_reader(self._path)


class Claim:
    """Holds a folder of data for one process; the operating system lets go when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = path.open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise Conflict(f"another process uses {path.parent}; stop it first") from error

    def release(self) -> None:
        self._file.close()


def shape_of(database: Database, table: str) -> Shape:
    """How a table stands in a database file."""
    rows = database.query("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (table,))
    key = sorted((int(place or 0), str(name)) for name, place in rows if place)
    return Shape(table, tuple(str(name) for name, _ in rows), tuple(name for _, name in key))
