"""A log taken away as tiles, and witnesses that sign it."""

import contextlib
import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer import Typer
from typer.testing import CliRunner

from handfast.audit.cosign import cosign, cosigned_at, witness_key
from handfast.audit.leaf import LeafKind
from handfast.audit.merkle import leaf_hash
from handfast.audit.tiles import check_hashes, place, read_tiles, write_tiles
from handfast.audit.verify import read_checkpoint, verify_log
from handfast.base.errors import LogBroken
from handfast.cli.witness import witness
from handfast.storage.tables.programmes import Programme
from support.keeping import Keeping, keeping

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def grow(installation: Keeping, size: int) -> None:
    programme = installation.keys.programme("prg_clinic")
    with installation.store.write() as unit:
        while unit.log.tree().size < size:
            installation.log.append(unit, programme, LeafKind.PROGRAMME, "adm", {})


def export(installation: Keeping, folder: Path) -> None:
    with installation.store.read() as reader:
        tree = reader.log.tree()
        write_tiles(folder, reader.log.leaves(), tree.note, tree.verifier_key)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """515 leaves: two full tiles of leaves and a partial one, and a partial tile above them."""
    folder = tmp_path_factory.mktemp("log")
    with keeping(folder / "data") as installation:
        installation.add_programme()
        grow(installation, 515)
        export(installation, folder / "tiles")
    return folder / "tiles"


def check(folder: Path) -> int:
    leaves, note, key = read_tiles(folder)
    verified = verify_log(leaves, note, [], expected_key=key)
    check_hashes(folder, verified.checkpoint.size)
    return verified.checkpoint.size


def test_tiles_hold_the_whole_log_where_the_format_says(copy: Path) -> None:
    assert check(copy) == 515
    files = {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()}
    level = {f"tile/{kind}/{name}" for kind in ("0", "entries") for name in ("000", "001", "002.p/3")}
    assert files == {"checkpoint", "log_key", "tile/1/000.p/2"} | level
    first = next(read_tiles(copy)[0])
    assert (copy / "tile/0/000").read_bytes()[:32] == leaf_hash(first)


def test_the_millionth_tile_lies_where_the_format_says(tmp_path: Path) -> None:
    assert place(tmp_path, 1_234_067, 256) == tmp_path / "x001" / "x234" / "067"


def test_no_flipped_bit_of_the_tiles_is_accepted(copy: Path, tmp_path: Path) -> None:
    shutil.copytree(copy, tmp_path / "tiles")
    files = sorted(path for path in (tmp_path / "tiles").rglob("*") if path.is_file())
    chance, accepted = random.Random(3), 0
    for _ in range(60):
        file = chance.choice(files)
        honest = file.read_bytes()
        bit = chance.randrange(len(honest) * 8)
        file.write_bytes(honest[: bit // 8] + bytes([honest[bit // 8] ^ 1 << bit % 8]) + honest[bit // 8 + 1 :])
        with contextlib.suppress(LogBroken):
            check(tmp_path / "tiles")
            accepted += 1
        file.write_bytes(honest)
    assert accepted == 0


def test_a_missing_tile_is_a_gap(copy: Path, tmp_path: Path) -> None:
    shutil.copytree(copy, tmp_path / "tiles")
    (tmp_path / "tiles" / "tile" / "entries" / "001").unlink()
    with pytest.raises(LogBroken, match="gap"):
        check(tmp_path / "tiles")


def test_a_cosigned_checkpoint_is_good_for_the_log_and_names_when_the_witness_saw_it(copy: Path) -> None:
    _, note, key = read_tiles(copy)
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signed = cosign(note, "witness.example", private, AT)
    assert read_checkpoint(signed, expected_key=key).size == 515
    assert cosigned_at(signed, expected_witness=witness_key("witness.example", _public(private))) == AT


@pytest.mark.parametrize("wrong", ["nobody", "another", "other text", "renamed"])
def test_no_witness_speaks_for_another_log_or_another_witness(copy: Path, wrong: str) -> None:
    _, note, _ = read_tiles(copy)
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signed = cosign(note, "witness.example", private, AT) if wrong != "nobody" else note
    if wrong == "other text":
        signed = signed.replace("\n515\n", "\n516\n")
    if wrong == "renamed":
        signed = signed.replace("witness.example", "witness.other")
    known = Ed25519PrivateKey.from_private_bytes(bytes([wrong == "another"] * 32))
    name = "witness.other" if wrong == "renamed" else "witness.example"
    with pytest.raises(LogBroken):
        cosigned_at(signed, expected_witness=witness_key(name, _public(known)))


def test_a_witness_signs_a_log_that_grew_and_refuses_one_that_was_forked(tmp_path: Path) -> None:
    with keeping(tmp_path / "log") as installation:
        installation.add_programme()
        grow(installation, 5)
        export(installation, tmp_path / "first")
    shutil.copytree(tmp_path / "log", tmp_path / "backup")
    with keeping(tmp_path / "log") as installation:
        grow(installation, 8)
        export(installation, tmp_path / "second")
    with keeping(tmp_path / "backup") as forked:
        grow(forked, 7)
        forked.enrol(_programme(forked), "file 1")
        forked.enrol(_programme(forked), "file 2")
        export(forked, tmp_path / "forked")
    assert ask(tmp_path, "first") is None
    assert ask(tmp_path, "second") is None
    assert isinstance(ask(tmp_path, "forked"), LogBroken)
    assert isinstance(ask(tmp_path, "first"), LogBroken)  # rolled back


def ask(folder: Path, tiles: str) -> BaseException | None:
    app = Typer()
    app.command()(witness)
    words = [str(folder / tiles), "--name", "w", "--key", str(folder / "w.key"), "--seen", str(folder / "seen.json")]
    return CliRunner().invoke(app, words).exception


def _programme(installation: Keeping) -> Programme:
    with installation.store.read() as reader:
        return reader.programmes.get("prg_clinic")


def _public(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()
