"""Attacks on the log by someone who can change every byte of it but has no key."""

import random
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handfast.audit.checkpoint import sign_checkpoint
from handfast.audit.copy import verify_copy, write_copy
from handfast.audit.leaf import LeafKind
from handfast.audit.merkle import grow, root_of
from handfast.audit.verify import Verified, read_checkpoint, verify_log
from handfast.base.errors import LogBroken
from handfast.base.randomness import SystemRandomness
from handfast.storage.keys.opened import OpenSigner
from handfast.storage.keys.store import open_keys
from handfast.storage.tables.programmes import Programme
from support.keeping import ROOT, Keeping, keeping
from support.raw import refusal

LEAVES = 20
FLIPS = 5_000


class Copy:
    """A log of a few people, as leaves and checkpoint."""

    def __init__(self, folder: Path, leaves: int = LEAVES) -> None:
        with keeping(folder) as installation:
            grow_log(installation, leaves)
            with installation.store.read() as reader:
                self.leaves = list(reader.log.leaves())
                self.note = reader.log.tree().note
            self.key = installation.log.verifier_key

    def verify(self, leaves: list[bytes] | None = None, anchors: tuple[str, ...] = ()) -> Verified:
        kept = self.leaves if leaves is None else leaves
        return verify_log(kept, self.note, anchors, expected_key=self.key)


def grow_log(installation: Keeping, leaves: int) -> list[str]:
    """Acts on nobody up to this size, each in a unit of work of its own; the checkpoint after each."""
    with installation.store.read() as reader:
        known = reader.programmes.all()
    if not known:
        installation.add_programme()
    notes = []
    programme = installation.keys.programme("prg_clinic")
    with installation.store.read() as reader:
        size = reader.log.tree().size
    for _ in range(size, leaves):
        with installation.store.write() as unit:
            logged = installation.log.append(unit, programme, LeafKind.PROGRAMME, "adm", {})
        notes.append(logged.checkpoint)
    return notes


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("log"))


def test_an_honest_log_is_accepted(log: Copy) -> None:
    assert log.verify().checkpoint.size == LEAVES


@pytest.mark.parametrize("trusted", [True, False], ids=["key known", "key from the copy"])
def test_no_single_flipped_bit_of_a_copy_is_accepted(log: Copy, tmp_path: Path, trusted: bool) -> None:
    path = tmp_path / "log"
    write_copy(path, log.leaves, log.note, log.key)
    honest = path.read_bytes()
    chance = random.Random(7)
    accepted = 0
    for _ in range(FLIPS):
        flipped = bytearray(honest)
        bit = chance.randrange(len(honest) * 8)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        try:
            verify_copy(path, [], expected_key=log.key if trusted else None)
            accepted += 1
        except LogBroken:
            pass
    assert accepted == 0


@pytest.mark.parametrize("gone", [0, 1, LEAVES // 2, LEAVES - 1])
def test_a_leaf_that_was_taken_out_is_missed(log: Copy, gone: int) -> None:
    with pytest.raises(LogBroken):
        log.verify([leaf for n, leaf in enumerate(log.leaves) if n != gone])


def test_two_leaves_that_changed_places_are_noticed(log: Copy) -> None:
    leaves = log.leaves.copy()
    leaves[3], leaves[4] = leaves[4], leaves[3]
    with pytest.raises(LogBroken, match="gap"):
        log.verify(leaves)


def test_a_leaf_that_no_checkpoint_signs_is_refused(log: Copy) -> None:
    extra = log.leaves[-1].replace(f'"n":{LEAVES - 1}'.encode(), f'"n":{LEAVES}'.encode())
    with pytest.raises(LogBroken, match="checkpoint signs"):
        log.verify([*log.leaves, extra])


def test_a_checkpoint_of_another_key_is_refused(log: Copy) -> None:
    with pytest.raises(LogBroken, match="no good signature"):
        read_checkpoint(_signed_by_a_stranger(log.leaves), expected_key=log.key)


def test_a_whole_log_forged_under_another_key_is_refused_by_who_knows_the_key(log: Copy) -> None:
    with pytest.raises(LogBroken, match="no good signature"):
        verify_log(log.leaves, _signed_by_a_stranger(log.leaves), [], expected_key=log.key)


def test_a_back_dated_leaf_is_refused_even_when_signed(tmp_path: Path) -> None:
    log = Copy(tmp_path)
    signer = OpenSigner("log", _log_key(tmp_path))
    early = log.leaves[-1].replace(b'"at":"2026-', b'"at":"2025-')
    leaves = [*log.leaves[:-1], early]
    note = _sign(leaves, signer, f"handfast-{signer.key_id}")
    with pytest.raises(LogBroken, match="back-dated"):
        verify_log(leaves, note, [], expected_key=log.key)


def test_a_log_rolled_back_behind_an_anchor_is_noticed(tmp_path: Path) -> None:
    with keeping(tmp_path / "log") as installation:
        grow_log(installation, 5)
    shutil.copytree(tmp_path / "log", tmp_path / "backup")
    with keeping(tmp_path / "log") as installation:
        anchor = installation.enrol(_programme(installation), "file 1").logged.checkpoint
    with keeping(tmp_path / "backup") as restored:
        with restored.store.read() as reader:
            args = (list(reader.log.leaves()), reader.log.tree().note, [anchor])
        with pytest.raises(LogBroken, match="rolled back"):
            verify_log(*args, expected_key=restored.log.verifier_key)


def test_a_log_forked_from_a_backup_is_noticed_though_it_grew_past_the_anchor(tmp_path: Path) -> None:
    with keeping(tmp_path / "log") as installation:
        grow_log(installation, 5)
    shutil.copytree(tmp_path / "log", tmp_path / "backup")
    with keeping(tmp_path / "log") as installation:
        anchor = installation.enrol(_programme(installation), "file 1").logged.checkpoint
    with keeping(tmp_path / "backup") as restored:
        for number in range(4):
            restored.enrol(_programme(restored), f"file {number}")
        with restored.store.read() as reader:
            leaves, note = list(reader.log.leaves()), reader.log.tree().note
    key = restored.log.verifier_key
    assert (
        verify_log(leaves, note, [], expected_key=key).checkpoint.size > read_checkpoint(anchor, expected_key=key).size
    )
    with pytest.raises(LogBroken, match="forked"):
        verify_log(leaves, note, [anchor], expected_key=key)


def test_every_checkpoint_that_was_ever_signed_is_continued(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        anchors = grow_log(installation, LEAVES)
        with installation.store.read() as reader:
            leaves, note = list(reader.log.leaves()), reader.log.tree().note
        verified = verify_log(leaves, note, anchors, expected_key=installation.log.verifier_key)
    assert verified.anchors == tuple(range(2, LEAVES + 1))


@pytest.mark.parametrize(
    "attack",
    ["DELETE FROM leaves WHERE n = 2", "UPDATE leaves SET raw = NULL", "INSERT INTO leaves VALUES (9, NULL, '')"],
)
def test_the_log_only_grows_by_raw_sql_too(tmp_path: Path, each_store: str, attack: str) -> None:
    del each_store
    with keeping(tmp_path) as installation:
        grow_log(installation, 5)
        assert refusal(tmp_path, attack).startswith("conflict")


def test_a_clock_that_was_set_back_does_not_back_date_the_log(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        grow_log(installation, 3)
        installation.clock.pass_time(-3_600)  # type: ignore[attr-defined]
        grow_log(installation, 6)
        with installation.store.read() as reader:
            leaves, note = list(reader.log.leaves()), reader.log.tree().note
        verified = verify_log(leaves, note, [], expected_key=installation.log.verifier_key)
    assert verified.checkpoint.size == 6


@pytest.mark.parametrize(
    "note",
    ["", "\n\n", "a\n1\nAAAA\n\n— a AAAA\n", "no signature at all", "a\n1\n\n— "],
)
def test_what_is_no_signed_note_is_no_checkpoint(log: Copy, note: str) -> None:
    with pytest.raises(LogBroken):
        read_checkpoint(note, expected_key=log.key)


@pytest.mark.parametrize("key", ["", "a", "a+b+c", "handfast+00000000+AQ=="])
def test_what_is_no_public_key_is_refused(log: Copy, key: str) -> None:
    with pytest.raises(LogBroken):
        read_checkpoint(log.note, expected_key=key)


def _programme(installation: Keeping) -> Programme:
    with installation.store.read() as reader:
        return reader.programmes.get("prg_clinic")


def _log_key(folder: Path) -> Ed25519PrivateKey:
    with keeping(folder) as installation:
        identity = installation.store.identity
    keys = open_keys(folder / "keys.db", ROOT, identity, SystemRandomness())
    private = keys.signer("log").private
    keys.close()
    return private


def _signed_by_a_stranger(leaves: list[bytes]) -> str:
    stranger = OpenSigner("log", Ed25519PrivateKey.generate())
    return _sign(leaves, stranger, "handfast-stranger")


def _sign(leaves: list[bytes], signer: OpenSigner, origin: str) -> str:
    frontier = b""
    for size, leaf in enumerate(leaves):
        frontier, _ = grow(frontier, size, leaf)
    return sign_checkpoint(origin, len(leaves), root_of(frontier), signer)
