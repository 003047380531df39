"""Where an installation's records are: a file, the address of a Postgres database, or a server of our own."""

from collections.abc import Iterator
from contextlib import contextmanager

from handfast.base.settings import Settings
from handfast.storage.engines.embedded import EmbeddedPostgres
from handfast.storage.store import Place

EMBEDDED = "embedded"


def place_of(settings: Settings) -> Place:
    """Where the records are."""
    if settings.database == EMBEDDED:
        return _server(settings).url()
    return settings.database or settings.data_dir / "handfast.db"


@contextmanager
def database_running(settings: Settings, *, beside: bool = False) -> Iterator[None]:
    """Our own Postgres runs during the block, where that is what was asked for; beside a server it is left running."""
    server = _server(settings)
    if settings.database != EMBEDDED or (beside and server.running):
        yield
        return
    server.start()
    try:
        yield
    finally:
        server.stop()


def _server(settings: Settings) -> EmbeddedPostgres:
    return EmbeddedPostgres(settings.data_dir / "postgres")
