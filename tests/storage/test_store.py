"""The store's promises about units of work."""

import contextlib
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from handfast.audit.leaf import LeafKind
from handfast.base.errors import Conflict, NotFound, RecordError, SetupError
from handfast.base.randomness import SystemRandomness
from handfast.storage.engines import postgres_engine
from handfast.storage.store import open_snapshot, open_store
from handfast.storage.tables.counts import Count
from support.keeping import Keeping, keeping
from support.postgres import place_of
from support.raw import raw

DAY = date(2026, 11, 23)


@pytest.fixture
def installation(tmp_path: Path, each_store: str) -> Iterator[Keeping]:
    del each_store
    with keeping(tmp_path) as opened:
        opened.add_programme()
        yield opened


def test_a_unit_of_work_that_raises_leaves_nothing(installation: Keeping) -> None:
    with pytest.raises(NotFound):  # noqa: PT012, SIM117  the whole unit is what raises
        with installation.store.write() as unit:
            unit.counts.decline("prg_clinic", DAY, "desk 1")
            unit.subjects.get("sub_none")
    with installation.store.read() as reader:
        assert reader.counts.of("prg_clinic", DAY) == ()


def test_a_reader_does_not_see_what_is_not_committed(installation: Keeping) -> None:
    with installation.store.write() as unit:
        unit.counts.decline("prg_clinic", DAY, "desk 1")
        with installation.store.read() as reader:
            assert reader.counts.of("prg_clinic", DAY) == ()
    with installation.store.read() as reader:
        assert len(reader.counts.of("prg_clinic", DAY)) == 1


def test_a_snapshot_stays_as_it_was_while_others_write(installation: Keeping) -> None:
    with installation.store.read() as reader:
        assert reader.counts.of("prg_clinic", DAY) == ()
        with installation.store.write() as unit:
            unit.counts.decline("prg_clinic", DAY, "desk 1")
        assert reader.counts.of("prg_clinic", DAY) == ()


def test_a_unit_of_work_cannot_be_opened_inside_another(installation: Keeping) -> None:
    with installation.store.write(), pytest.raises(RuntimeError), installation.store.write():
        pass


def test_nothing_can_be_written_through_a_unit_that_is_over(installation: Keeping) -> None:
    with installation.store.write() as unit:
        pass
    with pytest.raises(RuntimeError, match="over"):
        unit.counts.decline("prg_clinic", DAY, "desk 1")


def test_two_processes_cannot_use_one_database(installation: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_engine, "CLAIM_SECONDS", 0.1)
    with pytest.raises(Conflict, match="another process"):
        open_store(place_of(installation.folder), SystemRandomness())


def test_a_snapshot_can_be_read_beside_a_running_server(installation: Keeping) -> None:
    with open_snapshot(place_of(installation.folder)) as reader:
        assert reader.programmes.get("prg_clinic").name == "Clinic"


def test_a_snapshot_of_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecordError), open_snapshot(tmp_path / "none.db"):
        pass


def test_writers_in_many_threads_lose_nothing(installation: Keeping) -> None:
    def count() -> None:
        for _ in range(10):
            with installation.store.write() as unit:
                unit.counts.decline("prg_clinic", DAY, "desk 1")

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with installation.store.read() as reader:
        assert reader.counts.of("prg_clinic", DAY) == (Count("prg_clinic", DAY, "desk 1", "decline", "", 40),)


def test_the_log_of_writes_is_emptied_later_when_a_reader_was_in_the_way(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        installation.add_programme()
        wal = tmp_path / "handfast.db-wal"
        programme = installation.keys.programme("prg_clinic")
        with installation.store.read() as reader:
            reader.programmes.all()
            with installation.store.write() as unit:
                installation.log.append(unit, programme, LeafKind.PROGRAMME, "adm", {})
            assert wal.stat().st_size > 0
        with installation.store.write() as unit:
            unit.counts.decline("prg_clinic", DAY, "desk 1")
        assert wal.stat().st_size == 0


def test_declines_are_counted_by_day_and_desk_and_nothing_else(installation: Keeping) -> None:
    columns = set(installation.store.engine.shape("counts").columns)
    assert columns == {"programme_id", "day", "desk", "kind", "cause", "number"}


def test_files_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    with keeping(tmp_path):
        for name in ("handfast.db", "keys.db", "handfast.db-wal", "keys.db-wal"):
            assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path, each_store: str) -> None:
    del each_store
    with keeping(tmp_path):
        pass
    with raw(tmp_path) as connection:
        connection.execute("INSERT INTO migrations VALUES ('9999_future.sql')")
    with pytest.raises(SetupError, match="newer"):
        open_store(place_of(tmp_path), SystemRandomness())


def test_an_unknown_programme_is_an_error(installation: Keeping) -> None:
    with installation.store.read() as reader, pytest.raises(NotFound):
        reader.programmes.get("prg_none")


def test_a_refusal_undoes_the_whole_unit_of_work_even_where_somebody_catches_it(installation: Keeping) -> None:
    with installation.store.read() as reader:
        programme = reader.programmes.get("prg_clinic")
    with pytest.raises(Conflict), installation.store.write() as unit:  # noqa: PT012  the end of the unit raises
        unit.counts.decline("prg_clinic", DAY, "desk 1")
        with contextlib.suppress(Conflict):
            unit.programmes.add(programme)
    with installation.store.read() as reader:
        assert reader.counts.of("prg_clinic", DAY) == ()


def test_nothing_more_is_done_in_a_unit_of_work_after_a_refusal(installation: Keeping) -> None:
    with installation.store.read() as reader:
        programme = reader.programmes.get("prg_clinic")
    with pytest.raises(Conflict), installation.store.write() as unit:  # noqa: PT012  the end of the unit raises
        with contextlib.suppress(Conflict):
            unit.programmes.add(programme)
        with pytest.raises(Conflict):
            unit.counts.decline("prg_clinic", DAY, "desk 1")


def test_rows_come_back_as_they_were_put(installation: Keeping) -> None:
    programme = installation.add_programme("prg_second")
    with installation.store.read() as reader:
        assert reader.programmes.get("prg_second") == programme
