"""Another root key, and what a crash in the middle leaves."""

import contextlib
import random
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.base.errors import SetupError
from handfast.base.randomness import SystemRandomness
from handfast.storage.keys import rotation, shares
from handfast.storage.keys.root_key import COMMAND, keep_root_key, make_root_key, read_key_file, read_root_key
from handfast.storage.keys.store import Keys, open_keys
from support.keeping import ROOT, keeping
from support.service import SeededRandomness

RANDOM = SystemRandomness()


class Broken(Exception):
    """A crash."""


@pytest.fixture
def root_file(tmp_path: Path) -> Path:
    file = tmp_path / "etc" / "root.key"
    keep_root_key(file, tmp_path / "data", ROOT)
    return file


def opened(tmp_path: Path, root_file: Path, identity: str) -> Keys:
    rotation.settle(root_file, tmp_path / "data")
    return open_keys(tmp_path / "data" / "keys.db", read_key_file(root_file), identity, RANDOM)


def test_after_a_rotation_only_the_new_root_key_opens_and_every_person_still_does(
    tmp_path: Path, root_file: Path
) -> None:
    with keeping(tmp_path / "data") as installation:
        ada = installation.enrol(installation.add_programme(), "file 1")
        before = installation.keys.person(ada.programme_id, ada.subject_id)
        pepper, log = installation.keys.peppered("2580"), installation.keys.signer("log").public
        rotation.rotate(installation.keys, root_file, tmp_path / "data", RANDOM)
        assert installation.keys.person(ada.programme_id, ada.subject_id) == before
        identity = installation.store.identity
    assert read_key_file(root_file) != ROOT
    with pytest.raises(SetupError, match="root key"):
        open_keys(tmp_path / "data" / "keys.db", ROOT, identity, RANDOM)
    keys = opened(tmp_path, root_file, identity)
    assert keys.person(ada.programme_id, ada.subject_id) == before
    assert (keys.peppered("2580"), keys.signer("log").public) == (pepper, log)
    keys.close()


@pytest.mark.parametrize("crash", ["before", "after"])
def test_a_crash_around_the_wrapping_leaves_everything_openable(
    tmp_path: Path, root_file: Path, monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    def broken(*_: object) -> int:
        raise Broken

    with keeping(tmp_path / "data") as installation:
        ada = installation.enrol(installation.add_programme(), "file 1")
        before = installation.keys.person(ada.programme_id, ada.subject_id)
        with monkeypatch.context() as patched:
            if crash == "before":
                patched.setattr(Keys, "rewrap", broken)
            else:
                patched.setattr(rotation, "_take_place", broken)
            with pytest.raises(Broken):
                rotation.rotate(installation.keys, root_file, tmp_path / "data", RANDOM)
        identity = installation.store.identity
    keys = opened(tmp_path, root_file, identity)
    assert keys.person(ada.programme_id, ada.subject_id) == before
    keys.close()
    assert [file.name for file in root_file.parent.iterdir()] == ["root.key"]


@settings(max_examples=20)
@given(st.binary(min_size=32, max_size=32), st.integers(0, 1000))
def test_any_two_of_three_shares_bring_the_key_back(key: bytes, seed: int) -> None:
    made = shares.split(key, SeededRandomness(seed))
    for pair in combinations(made, 2):
        assert shares.join(pair) == shares.join(pair[::-1]) == key


def test_a_share_is_read_as_people_write() -> None:
    one, two, _ = shares.split(ROOT, RANDOM)
    body, _, check = one.lower().rpartition("-")
    assert shares.join([f" {body.replace('-', ' - ')}-{check} ", two]) == ROOT


def test_no_typing_mistake_gives_a_wrong_key() -> None:
    one, two, _ = shares.split(ROOT, SeededRandomness(1))
    chance, wrong = random.Random(1), 0
    for _ in range(300):
        at = chance.randrange(len(one))
        typed = one[:at] + chance.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") + one[at + 1 :]
        with contextlib.suppress(SetupError):
            wrong += shares.join([typed, two]) != ROOT
    assert wrong == 0


def test_shares_of_two_splits_or_one_share_twice_or_alone_bring_nothing_back() -> None:
    one, two, _ = shares.split(ROOT, SeededRandomness(1))
    other = shares.split(ROOT, SeededRandomness(2))[1]
    for wrong in ([one, other], [one, one], [one], [one, two, two]):
        with pytest.raises(SetupError):
            shares.join(wrong)


def test_one_share_tells_nothing_of_the_key() -> None:
    """Every key is possible with a given share: the line through it and any key's point exists."""
    firsts = {shares.split(bytes([n]) * 32, SeededRandomness(n))[0].split("-")[3] for n in range(200)}
    assert len(firsts) > 190


def test_a_command_gives_the_root_key_and_one_that_fails_gives_none(tmp_path: Path) -> None:
    make_root_key(tmp_path / "etc" / "root.key", tmp_path / "data", RANDOM)
    asked = {COMMAND: f"cat {tmp_path / 'etc' / 'root.key'}"}
    absent = tmp_path / "no.key"
    assert read_root_key(absent, tmp_path / "data", asked) == read_key_file(tmp_path / "etc" / "root.key")
    for command in ("false", "echo short", "no-such-command", "'"):
        with pytest.raises(SetupError):
            read_root_key(absent, tmp_path / "data", {COMMAND: command})
