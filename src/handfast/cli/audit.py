"""`handfast audit`: check the log from the outside, or take a copy of it away."""

from pathlib import Path
from typing import Annotated

import typer

from handfast.audit.anchor import Anchor, read_anchors
from handfast.audit.copy import verify_copy, write_copy
from handfast.audit.cosign import cosigned_at
from handfast.audit.tiles import check_hashes, read_tiles, write_tiles
from handfast.audit.verify import Verified, verify_log
from handfast.base.errors import LogBroken
from handfast.base.settings import Settings
from handfast.storage.places import place_of
from handfast.storage.store import Place, open_snapshot

app = typer.Typer(no_args_is_help=True, help="Check the log, or take a copy of it away.")

AnchorFiles = Annotated[
    list[Path] | None,
    typer.Option("--anchor", help="A receipt, download or checkpoint taken away before; may be repeated."),
]
CopyFile = Annotated[Path | None, typer.Option("--copy", help="Check this copy instead of the database.")]
Witnesses = Annotated[
    list[str] | None,
    typer.Option("--witness", help="Public key of a witness that must have signed every anchor; may be repeated."),
]
TrustedKey = Annotated[str | None, typer.Option("--key", help="The log's public key, as receipts print it.")]


@app.command()
def verify(
    anchor: AnchorFiles = None, copy: CopyFile = None, key: TrustedKey = None, witness: Witnesses = None
) -> None:
    """Recompute the whole log from its leaves and compare it with its checkpoint and with every anchor."""
    anchors = [found for path in anchor or [] for found in read_anchors(path)]
    trusted = _trusted_key(key, anchors)
    notes = [found.note for found in anchors]
    signed = [cosigned_at(note, expected_witness=each) for each in witness or [] for note in notes]
    if copy is None:
        verified = _verify_database(place_of(Settings.from_environment()), notes, trusted)
    elif copy.is_dir():
        verified = _verify_tiles(copy, notes, trusted)
    else:
        verified = verify_copy(copy, notes, expected_key=trusted)
    _report(verified, outside_key=trusted is not None)
    for at in signed:
        typer.echo(f"  a witness signed an anchor at {at:%Y-%m-%d %H:%M} UTC")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="A new file, or folder, to write.")],
    tiles: Annotated[bool, typer.Option("--tiles", help="A folder of C2SP tlog-tiles, for witnesses.")] = False,
) -> None:
    """Write the log to a file that `handfast audit verify --copy` reads anywhere. It names nobody."""
    with open_snapshot(place_of(Settings.from_environment())) as reader:
        tree = reader.log.tree()
        (write_tiles if tiles else write_copy)(file, reader.log.leaves(), tree.note, tree.verifier_key)
    typer.echo(f"{tree.size} leaves written to {file}")


def _verify_database(place: Place, notes: list[str], trusted: str | None) -> Verified:
    with open_snapshot(place) as reader:
        tree = reader.log.tree()
        if not tree.size:
            raise LogBroken("this log has no leaves; nothing was done yet, or all of it was removed")
        return verify_log(reader.log.leaves(), tree.note, notes, expected_key=trusted or tree.verifier_key)


def _verify_tiles(folder: Path, notes: list[str], trusted: str | None) -> Verified:
    leaves, note, key = read_tiles(folder)
    verified = verify_log(leaves, note, notes, expected_key=trusted or key)
    check_hashes(folder, verified.checkpoint.size)
    return verified


def _trusted_key(key: str | None, anchors: list[Anchor]) -> str | None:
    """The public key that was given, or else the one that stands in the anchors; LogBroken if they differ."""
    keys = {key} if key else {found.verifier_key for found in anchors if found.verifier_key}
    if len(keys) > 1:
        raise LogBroken("the anchors come from logs with different keys")
    return keys.pop() if keys else None


def _report(verified: Verified, *, outside_key: bool) -> None:
    newest = verified.checkpoint
    typer.echo(f"{newest.origin}: {newest.size} leaves up to {verified.last_at}, root {newest.root.hex()}")
    for size in verified.anchors:
        typer.echo(f"  continues the anchor at {size} leaves")
    if not verified.anchors:
        typer.echo("  agrees with itself; without an anchor nobody can tell whether it was replaced as a whole")
    if not outside_key:
        typer.echo("  its public key was taken from the log itself; give --key or a receipt to be sure of it")
