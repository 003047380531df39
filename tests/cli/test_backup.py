"""The drill: copies are made, people withdraw and enrol, everything is lost, the copies come back."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from handfast.audit.verify import verify_log
from handfast.base.errors import Conflict, SetupError
from handfast.base.randomness import SystemRandomness
from handfast.cli import backup as backing
from handfast.consent.terms import KEY_COPIES_DAYS
from handfast.service.owner import voices
from handfast.service.start import RESTORING, stop
from handfast.storage.discard import discard_moved
from handfast.storage.keys.destroyed import FILE
from handfast.storage.move import copy_records
from handfast.storage.store import open_records, open_store
from handfast.storage.tables.subjects import SubjectState
from support.drill import NOW, Drill
from support.postgres import TestServer

SPOKEN = b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 2


@pytest.fixture
def server(request: pytest.FixtureRequest, each_store: str) -> TestServer | None:
    return request.getfixturevalue("postgres") if each_store == "postgres" else None


@pytest.fixture
def drill(tmp_path: Path, each_store: str) -> Drill:
    del each_store
    return Drill(tmp_path)


def test_a_restore_brings_everyone_back_but_those_who_withdrew_meanwhile(
    drill: Drill, server: TestServer | None
) -> None:
    voices.keep(drill.desk.context, drill.desk.admin, "sw", "agree", SPOKEN, "audio/webm")
    with drill.desk.context.store.read() as reader:
        anchor = reader.log.tree().note
    records, keys = drill.backup()
    drill.withdraw(0)
    drill.withdraw(1)
    drill.lose_everything(server)
    said = drill.run("restore", records, "--keys", keys, "--destroyed", drill.folder / FILE)
    assert "2 with their keys" in said
    assert "1 spoken prompts" in said
    drill.restart()
    spoken = voices.recording(drill.desk.context, "sw", "agree")
    assert spoken is not None
    assert (spoken.path.read_bytes(), spoken.media_type) == (SPOKEN, "audio/webm")
    with drill.desk.context.store.read() as reader:
        states = reader.subjects.count(drill.desk.programme.id)
        leaves, note = list(reader.log.leaves()), reader.log.tree().note
        assert reader.templates.without_consent() == 0
    assert states == {SubjectState.PENDING: 2, SubjectState.WITHDRAWN: 2}
    assert len(drill.desk.context.keys.people()) == 2
    verify_log(leaves, note, [anchor], expected_key=drill.desk.context.log.verifier_key)
    assert [drill.accepted(person) for person in range(4)] == [False, False, True, True]
    stop(drill.desk.context)


def test_records_that_went_back_in_time_are_not_served_until_withdrawals_are_replayed(drill: Drill) -> None:
    """As after a point-in-time recovery of the database: its keys are of today."""
    records, _ = drill.backup()
    drill.withdraw(0)
    stop(drill.desk.context)
    rewind(drill, records)
    with pytest.raises(SetupError, match="1 people in the records have no keys"):
        drill.restart()
    assert "0 with their keys, 1 without" in drill.run("restore", "--replay")
    drill.restart()
    with drill.desk.context.store.read() as reader:
        assert reader.subjects.count(drill.desk.programme.id) == {SubjectState.PENDING: 3, SubjectState.WITHDRAWN: 1}
        assert reader.templates.without_consent() == 0
        kinds = [b'"kind":"restore"' in leaf for leaf in reader.log.leaves()]
    assert sum(kinds) == 1
    assert not drill.accepted(0)
    assert drill.accepted(1)
    stop(drill.desk.context)


def rewind(drill: Drill, records: Path) -> None:
    """Put older records in the place of those there are, by other means than ours."""
    settings = drill.desk.settings
    discard(settings.database or settings.data_dir / "handfast.db")
    with open_records(records) as (source, shapes):
        target = open_store(settings.database or settings.data_dir / "handfast.db", SystemRandomness())
        copy_records(source, shapes, target, lambda _table, _rows: None)
        target.close()


def discard(place: Path | str) -> None:
    store = open_store(place, SystemRandomness())
    store.moved("nowhere")
    store.close()
    discard_moved(place)


def test_a_restore_that_was_cut_short_is_not_served(drill: Drill) -> None:
    drill.backup()
    stop(drill.desk.context)
    (drill.data / RESTORING).touch()
    with pytest.raises(SetupError, match="cut short"):
        drill.restart()
    drill.run("restore", "--replay")
    drill.restart()
    assert drill.accepted(2)
    stop(drill.desk.context)


def test_nothing_is_restored_over_what_is_there(drill: Drill) -> None:
    records, keys = drill.backup()
    stop(drill.desk.context)
    with pytest.raises(SetupError, match="newer than any copy"):
        drill.run("restore", records, "--keys", keys)
    with pytest.raises(Conflict, match="holds records"):
        drill.run("restore", records)


def test_keys_and_records_are_not_copied_into_one_place(tmp_path: Path) -> None:
    drill = Drill(tmp_path)
    for keys in (drill.records, drill.records / "keys", drill.records.parent):
        with pytest.raises(SetupError, match="apart"):
            drill.run("backup", drill.records, "--keys", keys)
    stop(drill.desk.context)


def test_copies_of_keys_live_seven_days(tmp_path: Path) -> None:
    drill = Drill(tmp_path)
    drill.backup()
    for days in (6, 8):
        stamp = (NOW - timedelta(days=days)).strftime("%Y%m%dT%H%M%SZ")
        (drill.keys / f"keys-{stamp}.db").write_bytes(b"old")
    assert backing.drop_old(drill.keys, NOW - timedelta(days=KEY_COPIES_DAYS)) == 1
    assert len(list(drill.keys.glob("keys-*.db"))) == 2
    stop(drill.desk.context)


def test_a_prompt_that_is_being_replaced_is_not_copied_in_halves(tmp_path: Path) -> None:
    for name, whole in (("agree", True), ("card", False)):
        file = tmp_path / "from" / "sw" / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"file": f"{name}.audio", "type": "audio/webm", "by": ""}), "utf-8")
        if whole:
            file.with_name(f"{name}.audio").write_bytes(SPOKEN)
    assert voices.copied(tmp_path / "from", tmp_path / "to") == 1
    assert sorted(path.name for path in (tmp_path / "to" / "sw").iterdir()) == ["agree.audio", "agree.json"]


def test_copies_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    drill = Drill(tmp_path)
    for copy in drill.backup():
        assert copy.stat().st_mode & 0o077 == 0
        assert copy.parent.stat().st_mode & 0o077 == 0
    stop(drill.desk.context)


def test_the_list_of_destroyed_keys_does_not_tell_in_which_order(tmp_path: Path) -> None:
    drill = Drill(tmp_path)
    for person in (2, 0, 3):
        drill.withdraw(person)
    lines = (drill.data / FILE).read_text("utf-8").split()
    assert len(lines) == 3
    assert lines == sorted(lines)
    stop(drill.desk.context)
