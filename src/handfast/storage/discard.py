"""Clearing away a database whose records were moved elsewhere, so that they can come back to it."""

from pathlib import Path

from handfast.storage.engines import postgres, sqlite
from handfast.storage.engines.database import Connection
from handfast.storage.engines.migrate import functions, tables
from handfast.storage.store import Place


def discard_moved(place: Place) -> None:
    """Remove what a move left behind; anything else stays."""
    if isinstance(place, Path):
        _discard_file(place)
    else:
        _discard_tables(place)


def _discard_file(path: Path) -> None:
    if not path.exists():
        return
    database = sqlite.connect(path)
    moved = _was_moved(database, "SELECT 1 FROM sqlite_master WHERE name = 'moved'")
    database.close()
    if moved:
        for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
            file.unlink(missing_ok=True)


def _discard_tables(url: str) -> None:
    database = postgres.connect(url)
    try:
        if _was_moved(database, "SELECT 1 FROM pg_class WHERE oid = to_regclass('moved')"):
            gone = [f"DROP TABLE IF EXISTS {name} CASCADE" for name in (*reversed(tables()), "migrations")]
            gone += [f"DROP FUNCTION IF EXISTS {name} CASCADE" for name in functions()]
            database.script(";\n".join(gone))
    finally:
        database.close()


def _was_moved(database: Connection, there: str) -> bool:
    """Whether there is a table that says so, and it does."""
    return bool(database.query(there) and database.query("SELECT 1 FROM moved"))
