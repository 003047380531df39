"""What the slab must never do."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handfast.base.errors import NotFound
from handfast.storage.engines.slab import FREE, SPARE, Slab
from handfast.storage.engines.sqlite import SqliteDatabase


@pytest.fixture
def slab() -> Iterator[Slab]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE slots (slot INTEGER PRIMARY KEY, owner BLOB NOT NULL, data BLOB NOT NULL)")
    yield Slab(SqliteDatabase(connection), 64)
    connection.close()


@given(st.lists(st.binary(max_size=400), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_what_is_put_comes_back_and_nothing_else_does(slab: Slab, contents: list[bytes]) -> None:
    handles = [slab.put(content) for content in contents]
    assert [slab.get(handle) for handle in handles] == contents
    assert slab.get_all(handles) == dict(zip(handles, contents, strict=True))
    for handle in handles[::2]:
        slab.blank(handle)
    for handle, content in list(zip(handles, contents, strict=True))[1::2]:
        assert slab.get(handle) == content
    for handle in handles[::2]:
        with pytest.raises(NotFound):
            slab.get(handle)
        with pytest.raises(NotFound):
            slab.get_all([*handles[1::2], handle])


def test_a_blanked_slot_is_used_again(slab: Slab) -> None:
    for _ in range(3 * SPARE):
        slab.blank(slab.put(b"x"))
    rows = slab._database.query("SELECT COUNT(*) FROM slots")
    assert rows[0][0] == SPARE


def test_the_free_slots_cannot_be_read(slab: Slab) -> None:
    slab.put(b"x")
    with pytest.raises(NotFound):
        slab.get(FREE)
    with pytest.raises(NotFound):
        slab.get_all([FREE])


def test_a_replacement_must_fit_the_slot(slab: Slab) -> None:
    handle = slab.put(b"x")
    slab.replace(handle, bytes(60))
    assert slab.get(handle) == bytes(60)
    with pytest.raises(ValueError, match="too many"):
        slab.replace(handle, bytes(61))


def test_more_than_the_slab_can_count_is_refused(slab: Slab) -> None:
    with pytest.raises(ValueError, match="too many"):
        slab.put(bytes(60 * 256))


def test_slots_are_not_taken_in_order(slab: Slab) -> None:
    handles = [slab.put(b"x") for _ in range(40)]
    slots = [slab._database.query("SELECT slot FROM slots WHERE owner = ?", (h,))[0][0] for h in handles]
    assert slots != sorted(slots)  # type: ignore[type-var]
