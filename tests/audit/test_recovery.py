"""A crash at every step of enrolling and withdrawing, and what start-up makes of it."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from handfast.audit import ratchet, withdrawal
from handfast.audit.log import Log
from handfast.audit.withdrawal import withdraw
from handfast.base.errors import NotFound
from handfast.storage.keys.store import Keys
from handfast.storage.tables.subjects import SubjectState
from support.keeping import Keeping, Person, keeping


class Crash(BaseException):
    """The process died here."""


def crash(*_: object, **__: object) -> None:
    raise Crash


def withdraw_ada(installation: Keeping, ada: Person) -> None:
    withdraw(installation.store, installation.keys, installation.log, ada.programme_id, ada.subject_id, "key_test", {})


def tag_of_use(ada: Person, use: int) -> str:
    state = ratchet.first_state(ada.secret, ada.subject_id)
    for _ in range(use):
        state = ratchet.next_state(state)
    return ratchet.tag(state)


def destroy_then_crash(keys: Keys, subject_id: str) -> None:
    destroy(keys, subject_id)
    raise Crash


destroy = Keys.destroy_person
CRASHES: list[tuple[object, str, Callable[..., None]]] = [
    (withdrawal, "finish", crash),
    (Keys, "destroy_person", crash),
    (Keys, "destroy_person", destroy_then_crash),
]


@pytest.mark.parametrize(
    ("owner", "name", "death"), CRASHES, ids=["after the first leaf", "before the key", "after it"]
)
def test_a_withdrawal_cut_short_after_its_first_leaf_is_finished_at_start(
    tmp_path: Path, owner: object, name: str, death: Callable[..., None]
) -> None:
    with keeping(tmp_path) as installation:
        ada = installation.enrol(installation.add_programme(), "file 1")
        with patch.object(owner, name, death), pytest.raises(Crash):
            withdraw_ada(installation, ada)
    with keeping(tmp_path) as installation:
        assert installation.recover().withdrawals == 1
        with pytest.raises(NotFound):
            installation.keys.person(ada.programme_id, ada.subject_id)
        with installation.store.read() as reader:
            assert reader.subjects.get(ada.subject_id).state is SubjectState.WITHDRAWN
            assert reader.templates.of(ada.subject_id) == ()
            kinds = [reader.log.by_tag(tag_of_use(ada, use)) for use in (1, 2)]
            assert [kind is not None and kind.raw.split(b'"kind":"')[1][:5] for kind in kinds] == [b"withd", b"erase"]
            assert reader.log.erasures() == ()
        assert installation.recover().withdrawals == 0


def test_a_withdrawal_cut_short_before_it_was_committed_did_not_happen(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        ada = installation.enrol(installation.add_programme(), "file 1")
        with patch.object(Log, "append_draft", crash), pytest.raises(Crash):
            withdraw_ada(installation, ada)
        assert installation.recover().withdrawals == 0
        with installation.store.read() as reader:
            assert installation.authorise(reader, ada).subject_id == ada.subject_id


def test_a_key_made_for_an_enrolment_that_never_came_is_dropped(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        programme = installation.add_programme()
        ada = installation.enrol(programme, "file 1")
        with patch.object(Log, "begin", crash), pytest.raises(Crash):
            installation.enrol(programme, "file 2")
    with keeping(tmp_path) as installation:
        assert installation.recover().orphan_keys == 1
        assert installation.keys.people() == (ada.subject_id,)
        with installation.store.read() as reader:
            assert reader.templates.without_consent() == 0


def test_a_key_of_a_programme_that_was_never_made_is_dropped(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        with patch.object(Log, "append", crash), pytest.raises(Crash):
            installation.add_programme()
        assert installation.recover().orphan_keys == 1
        assert installation.add_programme().id == "prg_clinic"


def test_a_key_that_a_restored_backup_brought_back_is_dropped_again(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        ada = installation.enrol(installation.add_programme(), "file 1")
        backup = (tmp_path / "keys.db").read_bytes()
        withdraw_ada(installation, ada)
    (tmp_path / "keys.db").write_bytes(backup)
    with keeping(tmp_path) as installation:
        assert installation.keys.people() == (ada.subject_id,)
        assert installation.recover().orphan_keys == 1
        with pytest.raises(NotFound):
            installation.keys.person(ada.programme_id, ada.subject_id)


def test_the_schema_itself_is_whole_after_all_that(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        ada = installation.enrol(installation.add_programme(), "file 1")
        withdraw_ada(installation, ada)
    for name in ("handfast.db", "keys.db"):
        connection = sqlite3.connect(tmp_path / name)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()
