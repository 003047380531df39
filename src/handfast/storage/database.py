"""What a table needs of a database; SQL is portable and uses ? for values."""

from typing import Protocol

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
