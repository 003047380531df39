"""What a table needs of a database, and what a store needs of an engine; SQL is portable and uses ? for values."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from handfast.base.errors import HandfastError

Value = str | int | float | bytes | None
Record = tuple[Value, ...]


class Database(Protocol):
    """One connection inside one transaction."""

    def execute(self, sql: str, values: tuple[Value, ...] = ()) -> int:
        """Run a statement; the number of rows it changed. Conflict or NoConsent where a rule of the schema refuses."""
        ...

    def query(self, sql: str, values: tuple[Value, ...] = ()) -> list[Record]:
        """All rows of a query."""
        ...

    def fill(self, sql: str, rows: Sequence[Record]) -> None:
        """Run a statement for each of many rows."""
        ...


class Connection(Database, Protocol):
    """One connection, between transactions."""

    dialect: str

    def script(self, sql: str) -> None:
        """Run many statements as one transaction."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as it stands in a database: its columns in order, and those of its primary key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]


class Engine(Protocol):
    """Where records lie: opens transactions, one writing one at a time over all processes."""

    dialect: str

    def transaction(self, *, write: bool) -> AbstractContextManager["Scope"]:
        """One transaction: kept at the end of the block, undone if it raises. DatabaseAway where none can be had."""
        ...

    def query(self, sql: str, values: tuple[Value, ...]) -> list[Record]:
        """All rows of one query by itself, as they stand committed: less work than a transaction. DatabaseAway."""
        ...

    def beside(self) -> AbstractContextManager["Scope"]:
        """A writing transaction that may run beside others, for rows that tell of nobody (jobs)."""
        ...

    def listen(self, seconds: float, ready: Callable[[], bool]) -> bool:
        """Wait until something was committed that makes `ready` true, or the time is over; whether it is."""
        ...

    def told(self) -> None:
        """Something was committed: wake who listens."""
        ...

    def truncate(self) -> bool:
        """Leave no old pages in the log of writes, where the engine can; False if it has to be tried again."""
        ...

    def shape(self, table: str) -> Shape:
        """How a table stands there."""
        ...

    def filled(self, scope: "Scope") -> None:
        """Rows came with their numbers: number on from there."""
        ...

    def close(self) -> None: ...


class Scope:
    """A connection lent for one transaction; using it after its end is an error, not a write outside of one.

    What the schema refused once cannot be glossed over: the transaction is undone, whoever caught the refusal.
    """

    def __init__(self, database: Database) -> None:
        self._database: Database | None = database
        self._refusal: HandfastError | None = None

    def execute(self, sql: str, values: tuple[Value, ...] = ()) -> int:
        try:
            return self._open().execute(sql, values)
        except HandfastError as refusal:
            self._refusal = refusal
            raise

    def query(self, sql: str, values: tuple[Value, ...] = ()) -> list[Record]:
        return self._open().query(sql, values)

    def fill(self, sql: str, rows: Sequence[Record]) -> None:
        try:
            self._open().fill(sql, rows)
        except HandfastError as refusal:
            self._refusal = refusal
            raise

    def check(self) -> None:
        """Raise what was refused, if anything was."""
        if self._refusal is not None:
            raise self._refusal

    def end(self) -> None:
        self._database = None

    def _open(self) -> Database:
        if self._database is None:
            raise RuntimeError("this unit of work is over")
        self.check()
        return self._database
