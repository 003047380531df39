"""Migrations: numbered files, each applied once, each in one transaction.

`NAME.sql` is portable SQL; `NAME.sqlite.sql` and `NAME.postgres.sql` are for one dialect.
"""

import re
from importlib.resources import files

from handfast.base.errors import SetupError
from handfast.storage.engines.database import Connection
from handfast.storage.engines.portable import definition

DIALECTS = ("sqlite", "postgres")
_LEDGER = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)"


def migrate(database: Connection, folder: str = "migrations") -> None:
    """Bring a database to the newest schema; SetupError if a newer program made it."""
    database.execute(_LEDGER)
    done = {str(name) for (name,) in database.query("SELECT name FROM migrations")}
    steps = _steps(folder, database.dialect)
    if done - set(steps):
        raise SetupError(f"this database was made by a newer version (it has {sorted(done - set(steps))[-1]})")
    for name, sql in steps.items():
        if name not in done:
            database.script(f"{sql}\nINSERT INTO migrations (name) VALUES ('{name}');")


def tables(folder: str = "migrations") -> tuple[str, ...]:
    """Every table, those first that others refer to."""
    return _made("TABLE", folder, "sqlite")


def functions(folder: str = "migrations") -> tuple[str, ...]:
    """Every function that Postgres keeps for us."""
    return _made("FUNCTION", folder, "postgres")


def _made(what: str, folder: str, dialect: str) -> tuple[str, ...]:
    made = (re.findall(rf"^CREATE {what} (\w+)", sql, re.MULTILINE) for sql in _steps(folder, dialect).values())
    return tuple(name for names in made for name in names)


def _steps(folder: str, dialect: str) -> dict[str, str]:
    """Name and SQL of each migration for a dialect, in order."""
    found = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(files("handfast.storage").joinpath(folder).iterdir(), key=lambda path: path.name)
        if path.name.endswith(".sql") and _dialect(path.name) in (None, dialect)
    }
    if dialect == "sqlite":
        return found
    return {name: sql if _dialect(name) else definition(sql) for name, sql in found.items()}


def _dialect(name: str) -> str | None:
    word = name.split(".")[-2]
    return word if word in DIALECTS else None
