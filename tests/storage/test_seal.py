"""What a seal refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.errors import SealBroken
from handfast.storage.keys.seal import associated, derive, seal, unseal

KEY = bytes(range(32))
words = st.lists(st.text(), max_size=4)


@given(st.binary(max_size=200), words)
def test_what_is_sealed_opens_in_its_place(plain: bytes, place: list[str]) -> None:
    assert unseal(KEY, seal(KEY, plain, *place), *place) == plain


@given(words, words)
def test_what_is_sealed_for_one_place_does_not_open_in_another(one: list[str], two: list[str]) -> None:
    if one != two:
        assert associated(*one) != associated(*two)
        with pytest.raises(SealBroken):
            unseal(KEY, seal(KEY, b"x", *one), *two)


@given(st.data())
def test_no_single_flipped_bit_opens(data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, b"a template", "place"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(sealed), "place")


@pytest.mark.parametrize("length", [0, 5, 12, 27])
def test_too_few_bytes_are_a_broken_seal(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(length), "place")


def test_the_same_thing_never_looks_the_same_twice() -> None:
    assert seal(KEY, b"x", "place") != seal(KEY, b"x", "place")


def test_keys_for_two_uses_differ() -> None:
    assert derive(KEY, "a", "b") != derive(KEY, "ab")
