"""All records of a database, table by table, in one form that does not depend on where they lie.

A line of an export is a table's name, a tab, and the row as JSON: bytes as {"hex": ...}, in the order of the key.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handfast.storage.engines.database import Database, Record, Shape, Value
from handfast.storage.engines.migrate import tables

PAGE = 1_000  # rows read at once
LARGE = {"study_images": 16, "review_pictures": 16}
"""Fewer, of rows that hold pictures."""

PASSING = frozenset({"moved", "search_states", "search_moves"})
"""What belongs to one database only, or is made anew by triggers."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and the SHA-256 of their lines."""

    rows: int
    digest: str


def kept_tables() -> tuple[str, ...]:
    """The tables that hold records, those first that others refer to."""
    return tuple(name for name in tables() if name not in PASSING)


def rows(database: Database, shape: Shape) -> Iterator[list[Record]]:
    """A table's rows in the order of its key, a page at a time."""
    names, key = ", ".join(shape.columns), ", ".join(shape.key)
    marks = ", ".join("?" * len(shape.key))
    where = f"WHERE ({key}) > ({marks})"
    places = [shape.columns.index(name) for name in shape.key]
    many = LARGE.get(shape.name, PAGE)
    last: tuple[Value, ...] = ()
    while True:
        sql = f"SELECT {names} FROM {shape.name} {where if last else ''} ORDER BY {key} LIMIT {many}"  # noqa: S608
        page = database.query(sql, last)
        if page:
            yield page
        if len(page) < many:
            return
        last = tuple(page[-1][place] for place in places)


def line(table: str, record: Record) -> bytes:
    """One row of an export."""
    shown = [{"hex": value.hex()} if isinstance(value, bytes) else value for value in record]
    return f"{table}\t{json.dumps(shown, ensure_ascii=False, separators=(',', ':'))}\n".encode()


def export(database: Database, shape_of: Callable[[str], Shape]) -> Iterator[bytes]:
    """Every record, line by line; equal for equal records, wherever they lie."""
    for name in kept_tables():
        for page in rows(database, shape_of(name)):
            yield from (line(name, record) for record in page)


def sums(database: Database, shape_of: Callable[[str], Shape]) -> dict[str, Sum]:
    """Count and hash of every table."""
    return {name: _sum(database, shape_of(name)) for name in kept_tables()}


def _sum(database: Database, shape: Shape) -> Sum:
    digest, count = hashlib.sha256(), 0
    for page in rows(database, shape):
        digest.update(b"".join(line(shape.name, record) for record in page))
        count += len(page)
    return Sum(count, digest.hexdigest())
