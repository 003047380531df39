"""One Postgres server for a whole run of tests, and a fresh, migrated database of it in milliseconds."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from handfast.storage.engines.embedded import EmbeddedPostgres
from handfast.storage.engines.migrate import migrate
from handfast.storage.engines.postgres import connect

PLACE = "database.url"  # in an installation's folder: it keeps its records in Postgres, there

_WHOLE = """
SELECT (SELECT COUNT(*) FROM pg_trigger WHERE tgenabled = 'A'),
    (SELECT string_agg(name, ' ' ORDER BY name) FROM migrations),
    (SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database())
"""
_EMPTY = """
DO $$
DECLARE
    every RECORD;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR every IN SELECT oid::regclass AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'migrations'
    LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', every.name);
        EXECUTE format('DELETE FROM %s', every.name);
        EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', every.name);
    END LOOP;
    PERFORM guards_always_hold();
END $$
"""


class TestServer:
    """A running server that makes databases."""

    __test__ = False

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self._numbers = itertools.count()
        self._free: list[str] = []
        self._do("CREATE DATABASE pattern")
        pattern = connect(server.url("pattern"))
        migrate(pattern)
        self._whole = pattern.query(_WHOLE)
        pattern.close()

    def database(self) -> str:
        """The URL of a database with every table and nobody in it."""
        if self._free:
            return self._free.pop()
        name = f"test_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE pattern")
        return self.server.url(name)

    def give_back(self, url: str) -> None:
        """Let another test have the database, emptied: quicker than a new one. One that a test took apart is left."""
        with psycopg.connect(url, autocommit=True) as connection:
            if connection.execute(_WHOLE).fetchall() == self._whole:
                connection.execute(_EMPTY)
                self._free.append(url)

    def empty(self) -> str:
        """The URL of a new database without any table."""
        name = f"test_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name}")
        return self.server.url(name)

    def _do(self, sql: str) -> None:
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute(sql)


@contextmanager
def running() -> Iterator[TestServer]:
    """A server in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="handfast-postgres-") as folder:
        Path(folder).chmod(0o755)  # the server may run as another user
        server = EmbeddedPostgres(Path(folder) / "server")
        server.start()
        try:
            yield TestServer(server)
        finally:
            server.stop(at_once=True)


def place_of(folder: Path) -> Path | str:
    """Where the installation in a folder keeps its records."""
    told = folder / PLACE
    return told.read_text("utf-8") if told.exists() else folder / "handfast.db"
