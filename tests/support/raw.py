"""An installation's records through raw SQL, past all of our code and with foreign keys off."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest

from handfast.storage.engines.portable import with_marks
from support.postgres import place_of

REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)
"""What either database raises where a rule of the schema refuses."""

_PAGES = """
SELECT get_raw_page(c.oid::regclass::text, n::int) FROM pg_class c,
    generate_series(0, pg_relation_size(c.oid) / current_setting('block_size')::int - 1) AS n
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')
"""


class Raw(Protocol):
    """A connection that commits every statement."""

    def execute(self, sql: str, values: tuple[object, ...] = ()) -> Any: ...


class _Postgres:
    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, sql: str, values: tuple[object, ...] = ()) -> Any:
        return self._connection.execute(with_marks(sql) if values else sql, values or None)


@contextmanager
def raw(folder: Path) -> Iterator[Raw]:
    """As a thief or a careless administrator has it."""
    place = place_of(folder)
    if isinstance(place, str):
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")  # no foreign keys, no ordinary triggers
            yield _Postgres(connection)
        return
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        yield connection


def drop_guard(folder: Path, name: str) -> None:
    """Take a trigger away, as who owns the database can."""
    with raw(folder) as connection:
        if isinstance(place_of(folder), Path):
            connection.execute(f"DROP TRIGGER {name}")
            return
        asked = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = ?"
        ((table,),) = connection.execute(asked, (name,)).fetchall()
        connection.execute(f"DROP TRIGGER {name} ON {table}")


def refusal(folder: Path, sql: str) -> str:
    """What the database says when it refuses a statement."""
    with raw(folder) as connection, pytest.raises(REFUSED) as refused:
        connection.execute(sql)
    return str(refused.value)


def kept(folder: Path) -> bytes:
    """Every byte of the database's file, or of the pages of its tables and indexes."""
    place = place_of(folder)
    if isinstance(place, Path):
        return b"".join(path.read_bytes() for path in place.parent.glob("handfast.db*"))
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
        return b"".join(page for (page,) in connection.execute(_PAGES).fetchall())
