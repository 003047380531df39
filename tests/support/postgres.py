"""One Postgres server for a whole run of tests, and a fresh, migrated database of it in milliseconds."""

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from handfast.storage.embedded import EmbeddedPostgres
from handfast.storage.migrate import migrate
from handfast.storage.postgres import connect

PLACE = "database.url"  # in an installation's folder: it keeps its records in Postgres, there


class TestServer:
    """A running server that makes databases."""

    __test__ = False

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        self._numbers = itertools.count()
        self._do("CREATE DATABASE pattern")
        pattern = connect(server.url("pattern"))
        migrate(pattern)
        pattern.close()

    def database(self) -> str:
        """The URL of a new database with every table and nobody in it."""
        name = f"test_{next(self._numbers)}"
        self._do(f"CREATE DATABASE {name} TEMPLATE pattern")
        return self.server.url(name)

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
