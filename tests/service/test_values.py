"""Cards and limits as values."""

import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.errors import NotACard, TooManyTries
from handfast.service.memory.limits import FREE_TRIES, LONGEST_PAUSE, Limits, pause_after
from handfast.service.person.cards import card_id_of, new_card
from handfast.storage.keys.opened import OpenSigner
from support.service import FixedClock, SeededRandomness


def signer(seed: int = 0) -> OpenSigner:
    return OpenSigner("card", Ed25519PrivateKey.from_private_bytes(SeededRandomness(seed).bytes(32)))


@given(st.integers(0, 2**32))
def test_a_card_is_read_by_its_code_and_by_its_number(seed: int) -> None:
    card = new_card(SeededRandomness(seed), signer())
    assert card_id_of(card.payload, signer().public) == card.id
    assert card_id_of(card.number, signer().public) == card.id
    assert len(card.id) == 12


@given(st.integers(0, 2**32), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_in_a_card_number_is_noticed(seed: int, place: int, change: int) -> None:
    digits = new_card(SeededRandomness(seed), signer()).id
    wrong = digits[:place] + str((int(digits[place]) + change) % 10) + digits[place + 1 :]
    with pytest.raises(NotACard):
        card_id_of(wrong, signer().public)


@given(st.text(max_size=60))
def test_no_other_text_is_a_card(text: str) -> None:
    with contextlib.suppress(NotACard):
        assert card_id_of(text, signer().public).isdigit()


def test_a_card_of_another_server_is_refused() -> None:
    card = new_card(SeededRandomness(1), signer(1))
    with pytest.raises(NotACard):
        card_id_of(card.payload, signer(2).public)


def test_some_tries_are_free_then_pauses_double_up_to_an_hour() -> None:
    pauses = [pause_after(tries).total_seconds() for tries in range(20)]
    assert pauses[:FREE_TRIES] == [0.0] * FREE_TRIES
    assert pauses[FREE_TRIES : FREE_TRIES + 3] == [30.0, 60.0, 120.0]
    assert pauses[-1] == LONGEST_PAUSE.total_seconds()


def test_a_pass_forgets_the_failures() -> None:
    clock = FixedClock()
    limits = Limits(clock)
    for _ in range(FREE_TRIES):
        limits.failed("a")
    with pytest.raises(TooManyTries):
        limits.check("a")
    limits.check("b")
    limits.passed("a")
    limits.check("a")


def test_failures_are_forgotten_after_a_day() -> None:
    clock = FixedClock()
    limits = Limits(clock)
    for _ in range(FREE_TRIES):
        limits.failed("a")
    clock.pass_time(24 * 3600)
    limits.failed("a")
    limits.check("a")


def test_the_memory_of_failures_is_bounded() -> None:
    limits = Limits(FixedClock(), limit=2)
    for _ in range(FREE_TRIES):
        limits.failed("a")
    limits.failed("b")
    limits.failed("c")
    limits.check("a")
