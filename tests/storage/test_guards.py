"""Every column of sealed bytes has its trigger that blanks them, in both dialects."""

import importlib
import pkgutil
from pathlib import Path

from handfast.storage import tables
from handfast.storage.tables.mapping import Table
from support.keeping import keeping
from support.raw import raw


def sealed_columns() -> set[tuple[str, str]]:
    modules = [
        importlib.import_module(f"handfast.storage.tables.{each.name}")
        for each in pkgutil.iter_modules(tables.__path__)
    ]
    found = [each for module in modules for each in vars(module).values() if isinstance(each, Table)]
    return {
        (table.name, name)
        for table in found
        for name, is_sealed in zip(table.names, table._sealed, strict=True)
        if is_sealed
    }


def test_sealed_bytes_go_with_the_row_that_holds_them(tmp_path: Path, each_store: str) -> None:
    with keeping(tmp_path), raw(tmp_path) as connection:
        if each_store == "sqlite":
            asked = "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
            guards = [sql for (sql,) in connection.execute(asked).fetchall() if "DELETE ON" in sql]
            held = {
                (t, c) for t, c in sealed_columns() if any(f"DELETE ON {t} " in g and f"OLD.{c}" in g for g in guards)
            }
        else:
            asked = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
            guards = [sql for (sql,) in connection.execute(asked).fetchall() if "DELETE" in sql]
            held = {
                (t, c)
                for t, c in sealed_columns()
                if any(f" ON public.{t} " in g and f"blank_slot('{c}')" in g for g in guards)
            }
    assert held == sealed_columns()
