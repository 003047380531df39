"""`handfast witness`: sign, as somebody else than who runs it, that a log only grew."""

import json
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handfast.audit.cosign import cosign, witness_key
from handfast.audit.tiles import check_hashes, read_tiles
from handfast.audit.verify import verify_log
from handfast.base.clock import SystemClock
from handfast.base.errors import LogBroken
from handfast.base.randomness import SystemRandomness
from handfast.storage.keys.root_key import keep_root_key, read_key_file

KeyFile = Annotated[Path, typer.Option(help="The witness's own secret key; made if it is not there.")]


SeenFile = Annotated[Path, typer.Option(help="Where the last signed checkpoint of each log is kept.")]


def witness(
    tiles: Annotated[Path, typer.Argument(help="A copy of the log, as `handfast audit export --tiles` writes it.")],
    name: Annotated[str, typer.Option(help="The witness's name, such as witness.example/1.")],
    key: KeyFile = Path("witness.key"),
    seen: Annotated[Path, typer.Option(help="Where the last signed checkpoint of each log is kept.")] = Path(
        "seen.json"
    ),
) -> None:
    """Check that a log continues what was signed before, sign its newest checkpoint, and print it."""
    if not name or any(letter.isspace() or letter == "+" for letter in name):
        raise LogBroken("a witness's name has neither spaces nor +")
    # 1 The whole log, against the last checkpoint that this witness signed of it.
    leaves, note, log_key = read_tiles(tiles)
    known = json.loads(seen.read_text("utf-8")) if seen.exists() else {}
    verified = verify_log(leaves, note, [known[log_key]] if log_key in known else [], expected_key=log_key)
    check_hashes(tiles, verified.checkpoint.size)
    # 2 Remembered before it is signed: after a crash the witness knows more than it said, never less.
    beside = seen.with_name(seen.name + ".new")
    beside.write_text(json.dumps({**known, log_key: note}, indent=1), "utf-8")
    beside.replace(seen)
    # 3 Signed, with the time.
    if not key.exists():
        keep_root_key(key, tiles, SystemRandomness().bytes(32))
    private = Ed25519PrivateKey.from_private_bytes(read_key_file(key))
    typer.echo(cosign(note, name, private, SystemClock().now()), nl=False)
    typer.echo(f"public key of this witness: {witness_key(name, private.public_key().public_bytes_raw())}", err=True)
