"""Who is let in: as many a second as the cores get done, whatever a capture costs here."""

from itertools import count

import pytest

from handfast.base.errors import Overloaded
from handfast.capture.pace import PaceParameters
from handfast.capture.places import PlaceParameters, Places

STEP = 0.1  # seconds
NUMBERS = count()


class Watch:
    """Seconds that pass, and seconds of processor that are used, when told to."""

    def __init__(self) -> None:
        self.now = self.used = 0.0

    def places(self) -> Places:
        return Places(cores=2, now=lambda: self.now, used=lambda: self.used)


def let_in(places: Places, who: str = "capture") -> int:
    """How many captures get in at once."""
    for number in range(100):
        try:
            places.take(f"{who} {number}")
        except Overloaded:
            return number
    return 100


def worn(cost: float) -> tuple[Places, Watch]:
    """Places that have seen two captures at a time for fifteen minutes, each of so much processor in ten seconds."""
    watch = Watch()
    places = watch.places()
    for round_ in range(90):
        names = (f"one {round_}", f"other {round_}")
        for second in range(10):
            for name in names:
                (places.heard if second else places.take)(name)
            watch.now += 1.0
            watch.used += 2 * cost / 10
        for name in names:
            places.leave(name)
    return places, watch


def come_in(places: Places, watch: Watch, seconds: float, load: float) -> int:
    """How many of an endless crowd are let in, each heard until the end; so many cores are used."""
    inside, waiting = list[str](), [f"comes {next(NUMBERS)}" for _ in range(60)]
    for _ in range(round(seconds / STEP)):
        watch.now += STEP
        watch.used += STEP * load
        for who in inside:
            places.heard(who)
        for who in tuple(waiting):
            try:
                places.take(who)
            except Overloaded:
                continue
            waiting.remove(who)
            inside.append(who)
            waiting.append(f"comes {next(NUMBERS)}")
    return len(inside)


@pytest.mark.parametrize("cost", [0.5, 1.0, 2.0])
def test_people_begin_as_fast_as_captures_of_their_cost_get_done(cost: float) -> None:
    places, watch = worn(cost)
    let_in(places)
    assert come_in(places, watch, 5.0, 1.0) == pytest.approx(5.0 * 2 * PaceParameters().eager / cost, abs=2.5)


def test_one_a_core_is_always_let_in() -> None:
    assert let_in(worn(60.0)[0]) >= 2


def test_no_more_begin_together_than_a_few() -> None:
    assert let_in(worn(0.2)[0]) == int(PaceParameters().together)


def test_who_is_in_stays_in_and_may_begin_again() -> None:
    places, _ = worn(4.0)
    for number in range(let_in(places)):
        places.heard(f"capture {number}")
        places.take(f"capture {number}")


def test_the_more_photos_are_waited_for_the_fewer_begin() -> None:
    began = []
    for photos in (0, 2, 5, 12):
        places, watch = worn(1.0)
        let_in(places)
        for _ in range(photos):
            places.waited_for(1)
        began.append(come_in(places, watch, 4.0, 2.0))
    assert began == sorted(began, reverse=True)
    assert began[0] >= 7
    assert began[-1] <= 1  # who might have come before


def test_fewer_begin_where_others_on_the_machine_take_the_cores() -> None:
    began = []
    for load in (2.0, 0.5):
        places, watch = worn(1.0)
        let_in(places)
        for _ in range(3):  # photos wait, and this is all that the cores give
            places.waited_for(1)
        come_in(places, watch, 40.0, load)
        watch.now += 20.0
        watch.used += 20.0 * load
        began.append(come_in(places, watch, 10.0, load))
    assert began[1] <= began[0] / 2
    assert began[0] > 15


def test_pictures_are_asked_for_less_often_the_more_of_the_cores_is_taken() -> None:
    places, _ = worn(9.0)
    assert places.next_in_ms == PlaceParameters().often
    places.take("one")
    places.take("other")
    assert 290 <= places.next_in_ms <= PlaceParameters().seldom


def test_nothing_that_is_done_while_nobody_is_captured_counts() -> None:
    places, watch = worn(1.0)
    for _ in range(60):
        watch.now += 1.0
        watch.used += 2.0
        places.leave("nobody")
    let_in(places)
    assert come_in(places, watch, 5.0, 1.0) == pytest.approx(10.8, abs=1.5)


def test_nobody_more_is_let_in_while_frames_are_answered_late() -> None:
    places, watch = worn(0.1)
    for name in ("one", "other"):
        places.take(name)
    for _ in range(30):
        places.answered(0.5)
    with pytest.raises(Overloaded):
        places.take("third")
    places.take("one")  # who is in is in
    for _ in range(30):
        watch.now += 0.2
        places.answered(0.05)
    places.take("third")


def told_to_wait(places: Places, who: str) -> int:
    """The seconds after which somebody who is not let in is to come back."""
    with pytest.raises(Overloaded) as told:
        places.take(who)
    return told.value.retry_after


def test_those_who_wait_come_in_about_the_order_in_which_they_asked() -> None:
    places, watch = worn(4.0)
    let_in(places)
    waiting = [f"waits {number}" for number in range(40)]
    waits = {who: told_to_wait(places, who) for who in waiting}
    assert list(waits.values()) == sorted(waits.values())
    assert waits[waiting[0]] < waits[waiting[-1]] <= PlaceParameters().slowest
    came = list[str]()
    for _ in range(40):
        watch.now += 1.0
        for who in came:
            places.heard(who)
        for who in reversed([who for who in waiting if who not in came]):  # the last to ask tries first
            try:
                places.take(who)
                came.append(who)
            except Overloaded:
                pass
    assert len(came) > 10
    most = PlaceParameters().abreast + PaceParameters().together
    assert all(waiting.index(who) <= place + most for place, who in enumerate(came))


def test_whoever_asks_no_more_is_not_waited_for_and_an_idle_server_lets_in_at_once() -> None:
    places, watch = worn(4.0)
    let_in(places)
    for number in range(100):
        told_to_wait(places, f"gives up {number}")
    watch.now += 20.0  # whoever was in has fallen silent
    assert let_in(places, "comes later") == int(PaceParameters().together)


def test_who_waits_is_told_again_by_the_line_alone_and_nobody_else_gets_into_it_so() -> None:
    places, _ = worn(2.0)
    inside = let_in(places)

    def told(who: str) -> int:
        with pytest.raises(Overloaded) as waits:
            places.take(who)
        return waits.value.retry_after

    places.wait("a stranger")
    first = told("first")
    for number in range(12):
        told(f"waits {number}")
    with pytest.raises(Overloaded) as again:
        places.wait("first")
    assert again.value.retry_after == first
    places.wait("a stranger")
    assert told("a stranger") > first
    for number in range(inside):
        places.leave(f"capture {number}")
    places.wait("first")
    places.take("first")
    places.wait("first")
