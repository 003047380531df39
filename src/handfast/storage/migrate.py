"""Migrations: numbered files, each applied once, each in one transaction."""

from importlib.resources import files

from handfast.base.errors import SetupError
from handfast.storage.sqlite import SqliteDatabase

_LEDGER = "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)"


def migrate(database: SqliteDatabase, folder: str = "migrations") -> None:
    """Bring a database to the newest schema; SetupError if a newer program made it."""
    database.execute(_LEDGER)
    done = {str(name) for (name,) in database.query("SELECT name FROM migrations")}
    steps = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(files("handfast.storage").joinpath(folder).iterdir(), key=lambda path: path.name)
        if path.name.endswith(".sql")
    }
    if done - set(steps):
        raise SetupError(f"this database was made by a newer version (it has {sorted(done - set(steps))[-1]})")
    for name, sql in steps.items():
        if name not in done:
            database.script(f"{sql}\nINSERT INTO migrations (name) VALUES ('{name}');")
