"""Hearing of what changed, on either store."""

import threading
import time
from datetime import date
from pathlib import Path

import pytest

from handfast.base.errors import NotFound
from handfast.storage.tables.counts import Count
from support.keeping import Keeping, keeping

DAY = date(2026, 11, 23)


def counted(installation: Keeping) -> tuple[Count, ...]:
    with installation.store.read() as reader:
        return reader.counts.of("prg_clinic", DAY)


def test_what_holds_already_is_not_waited_for(tmp_path: Path, each_store: str) -> None:
    del each_store
    with keeping(tmp_path) as installation:
        assert installation.store.wait(60, lambda: True)


def test_a_wait_for_nothing_ends_with_its_time(tmp_path: Path, each_store: str) -> None:
    del each_store
    with keeping(tmp_path) as installation:
        assert not installation.store.wait(0.05, lambda: False)


def test_who_waits_hears_of_a_unit_of_work_long_before_the_time_is_over(tmp_path: Path, each_store: str) -> None:
    del each_store
    with keeping(tmp_path) as installation:
        installation.add_programme()
        heard: list[bool] = []
        waiting = threading.Thread(
            target=lambda: heard.append(installation.store.wait(600, lambda: bool(counted(installation))))
        )
        waiting.start()
        time.sleep(0.2)
        with installation.store.write() as unit:
            unit.counts.decline("prg_clinic", DAY, "desk 1")
        waiting.join(30)
        assert heard == [True]


def test_nobody_hears_of_what_was_undone(tmp_path: Path, each_store: str) -> None:
    del each_store
    with keeping(tmp_path) as installation:
        installation.add_programme()
        with pytest.raises(NotFound), installation.store.write() as unit:  # noqa: PT012  the whole unit is undone
            unit.counts.decline("prg_clinic", DAY, "desk 1")
            unit.subjects.get("sub_none")
        assert not installation.store.wait(0.1, lambda: bool(counted(installation)))
