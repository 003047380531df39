"""Rows as frozen dataclasses: a table has the columns that its row type has fields, in that order."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from enum import Enum
from itertools import compress
from types import UnionType
from typing import Annotated, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from handfast.base.errors import NotFound
from handfast.storage.engines.database import Database, Record, Value
from handfast.storage.engines.slab import Slab

R = TypeVar("R")
Sealed = Annotated[bytes, "kept in the slab"]
"""A field whose bytes lie in the slab; its column holds the handle. Triggers blank what no row holds any more."""


class Table(Generic[R]):
    """Reading and writing rows of one type."""

    def __init__(self, row: type[R], name: str) -> None:
        hints = get_type_hints(row, include_extras=True)
        self.name = name
        self._row = row
        self.names = tuple(field.name for field in fields(row))  # type: ignore[arg-type]  # rows are dataclasses
        self._decoders = tuple(_decoder(hints[name]) for name in self.names)
        self._sealed = tuple(Sealed in (hints[name], *get_args(hints[name])) for name in self.names)
        self._select = f"SELECT {', '.join(self.names)} FROM {name} "  # noqa: S608  names come from code
        marks = ", ".join("?" * len(self.names))
        self._insert = f"INSERT INTO {name} ({', '.join(self.names)}) VALUES ({marks})"  # noqa: S608  names come from code

    def insert(self, database: Database, row: R) -> None:
        """Add one row; Conflict if it exists."""
        database.execute(self._insert, self._encode(database, {name: getattr(row, name) for name in self.names}))

    def all(self, database: Database, rest: str = "", *values: object) -> tuple[R, ...]:
        """Every row that the rest of the statement (WHERE, ORDER BY) leaves."""
        records = database.query(self._select + rest, tuple(map(encode, values)))
        handles = [value for record in records for value in compress(record, self._sealed) if isinstance(value, bytes)]
        kept = Slab(database).get_all(handles)
        return tuple(self._decode(kept, record) for record in records)

    def find(self, database: Database, rest: str, *values: object) -> R | None:
        """The first such row, or None."""
        rows = self.all(database, rest, *values)
        return rows[0] if rows else None

    def get(self, database: Database, rest: str, *values: object) -> R:
        """The first such row; NotFound if there is none."""
        row = self.find(database, rest, *values)
        if row is None:
            raise NotFound(f"no such row in {self.name}")
        return row

    def update(self, database: Database, changes: Mapping[str, object], where: str, *values: object) -> int:
        """Change columns of the rows that `where` names; how many there were."""
        unknown = set(changes) - set(self.names)
        if unknown:
            raise ValueError(f"{self.name} has no {sorted(unknown)}")
        columns = ", ".join(f"{name} = ?" for name in changes)
        sql = f"UPDATE {self.name} SET {columns} {where}"  # noqa: S608  names come from code
        return database.execute(sql, (*self._encode(database, changes), *map(encode, values)))

    def _encode(self, database: Database, fields: Mapping[str, object]) -> tuple[Value, ...]:
        sealed = {name for name, is_sealed in zip(self.names, self._sealed, strict=True) if is_sealed}
        return tuple(
            Slab(database).put(value) if name in sealed and isinstance(value, bytes) else encode(value)
            for name, value in fields.items()
        )

    def _decode(self, kept: Mapping[bytes, bytes], record: Record) -> R:
        columns = zip(self._decoders, self._sealed, record, strict=True)
        return self._row(
            *(
                kept[value] if is_sealed and isinstance(value, bytes) else decode(value)
                for decode, is_sealed, value in columns
            )
        )


def encode(value: object) -> Value:
    """A field as a column: times as UTC text that sorts, days as text, enums by value, tuples and mappings as JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Enum):
        return encode(value.value)
    if isinstance(value, tuple | list):
        return json.dumps([encode(item) for item in value], ensure_ascii=False)
    if isinstance(value, Mapping):
        return json.dumps(dict(value), ensure_ascii=False, sort_keys=True)
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    raise TypeError(f"cannot store a {type(value).__name__}")


def _decoder(hint: object) -> Callable[[Value], object]:
    if get_origin(hint) is Annotated:
        return _decoder(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        inner = next(_decoder(part) for part in get_args(hint) if part is not type(None))
        return lambda value: None if value is None else inner(value)
    origin = get_origin(hint) or hint
    if origin is tuple:
        item = _decoder(get_args(hint)[0])
        return lambda value: tuple(item(part) for part in json.loads(str(value)))
    if origin is Mapping:
        return lambda value: json.loads(str(value))
    if not isinstance(origin, type):
        raise TypeError(f"no column type for {hint}")
    if issubclass(origin, datetime | date):
        return lambda value: origin.fromisoformat(str(value))
    if origin is bool or issubclass(origin, Enum):
        return lambda value: origin(value)
    return lambda value: value
