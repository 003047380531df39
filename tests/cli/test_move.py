"""`handfast move`: to Postgres and back by command, and whoever was enrolled is known at the other end."""

from dataclasses import replace
from pathlib import Path

import pytest

from handfast.base.errors import SetupError
from handfast.base.randomness import SystemRandomness
from handfast.service.start import stop
from handfast.storage.records import export
from handfast.storage.store import Place, open_store
from support.drill import Drill
from support.postgres import PLACE, TestServer


def exported(place: Place) -> bytes:
    store = open_store(place, SystemRandomness())
    try:
        with store.engine.transaction(write=False) as scope:
            return b"".join(export(scope, store.engine.shape))
    finally:
        store.close()


def serve_from(drill: Drill, url: str) -> None:
    if url:
        (drill.folder / PLACE).write_text(url, "utf-8")
    else:
        (drill.folder / PLACE).unlink()
    drill.restart(seed=9 if url else 10)


def test_everyone_is_known_after_a_move_to_postgres_and_after_the_move_back(
    tmp_path: Path, postgres: TestServer
) -> None:
    drill, url = Drill(tmp_path), postgres.empty()
    drill.withdraw(0)
    stop(drill.desk.context)
    before = exported(drill.data / "handfast.db")
    said = drill.run("move", "--to", url)
    assert "recomputed from the leaves at the target" in said
    assert f'handfast serve --database "{url}"' in said.replace("\n", "")
    assert exported(url) == before
    with pytest.raises(SetupError, match="moved to another database"):
        open_store(drill.data / "handfast.db", SystemRandomness())
    serve_from(drill, url)
    assert [drill.accepted(person) for person in range(2)] == [False, True]
    stop(drill.desk.context)
    before = exported(url)
    drill.desk.settings = replace(drill.desk.settings, database=url)
    assert "handfast serve" in drill.run("move", "--to", "sqlite")
    assert exported(drill.data / "handfast.db") == before
    serve_from(drill, "")
    assert [drill.accepted(person) for person in range(2)] == [False, True]
    stop(drill.desk.context)


def test_a_move_to_where_the_records_are_is_refused(tmp_path: Path) -> None:
    drill = Drill(tmp_path)
    stop(drill.desk.context)
    with pytest.raises(SetupError, match="there already"):
        drill.run("move", "--to", "sqlite")
