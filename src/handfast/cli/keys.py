"""`handfast keys`: change the root key, share it among three people, bring it back from two of them."""

from pathlib import Path
from typing import Annotated

import typer

from handfast.base.errors import SetupError
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.storage.keys import rotation, shares
from handfast.storage.keys.root_key import COMMAND, TOKEN, VARIABLE, keep_root_key, read_root_key
from handfast.storage.keys.store import open_keys
from handfast.storage.places import place_of
from handfast.storage.store import open_store

app = typer.Typer(no_args_is_help=True, help="The root key: change it, share it, bring it back.")


@app.command()
def rotate() -> None:
    """Make a new root key and wrap every key under it. Stop the server first; a crash anywhere does no harm."""
    settings, randomness = Settings.from_environment(), SystemRandomness()
    root = _from_file(settings)
    store = open_store(place_of(settings), randomness)  # nobody else has the records while this runs
    try:
        keys = open_keys(settings.keys_home / "keys.db", root, store.identity, randomness)
        wrapped = rotation.rotate(keys, settings.root_key, settings.keys_home, randomness)
        keys.close()
    finally:
        store.close()
    typer.echo(f"{wrapped} keys wrapped under a new root key in {settings.root_key}")
    typer.echo("Shares of the old one are worth nothing now: run `handfast keys split`.")


@app.command()
def split() -> None:
    """Print three shares of the root key, one each for three people; any two bring it back, one tells nothing."""
    settings = Settings.from_environment()
    key = read_root_key(settings.root_key, settings.keys_home)
    for share in shares.split(key, SystemRandomness()):
        typer.echo(share)
    typer.echo("Write each one down for another person. They are not shown again.", err=True)


@app.command()
def recover(
    share: Annotated[list[str], typer.Option(help="A share as it was written down; give two.", prompt="Two shares")],
    to: Annotated[Path | None, typer.Option(help="Another file than where the root key belongs.")] = None,
) -> None:
    """Bring the root key back from two shares, into a new file."""
    settings = Settings.from_environment()
    target = to or settings.root_key
    keep_root_key(target, settings.keys_home, shares.join([word for given in share for word in given.split()]))
    typer.echo(f"the root key is back in {target}")


def _from_file(settings: Settings) -> bytes:
    rotation.settle(settings.root_key, settings.keys_home)
    key = read_root_key(settings.root_key, settings.keys_home, {})
    if read_root_key(settings.root_key, settings.keys_home) != key:
        raise SetupError(
            f"{TOKEN}, {COMMAND} or {VARIABLE} gives another key than the file; unset it to rotate the file's key"
        )
    return key
