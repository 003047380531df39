"""Postgres as it must be opened here: every commit synced, a snapshot for readers, our errors for its refusals."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from handfast.base.errors import Conflict, DatabaseAway, HandfastError, NoConsent, RecordError, SetupError
from handfast.storage.engines.database import Record, Scope, Value
from handfast.storage.engines.portable import with_marks

TURN = 0x68616E64  # the advisory lock under which units of work take turns
CHANNEL = "handfast_changes"
_OPTIONS = {
    "application_name": "handfast",
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_SETTINGS = "SET synchronous_commit = on; SET tcp_keepalives_idle = 10; SET idle_in_transaction_session_timeout = 0"
_BEGIN_BESIDE = f"BEGIN ISOLATION LEVEL READ COMMITTED; NOTIFY {CHANNEL}"  # heard when it commits, if it does
_BEGIN_WRITE = f"{_BEGIN_BESIDE}; SELECT pg_advisory_xact_lock({TURN})"
_BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresDatabase:
    """One connection to Postgres; DatabaseAway once it is lost."""

    dialect = "postgres"

    def __init__(self, connection: psycopg.Connection[Record]) -> None:
        self.connection = connection

    def execute(self, sql: str, values: tuple[Value, ...] = ()) -> int:
        return self._run(sql, values).rowcount

    def query(self, sql: str, values: tuple[Value, ...] = ()) -> list[Record]:
        return self._run(sql, values).fetchall()

    def fill(self, sql: str, rows: Sequence[Record]) -> None:
        with self._translated(), self.connection.cursor() as cursor:
            cursor.executemany(with_marks(sql), rows)

    @contextmanager
    def transaction(self, *, write: bool) -> Iterator[Scope]:
        """One transaction, in its turn if it writes: committed at the end of the block, rolled back if it raises."""
        self._run(_BEGIN_WRITE if write else _BEGIN_READ, ())
        with self.begun(write=write) as scope:
            yield scope

    def start(self, *, write: bool) -> None:
        """Begin a transaction that waits for nobody."""
        self._run(_BEGIN_BESIDE if write else _BEGIN_READ, ())

    @contextmanager
    def begun(self, *, write: bool) -> Iterator[Scope]:
        """The rest of a transaction that has begun."""
        scope = Scope(self)
        try:
            yield scope
            scope.check()
            ended = self._run("COMMIT" if write else "ROLLBACK", ()).statusmessage
            if write and ended != "COMMIT":  # so Postgres answers when it undid everything
                raise RecordError("the unit of work was undone")
        except BaseException:
            self._undo()
            raise
        finally:
            scope.end()

    def script(self, sql: str) -> None:
        """Run many statements as one transaction."""
        try:
            self._run(f"BEGIN;\n{sql}\n;COMMIT", ())
        except BaseException:
            self._undo()
            raise

    @property
    def lost(self) -> bool:
        """Whether the connection is gone."""
        return bool(self.connection.closed or self.connection.broken)

    def close(self) -> None:
        self.connection.close()

    def _run(self, sql: str, values: tuple[Value, ...]) -> psycopg.Cursor[Record]:
        with self._translated():
            if not values:
                return self.connection.execute(sql, prepare=False)
            return self.connection.execute(with_marks(sql), values)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of psycopg as ours."""
        try:
            yield
        except psycopg.IntegrityError as error:
            raise _refusal(error) from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.connection.close()
            raise DatabaseAway("the database cannot be reached") from error

    def _undo(self) -> None:
        try:
            if not self.lost:
                self.connection.execute("ROLLBACK")
        except psycopg.Error:
            self.connection.close()


def connect(url: str) -> PostgresDatabase:
    """Connect to a server that keeps what it says it keeps. DatabaseAway, or SetupError if it does not sync."""
    try:
        connection = psycopg.connect(url, autocommit=True, **_OPTIONS)  # type: ignore[arg-type]  # options of libpq
        connection.execute(_SETTINGS)
    except psycopg.OperationalError as error:
        raise DatabaseAway(f"no connection to the database: {str(error).strip()}") from error
    except psycopg.ProgrammingError as error:
        raise SetupError("this is no address of a Postgres database") from error
    database = PostgresDatabase(connection)
    for setting in ("fsync", "full_page_writes"):
        if database.query(f"SHOW {setting}") != [("on",)]:
            database.close()
            raise SetupError(f"this Postgres has {setting} off: a crash could lose what was acknowledged")
    return database


def _refusal(error: psycopg.IntegrityError) -> HandfastError:
    message = error.diag.message_primary or "refused"
    return NoConsent(message) if message.startswith(NoConsent.code) else Conflict(message)
