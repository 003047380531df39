"""`handfast move`: all records to another database, with proof that nothing was lost."""

from contextlib import ExitStack
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from handfast.audit.verify import verify_log
from handfast.base.errors import SetupError
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.storage.discard import discard_moved
from handfast.storage.move import Moved, Report, copy_records
from handfast.storage.places import database_running, place_of
from handfast.storage.store import Place, Store, open_store

SQLITE = "sqlite"
console = Console(highlight=False)


def move(
    to: Annotated[str, typer.Option(help='URL of a Postgres database, "embedded", or "sqlite".')],
    source: Annotated[str | None, typer.Option("--from", help="Where the records are now: HANDFAST_DATABASE.")] = None,
) -> None:
    """Move all records to another database while the server is stopped. keys.db stays where it is.

    Whole or not at all: the target commits once. Both ends are then read again and compared, row by row and by the
    log's root; only then is the old database closed for good.
    """
    settings = Settings.from_environment()
    here = _at(settings, settings.database if source is None else source)
    there = _at(settings, to)
    if place_of(here) == place_of(there):
        raise SetupError("The records are there already.")
    with ExitStack() as ending:
        ending.enter_context(database_running(here))
        ending.enter_context(database_running(there))
        old = _opened(place_of(here), ending)
        discard_moved(place_of(there))
        new = _opened(place_of(there), ending)
        moved = _copied(old, new)
        old.moved("another database" if to != SQLITE else "SQLite")
    _show(moved)
    console.print(f'From now on: handfast serve --database "{to}"' if to != SQLITE else "From now on: handfast serve")


def _at(settings: Settings, database: str) -> Settings:
    return replace(settings, database="" if database == SQLITE else database)


def _opened(place: Place, ending: ExitStack) -> Store:
    store = open_store(place, SystemRandomness())
    ending.callback(store.close)
    return store


def _copied(old: Store, new: Store) -> Moved:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar, old.engine.transaction(write=False) as source:
        moved = copy_records(source, old.engine.shape, new, reporting(bar))
    with new.read() as reader:
        tree = reader.log.tree()
        if tree.size:
            verify_log(reader.log.leaves(), tree.note, [], expected_key=tree.verifier_key)
    return moved


def reporting(bar: Progress) -> Report:
    """One line of a progress display for each table."""
    tasks: dict[str, int] = {}

    def report(table: str, rows: int) -> None:
        if table not in tasks:
            tasks[table] = bar.add_task(table, total=None)
        bar.advance(tasks[table], rows)  # type: ignore[arg-type]  # an int, by another name

    return report


def _show(moved: Moved) -> None:
    table = Table("table", "rows", "SHA-256 of its rows, equal at both ends", title="Moved")
    for name, summed in moved.tables.items():
        if summed.rows:
            table.add_row(name, str(summed.rows), summed.digest[:16])
    console.print(table)
    if moved.note:
        console.print(f"The log's root, recomputed from the leaves at the target: {moved.note.splitlines()[2]}")
