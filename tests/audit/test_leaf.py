"""The form of a leaf, which cannot be changed later."""

import json
from datetime import UTC, datetime, timedelta, timezone

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from handfast.audit.leaf import Leaf, LeafKind, commit, encode_details, to_the_minute

text = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.integers(0, 2**53 - 1), text, st.one_of(st.none(), text))
def test_a_leaf_is_canonical_json_whatever_is_in_it(n: int, word: str, tag: str | None) -> None:
    leaf = Leaf(n, "2026-11-23T06:15Z", word, word, word, tag, word, tag)
    assert leaf.encode() == rfc8785.dumps(json.loads(leaf.encode()))


def test_the_form_of_a_leaf_is_what_it_always_was() -> None:
    leaf = Leaf(7, "2026-11-23T06:15Z", LeafKind.CHECK, "prg_1", "key_1", "aa", "bb", None)
    assert leaf.encode() == (
        b'{"actor":"key_1","at":"2026-11-23T06:15Z","commitment":"bb","consent":null,"kind":"check",'
        b'"n":7,"programme":"prg_1","tag":"aa"}'
    )


def test_a_time_is_told_to_the_minute_in_utc() -> None:
    east = timezone(timedelta(hours=3))
    assert to_the_minute(datetime(2026, 11, 23, 9, 15, 59, tzinfo=east)) == "2026-11-23T06:15Z"
    assert to_the_minute(datetime(2026, 1, 2, 3, 4, tzinfo=UTC)) == "2026-01-02T03:04Z"


def test_no_kind_of_leaf_tells_an_outcome() -> None:
    for kind in LeafKind:
        assert not {"accept", "refus", "reject", "refer", "fail"} & {kind.value[:6], kind.value[:5], kind.value[:4]}


def test_a_commitment_hides_what_it_holds_and_holds_it() -> None:
    assert commit(bytes(32), b"accepted") != commit(bytes([1] * 32), b"accepted")
    assert commit(bytes(32), b"accepted") != commit(bytes(32), b"referred")


def test_details_are_written_in_one_way_only() -> None:
    assert encode_details({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()


@given(st.dictionaries(text, st.one_of(text, st.integers(-(2**53) + 1, 2**53 - 1), st.none())))
def test_details_are_canonical_json_whatever_is_in_them(details: dict[str, str | int | None]) -> None:
    assert encode_details(details) == rfc8785.dumps(details)
