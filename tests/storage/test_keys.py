"""Attacks on keys at rest."""

import sqlite3
from pathlib import Path

import pytest

from handfast.base.errors import Conflict, NotFound, SealBroken, SetupError
from handfast.base.randomness import SystemRandomness
from handfast.storage.keys.root_key import VARIABLE, make_root_key, root_key
from handfast.storage.keys.store import open_keys
from support.keeping import ROOT, Keeping, keeping

RANDOM = SystemRandomness()


def test_no_key_lies_unwrapped_in_the_file(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        ada = installation.enrol(installation.add_programme(), "file 1")
        person = installation.keys.person(ada.programme_id, ada.subject_id)
        programme = installation.keys.programme(ada.programme_id)
        log = installation.keys.signer("log").private.private_bytes_raw()
        everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for key in (person.template_key, person.log_key, programme.key, log, ROOT, ada.secret):
        assert key not in everything
        assert key.hex().encode() not in everything


def test_keys_do_not_show_when_printed(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        installation.add_programme()
        person = installation.keys.create_person("prg_clinic", "sub_1")
        shown = repr(person) + repr(installation.keys.programme("prg_clinic")) + repr(installation.keys.signer("log"))
        assert repr(person.template_key) not in shown
        assert "key=" not in shown


def test_another_root_key_opens_nothing(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        identity = installation.store.identity
    with pytest.raises(SetupError, match="root key"):
        open_keys(tmp_path / "keys.db", bytes(32), identity, RANDOM)


def test_keys_of_another_database_are_refused_before_its_people_look_like_orphans(tmp_path: Path) -> None:
    with keeping(tmp_path):
        pass
    with pytest.raises(SetupError, match="another database"):
        open_keys(tmp_path / "keys.db", ROOT, "store_other", RANDOM)


def test_a_key_row_moved_to_another_person_does_not_open(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        installation.add_programme()
        installation.keys.create_person("prg_clinic", "sub_a")
        installation.keys.create_person("prg_clinic", "sub_b")
        one = "(SELECT handle FROM person_keys WHERE subject_id = 'sub_a')"
        _sql(installation, f"UPDATE person_keys SET handle = {one}")  # noqa: S608
        with pytest.raises(SealBroken):
            installation.keys.person("prg_clinic", "sub_b")


def test_a_persons_two_keys_cannot_be_exchanged(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        installation.add_programme()
        installation.keys.create_person("prg_clinic", "sub_a")
        halves = "substr(data, 1, 4) || substr(data, 65) || substr(data, 5, 60)"
        mine = "owner = (SELECT handle FROM person_keys)"
        _sql(installation, f"UPDATE slots SET data = CAST({halves} AS BLOB) WHERE {mine}")  # noqa: S608
        with pytest.raises(SealBroken):
            installation.keys.person("prg_clinic", "sub_a")


def test_a_person_cannot_be_asked_for_under_another_programme(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        installation.add_programme()
        installation.add_programme("prg_other")
        installation.keys.create_person("prg_clinic", "sub_a")
        with pytest.raises(NotFound):
            installation.keys.person("prg_other", "sub_a")


def test_a_destroyed_key_is_gone_at_once(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        installation.add_programme()
        installation.keys.create_person("prg_clinic", "sub_a")
        assert installation.keys.destroy_person("sub_a")
        assert not installation.keys.destroy_person("sub_a")
        with pytest.raises(NotFound):
            installation.keys.person("prg_clinic", "sub_a")


def test_a_key_that_may_still_lie_in_the_write_ahead_log_is_not_called_destroyed(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        installation.add_programme()
        installation.keys.create_person("prg_clinic", "sub_a")
        reader = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM person_keys").fetchall()
        with pytest.raises(Conflict, match="in use"):
            installation.keys.destroy_person("sub_a")
        reader.close()


def test_nobody_gets_two_sets_of_keys(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        installation.add_programme()
        installation.keys.create_person("prg_clinic", "sub_a")
        with pytest.raises(Conflict):
            installation.keys.create_person("prg_clinic", "sub_a")


def test_the_same_reference_looks_different_in_two_programmes(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        one, two = (installation.keys.create_programme(name) for name in ("prg_1", "prg_2"))
        assert one.lookup("file 1") == one.lookup("file 1") != two.lookup("file 1")


def test_the_root_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path, data = tmp_path / "config" / "root.key", tmp_path / "data"
    key = root_key(path, data, RANDOM, {})
    assert path.stat().st_mode & 0o777 == 0o600
    assert root_key(path, data, RANDOM, {}) == key
    with pytest.raises(SetupError, match="already"):
        make_root_key(path, data, RANDOM)


def test_a_root_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path, data = tmp_path / "root.key", tmp_path / "data"
    make_root_key(path, data, RANDOM)
    path.chmod(0o640)
    with pytest.raises(SetupError, match="chmod 600"):
        root_key(path, data, RANDOM, {})


def test_a_root_key_inside_the_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="outside"):
        root_key(tmp_path / "data" / "sub" / "root.key", tmp_path / "data", RANDOM, {})


def test_a_lost_root_key_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    with keeping(tmp_path / "data"):
        pass
    with pytest.raises(SetupError, match="missing"):
        root_key(tmp_path / "root.key", tmp_path / "data", RANDOM, {})


def test_the_root_key_can_come_from_the_environment(tmp_path: Path) -> None:
    path, data = tmp_path / "root.key", tmp_path / "data"
    assert root_key(path, data, RANDOM, {VARIABLE: ROOT.hex()}) == ROOT
    assert not path.exists()
    with pytest.raises(SetupError, match="hexadecimal"):
        root_key(path, data, RANDOM, {VARIABLE: "ab"})


def _sql(installation: Keeping, sql: str) -> None:
    with sqlite3.connect(installation.folder / "keys.db", isolation_level=None) as connection:
        connection.execute(sql)
    connection.close()
