"""`handfast restore`: an installation from copies, with every withdrawal replayed before anybody is served."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from handfast.audit.log import Log
from handfast.audit.restoration import Replayed, replay
from handfast.base.clock import SystemClock
from handfast.base.errors import SetupError
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.cli.backup import voices_beside
from handfast.cli.move import reporting
from handfast.service.owner.voices import FOLDER, copied
from handfast.service.start import RESTORING
from handfast.storage.engines.sqlite import copy_file
from handfast.storage.keys.destroyed import FILE, Destroyed
from handfast.storage.keys.root_key import read_root_key
from handfast.storage.keys.store import open_keys
from handfast.storage.move import copy_records
from handfast.storage.places import database_running, place_of
from handfast.storage.store import Store, open_records, open_store

console = Console(highlight=False)


def restore(
    records: Annotated[Path | None, typer.Argument(help="A copy of the records that `handfast backup` made.")] = None,
    keys: Annotated[Path | None, typer.Option(help="A copy of the keys; without it keys.db must be there.")] = None,
    destroyed: Annotated[
        list[Path] | None, typer.Option(help=f"The newest copy of the file {FILE}; may be repeated.")
    ] = None,
    replay_only: Annotated[
        bool, typer.Option("--replay", help="The records are back by other means (Postgres): only finish it.")
    ] = False,
) -> None:
    """Bring an installation back, and withdraw again everyone who withdrew after the copy was made.

    Until that is done the server does not start. The target must be empty.
    """
    settings = Settings.from_environment()
    if (records is None) != replay_only:
        raise SetupError("Give a copy of the records, or --replay where they are back already.")
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings.data_dir / RESTORING).touch()
    _bring_keys(settings, keys)
    known = Destroyed(settings.keys_home / FILE)
    for file in [*(destroyed or []), *([records.with_name(FILE)] if records else [])]:
        known.add(Destroyed(file).all())
    with ExitStack() as ending:
        ending.enter_context(database_running(settings))
        store = open_store(place_of(settings), SystemRandomness())
        ending.callback(store.close)
        if records is not None:
            store = _filled(settings, store, records, ending)
        done = _replayed(settings, store, ending)
    spoken = copied(voices_beside(records), settings.data_dir / FOLDER) if records is not None else 0
    (settings.data_dir / RESTORING).unlink()
    console.print(f"Restored. Withdrawn again: {done.with_keys} with their keys, {done.without_keys} without.")
    if spoken:
        console.print(f"{spoken} spoken prompts are back.")


def _bring_keys(settings: Settings, copy: Path | None) -> None:
    place = settings.keys_home / "keys.db"
    if copy is None:
        if not place.exists():
            raise SetupError(f"{place} is missing: give --keys")
        return
    if place.exists():
        raise SetupError(f"{place} is there and newer than any copy: leave --keys out, or move it away first")
    copy_file(copy, place)


def _filled(settings: Settings, store: Store, records: Path, ending: ExitStack) -> Store:
    """The store with the copy's records, opened again under the identity that came with them."""
    with open_records(records) as (source, shapes), Progress(console=console, transient=True) as bar:
        copy_records(source, shapes, store, reporting(bar))
    ending.pop_all().close()
    ending.enter_context(database_running(settings))
    filled = open_store(place_of(settings), SystemRandomness())
    ending.callback(filled.close)
    return filled


def _replayed(settings: Settings, store: Store, ending: ExitStack) -> Replayed:
    randomness = SystemRandomness()
    root = read_root_key(settings.root_key, settings.keys_home)
    keys = open_keys(settings.keys_home / "keys.db", root, store.identity, randomness)
    ending.callback(keys.close)
    return replay(store, keys, Log(keys.signer("log"), SystemClock(), randomness), keys.destroyed())
