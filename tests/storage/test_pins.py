"""Attacks on the PIN of a private code."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from handfast.audit.private_code import code_lookup
from handfast.base.errors import Conflict, NotAuthorised, RequestError, TooManyTries
from handfast.storage.pins import FREE_TRIES, Pins
from support.keeping import Keeping, keeping
from support.service import FixedClock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Desk:
    """One person with the PIN 2580."""

    def __init__(self, installation: Keeping, clock: FixedClock) -> None:
        self.clock = clock
        self.installation = installation
        self.ada = installation.enrol(installation.add_programme(), "file 1")
        self.lookup = code_lookup(self.ada.secret)
        self.pins = Pins(installation.store, installation.keys.peppered, clock, CHEAP)
        self.pins.choose(self.lookup, "2580")

    def wrong(self, times: int) -> None:
        for _ in range(times):
            with pytest.raises(NotAuthorised):
                self.pins.open(self.lookup, "0000")


@pytest.fixture
def desk(tmp_path: Path, each_store: str) -> Iterator[Desk]:
    del each_store
    clock = FixedClock()
    with keeping(tmp_path, clock) as installation:
        yield Desk(installation, clock)


def test_code_and_pin_together_open(desk: Desk) -> None:
    assert desk.pins.open(desk.lookup, "2580").subject_id == desk.ada.subject_id


def test_a_wrong_pin_and_an_unknown_code_get_one_answer(desk: Desk) -> None:
    with pytest.raises(NotAuthorised) as wrong:
        desk.pins.open(desk.lookup, "0000")
    with pytest.raises(NotAuthorised) as unknown:
        desk.pins.open(b"unknown", "2580")
    assert str(wrong.value) == str(unknown.value)


def test_a_code_whose_pin_was_never_chosen_opens_nothing(desk: Desk) -> None:
    with desk.installation.store.read() as reader:
        programme = reader.programmes.get(desk.ada.programme_id)
    bea = desk.installation.enrol(programme, "file 2")
    for pin in ("", "0000"):
        with pytest.raises(NotAuthorised):
            desk.pins.open(code_lookup(bea.secret), pin)


def test_after_five_wrong_tries_even_the_right_pin_has_to_wait(desk: Desk) -> None:
    desk.wrong(FREE_TRIES)
    with pytest.raises(TooManyTries):
        desk.pins.open(desk.lookup, "2580")
    desk.clock.pass_time(61)
    assert desk.pins.open(desk.lookup, "2580").subject_id == desk.ada.subject_id


def test_the_delay_grows_to_a_day_and_no_further(desk: Desk) -> None:
    desk.wrong(FREE_TRIES)
    waits = []
    for _ in range(14):
        with desk.installation.store.read() as reader:
            row = reader.cards.private_code(desk.lookup)
        assert row is not None
        assert row.next_try_at is not None
        waits.append(row.next_try_at - desk.clock.now())
        desk.clock.pass_time(waits[-1].total_seconds() + 1)
        desk.wrong(1)
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert waits[-1] == timedelta(days=1)


def test_the_right_pin_forgives_earlier_mistakes(desk: Desk) -> None:
    desk.wrong(FREE_TRIES - 1)
    desk.pins.open(desk.lookup, "2580")
    desk.wrong(FREE_TRIES - 1)
    desk.pins.open(desk.lookup, "2580")


def test_a_try_counts_even_if_the_server_dies_while_looking(desk: Desk) -> None:
    class Dying(PasswordHasher):
        def verify(self, *_: object) -> bool:  # type: ignore[override]
            raise KeyboardInterrupt

    dying = Pins(desk.installation.store, desk.installation.keys.peppered, desk.clock, Dying(1, 8, 1))
    for _ in range(FREE_TRIES):
        with pytest.raises(KeyboardInterrupt):
            dying.open(desk.lookup, "0000")
    with pytest.raises(TooManyTries):
        desk.pins.open(desk.lookup, "2580")


def test_a_stolen_database_without_the_root_key_does_not_let_pins_be_tried(desk: Desk) -> None:
    thief = Pins(desk.installation.store, lambda _pin: bytes(32), desk.clock, CHEAP)
    with pytest.raises(NotAuthorised):
        thief.open(desk.lookup, "2580")


@pytest.mark.parametrize("pin", ["", "123", "1" * 13, "12a4", "１２３４"])
def test_what_is_not_four_to_twelve_digits_is_no_pin(desk: Desk, pin: str) -> None:
    with pytest.raises(RequestError):
        desk.pins.choose(desk.lookup, pin)


def test_a_pin_is_chosen_once(desk: Desk) -> None:
    with pytest.raises(Conflict):
        desk.pins.choose(desk.lookup, "1357")
    with pytest.raises(Conflict):
        desk.pins.choose(b"unknown", "1357")
    assert desk.pins.open(desk.lookup, "2580").subject_id == desk.ada.subject_id
