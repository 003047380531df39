"""`handfast backup`: records to one folder, keys to another, while the server runs."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from handfast.base.clock import SystemClock
from handfast.base.errors import SetupError
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.cli.move import reporting
from handfast.consent.terms import KEY_COPIES_DAYS
from handfast.service.owner.voices import FOLDER, copied
from handfast.storage.engines.sqlite import copy_file
from handfast.storage.keys.destroyed import FILE, Destroyed
from handfast.storage.move import copy_records
from handfast.storage.places import database_running, place_of
from handfast.storage.store import open_records, open_store

_STAMP = "%Y%m%dT%H%M%SZ"
console = Console(highlight=False)


def backup(
    records: Annotated[Path, typer.Argument(help="Folder for copies of the records; keep them as long as you like.")],
    keys: Annotated[Path, typer.Option(help="Folder for copies of the keys: elsewhere, and short-lived.")],
    keep_days: Annotated[
        int,
        typer.Option(min=1, max=KEY_COPIES_DAYS, help="Days after which a copy of the keys goes, as people are told."),
    ] = KEY_COPIES_DAYS,
) -> None:
    """Copy records and keys of one installation, and remove copies of keys that are too old.

    The records are those of one moment, from SQLite or Postgres, as one SQLite file. The keys are copied after them, so
    that everyone in the records has a key. Prompts that people of the site spoke lie beside the records. Where both
    copies come together with the root key, people can be opened.
    """
    settings, now = Settings.from_environment(), SystemClock().now()
    _refuse_together(records, keys)
    for folder in (records, keys):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = now.astimezone(UTC).strftime(_STAMP)
    copy = records / f"records-{stamp}.db"
    rows = _copy_records(settings, copy)
    copy_file(settings.keys_home / "keys.db", keys / f"keys-{stamp}.db")
    Destroyed(records / FILE).add(Destroyed(settings.keys_home / FILE).all())
    spoken = copied(settings.data_dir / FOLDER, voices_beside(copy))
    gone = drop_old(keys, now - timedelta(days=keep_days))
    voices = f", {spoken} spoken prompts beside it" if spoken else ""
    kept = keys / f"keys-{stamp}.db"
    console.print(f"{rows} rows in {copy}{voices}, keys in {kept}; {gone} old copies of keys removed")


def voices_beside(records: Path) -> Path:
    """Where the spoken prompts lie that were copied with these records."""
    return records.with_name(f"{FOLDER}-{records.stem.removeprefix('records-')}")


def drop_old(keys: Path, before: datetime) -> int:
    """Remove copies of keys made before a time; how many there were."""
    old = [
        file
        for file in keys.glob("keys-*.db")
        if datetime.strptime(file.stem.removeprefix("keys-"), _STAMP).replace(tzinfo=UTC) < before
    ]
    for file in old:
        file.write_bytes(bytes(file.stat().st_size))
        file.unlink()
    return len(old)


def _copy_records(settings: Settings, copy: Path) -> int:
    with ExitStack() as ending:
        ending.enter_context(database_running(settings, beside=True))
        source, shapes = ending.enter_context(open_records(place_of(settings)))
        target = open_store(copy, SystemRandomness())
        ending.callback(copy.with_suffix(".lock").unlink)
        ending.callback(target.close)
        bar = ending.enter_context(Progress(console=console, transient=True))
        copied = copy_records(source, shapes, target, reporting(bar))
    return sum(each.rows for each in copied.tables.values())


def _refuse_together(records: Path, keys: Path) -> None:
    one, other = records.resolve(), keys.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise SetupError("Keep the keys apart from the records: whoever gets both copies gets everything but the root.")
