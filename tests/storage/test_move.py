"""Moving all records: nothing is lost, nothing is half there, and nobody opens the old place any more."""

import random
from pathlib import Path
from typing import Any

import pytest

from handfast.audit.withdrawal import withdraw
from handfast.base.errors import Conflict, LogBroken, SetupError
from handfast.base.randomness import SystemRandomness
from handfast.storage.discard import discard_moved
from handfast.storage.move import copy_records
from handfast.storage.records import export
from handfast.storage.store import Place, Store, open_store
from support.keeping import Keeping, Person, face, finger, keeping
from support.postgres import PLACE, TestServer

RANDOM = SystemRandomness()


def unheard(_table: str, _rows: int) -> None:
    pass


def people(installation: Keeping, number: int = 6) -> list[Person]:
    """Some with many bytes, the first withdrawn, everyone used."""
    chance = random.Random(number)
    programme = installation.add_programme()
    there = [
        installation.enrol(programme, f"file {each}", (face(bytes(512)), finger(chance.randbytes(3_000))))
        for each in range(number)
    ]
    for person in there:
        installation.use(person)
    gone = there.pop(0)
    withdraw(
        installation.store, installation.keys, installation.log, gone.programme_id, gone.subject_id, "key_test", {}
    )
    return there


def exported(store: Store) -> bytes:
    with store.engine.transaction(write=False) as scope:
        return b"".join(export(scope, store.engine.shape))


def moved(old: Store, place: Place) -> bytes:
    """Move everything to a place; what an export says there."""
    discard_moved(place)
    new = open_store(place, RANDOM)
    with old.engine.transaction(write=False) as source:
        copy_records(source, old.engine.shape, new, unheard)
    there = exported(new)
    new.close()
    old.moved("another place")
    return there


def test_there_and_back_again_not_a_byte_differs(tmp_path: Path, postgres: TestServer) -> None:
    with keeping(tmp_path) as installation:
        staying = people(installation)
        before = exported(installation.store)
        url = postgres.empty()
        assert moved(installation.store, url) == before
    (tmp_path / PLACE).write_text(url, "utf-8")
    with keeping(tmp_path) as installation:
        assert exported(installation.store) == before
        for person in staying:
            with installation.store.read() as reader:
                opened = installation.open(reader, installation.authorise(reader, person))
            assert len(opened.templates) == 2
        assert moved(installation.store, tmp_path / "handfast.db") == before
    (tmp_path / PLACE).unlink()
    with keeping(tmp_path) as installation:
        assert exported(installation.store) == before


def test_life_goes_on_where_the_records_were_moved_to(tmp_path: Path, postgres: TestServer) -> None:
    with keeping(tmp_path) as installation:
        staying = people(installation)
        url = postgres.empty()
        moved(installation.store, url)
    (tmp_path / PLACE).write_text(url, "utf-8")
    with keeping(tmp_path) as installation:
        with installation.store.read() as reader:
            programme = reader.programmes.get(staying[0].programme_id)
        installation.enrol(programme, "a new file", tuple(finger(bytes(9_000)) for _ in range(3)))
        installation.use(staying[0])
        assert installation.recover().orphan_keys == 0


def test_a_place_that_was_moved_from_is_not_opened_any_more(tmp_path: Path, postgres: TestServer) -> None:
    with keeping(tmp_path) as installation:
        people(installation)
        moved(installation.store, postgres.empty())
    with pytest.raises(SetupError, match="moved"):
        open_store(tmp_path / "handfast.db", RANDOM)


def test_records_are_never_moved_onto_records(tmp_path: Path, postgres: TestServer) -> None:
    with keeping(tmp_path / "one") as one, keeping(tmp_path / "two") as two:
        people(one)
        people(two)
        before = exported(two.store)
        with pytest.raises(Conflict), one.store.engine.transaction(write=False) as source:
            copy_records(source, one.store.engine.shape, two.store, unheard)
        assert exported(two.store) == before
        discard_moved(tmp_path / "two" / "handfast.db")
        assert exported(two.store) == before


def test_a_move_cut_short_leaves_an_empty_place_and_all_records_where_they_were(
    tmp_path: Path, postgres: TestServer
) -> None:
    class Cut(BaseException):
        pass

    def cut(table: str, _rows: int) -> None:
        if table == "details":
            raise Cut

    url = postgres.empty()
    with keeping(tmp_path) as installation:
        people(installation)
        before = exported(installation.store)
        new = open_store(url, RANDOM)
        empty = exported(new)
        with pytest.raises(Cut), installation.store.engine.transaction(write=False) as source:
            copy_records(source, installation.store.engine.shape, new, cut)
        assert exported(new) == empty
        new.close()
        assert moved(installation.store, url) == before


@pytest.mark.parametrize("table", ["counts", "templates", "details"])
def test_a_row_lost_on_the_way_is_noticed(
    tmp_path: Path, postgres: TestServer, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    with keeping(tmp_path) as installation:
        people(installation)
        with installation.store.write() as unit:
            unit.counts.decline("prg_clinic", installation.clock.now().date(), "desk 1")
        new = open_store(postgres.empty(), RANDOM)
        fill = type(new.engine.writer).fill  # type: ignore[attr-defined]  # both engines have a writer

        def losing(self: Any, sql: str, rows: Any) -> None:
            fill(self, sql, rows[:-1] if sql.startswith(f"INSERT INTO {table} ") else rows)

        monkeypatch.setattr(type(new.engine.writer), "fill", losing)  # type: ignore[attr-defined]
        with pytest.raises(LogBroken, match=table), installation.store.engine.transaction(write=False) as source:
            copy_records(source, installation.store.engine.shape, new, unheard)
        new.close()
