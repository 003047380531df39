"""SQLite as it must be opened here: WAL, every commit synced, deleted bytes overwritten, foreign keys on."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from handfast.base.errors import Conflict, HandfastError, NoConsent, RecordError
from handfast.storage.engines.database import Record, Scope, Value

BUSY_MS = 5_000
TRUNCATE_BUSY_MS = 1_000

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA synchronous = FULL",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",  # KiB: the tags of a long log are looked up at random
)


class SqliteDatabase:
    """One SQLite connection; errors of the schema's rules become errors of ours."""

    dialect = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: tuple[Value, ...] = ()) -> int:
        try:
            return self._connection.execute(sql, values).rowcount
        except sqlite3.IntegrityError as error:
            raise _refusal(error) from error

    def query(self, sql: str, values: tuple[Value, ...] = ()) -> list[Record]:
        return self._connection.execute(sql, values).fetchall()

    def fill(self, sql: str, rows: Sequence[Record]) -> None:
        try:
            self._connection.executemany(sql, rows)
        except sqlite3.IntegrityError as error:
            raise _refusal(error) from error

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Scope]:
        """One transaction: committed at the end of the block, rolled back if it raises."""
        self.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        scope = Scope(self)
        try:
            yield scope
            scope.check()
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


def connect(path: Path) -> SqliteDatabase:
    """Open a database for writing, readable by its owner only; it is made if it is not there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    database = _connect(path)
    for pragma in (*_PRAGMAS, "PRAGMA journal_mode = WAL", "PRAGMA secure_delete = ON"):
        database.execute(pragma)
    return database


def connect_reader(path: Path) -> SqliteDatabase:
    """Open an existing database for reading only."""
    if not path.exists():
        raise RecordError(f"there is no database at {path}")
    database = _connect(path)
    for pragma in (*_PRAGMAS, "PRAGMA query_only = ON"):
        database.execute(pragma)
    return database


def copy_file(path: Path, copy: Path) -> None:
    """Copy a database, as it stands at one moment, to a new file; whoever uses it goes on."""
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _connect(path: Path) -> SqliteDatabase:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    return SqliteDatabase(connection)


def _refusal(error: sqlite3.IntegrityError) -> HandfastError:
    message = str(error)
    return NoConsent(message) if message.startswith(NoConsent.code) else Conflict(message)


def library_version() -> tuple[int, int, int]:
    """The version of the SQLite that Python was built with."""
    return sqlite3.sqlite_version_info
