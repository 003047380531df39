"""SQLite as it must be opened here: WAL, every commit synced, deleted bytes overwritten, foreign keys on."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from handfast.base.errors import Conflict, HandfastError, NoConsent, RecordError
from handfast.storage.database import Record, Value

BUSY_MS = 5_000
TRUNCATE_BUSY_MS = 1_000

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
)


class SqliteDatabase:
    """One SQLite connection; errors of the schema's rules become errors of ours."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: tuple[Value, ...] = ()) -> int:
        try:
            return self._connection.execute(sql, values).rowcount
        except sqlite3.IntegrityError as error:
            raise _refusal(error) from error

    def query(self, sql: str, values: tuple[Value, ...] = ()) -> list[Record]:
        return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator["Scope"]:
        """One transaction: committed at the end of the block, rolled back if it raises."""
        self.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        scope = Scope(self)
        try:
            yield scope
            self.execute("COMMIT" if write else "ROLLBACK")
        except BaseException:
            if self._connection.in_transaction:
                self.execute("ROLLBACK")
            raise
        finally:
            scope.end()

    def truncate(self) -> bool:
        """Move the write-ahead log into the database and empty it; False while a reader still needs it."""
        self.execute(f"PRAGMA busy_timeout = {TRUNCATE_BUSY_MS}")
        try:
            return not self.query("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]
        except sqlite3.OperationalError:
            return False
        finally:
            self.execute(f"PRAGMA busy_timeout = {BUSY_MS}")

    def script(self, sql: str) -> None:
        """Run many statements as one transaction."""
        try:
            self._connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nCOMMIT;")
        except BaseException:
            if self._connection.in_transaction:
                self.execute("ROLLBACK")
            raise

    def close(self) -> None:
        self._connection.close()


class Scope:
    """A connection lent for one transaction; using it after its end is an error, not a write outside of one."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database: SqliteDatabase | None = database

    def execute(self, sql: str, values: tuple[Value, ...] = ()) -> int:
        return self._open().execute(sql, values)

    def query(self, sql: str, values: tuple[Value, ...] = ()) -> list[Record]:
        return self._open().query(sql, values)

    def end(self) -> None:
        self._database = None

    def _open(self) -> SqliteDatabase:
        if self._database is None:
            raise RuntimeError("this unit of work is over")
        return self._database


def connect(path: Path) -> SqliteDatabase:
    """Open a database for writing, readable by its owner only; it is made if it is not there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    database = SqliteDatabase(connection)
    for pragma in (*_PRAGMAS, "PRAGMA journal_mode = WAL", "PRAGMA secure_delete = ON"):
        database.execute(pragma)
    return database


def connect_reader(path: Path) -> SqliteDatabase:
    """Open an existing database for reading only."""
    if not path.exists():
        raise RecordError(f"there is no database at {path}")
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    database = SqliteDatabase(connection)
    for pragma in (*_PRAGMAS, "PRAGMA query_only = ON"):
        database.execute(pragma)
    return database


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


def _refusal(error: sqlite3.IntegrityError) -> HandfastError:
    message = str(error)
    return NoConsent(message) if message.startswith(NoConsent.code) else Conflict(message)


def library_version() -> tuple[int, int, int]:
    """The version of the SQLite that Python was built with."""
    return sqlite3.sqlite_version_info
