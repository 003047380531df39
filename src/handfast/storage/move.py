"""Copying all records from one database to another: whole or not at all, and proved afterwards."""

from collections.abc import Callable
from dataclasses import dataclass

from handfast.base.errors import Conflict, LogBroken
from handfast.storage.engines.database import Database, Shape
from handfast.storage.records import Sum, kept_tables, rows, sums
from handfast.storage.store import Store
from handfast.storage.tables.leaves import LogReads

Shapes = Callable[[str], Shape]
Report = Callable[[str, int], None]
"""Told a table's name and how many of its rows have been written just now."""

_MINE = frozenset({"identity"})  # what every database has from the beginning


@dataclass(frozen=True, slots=True)
class Moved:
    """What lies at both ends, by table; `root` is the newest checkpoint of the log."""

    tables: dict[str, Sum]
    note: str


def copy_records(source: Database, source_shapes: Shapes, target: Store, report: Report) -> Moved:
    """Fill an empty store with all records of a snapshot, in one transaction; then read both ends again and compare.

    Conflict if the target holds records. LogBroken if the two are not equal afterwards.
    """
    with target.engine.transaction(write=True) as scope:
        refuse_used(scope)
        for name in kept_tables():
            shape = source_shapes(name)
            if set(shape.columns) != set(target.engine.shape(name).columns):
                raise Conflict(f"the two databases have different columns in {name}; start the older one once")
            scope.execute(f"DELETE FROM {name}")  # noqa: S608  our own identity, and what triggers made
            _copy(source, scope, shape, report)
        target.engine.filled(scope)
    return prove(source, source_shapes, target)


def prove(source: Database, source_shapes: Shapes, target: Store) -> Moved:
    """LogBroken unless both hold the same rows in every table, and the same log."""
    before = sums(source, source_shapes)
    with target.engine.transaction(write=False) as scope:
        after = sums(scope, target.engine.shape)
        notes = LogReads(source).tree().note, LogReads(scope).tree().note
    different = [name for name in before if before[name] != after[name]]
    if different or notes[0] != notes[1]:
        raise LogBroken(f"the copy differs in {', '.join(different) or 'the log'}")
    return Moved(after, notes[1])


def refuse_used(database: Database) -> None:
    """Conflict if there are records already."""
    for name in kept_tables():
        if name not in _MINE and database.query(f"SELECT 1 FROM {name} LIMIT 1"):  # noqa: S608
            raise Conflict("the target holds records already")


def _copy(source: Database, target: Database, shape: Shape, report: Report) -> None:
    marks = ", ".join("?" * len(shape.columns))
    sql = f"INSERT INTO {shape.name} ({', '.join(shape.columns)}) VALUES ({marks})"  # noqa: S608
    for page in rows(source, shape):
        target.fill(sql, page)
        report(shape.name, len(page))
