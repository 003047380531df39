"""Who is let in: as many as the workers can guide, whatever a capture costs here."""

import pytest

from handfast.base.errors import Overloaded
from handfast.capture.places import PlaceParameters, Places


class Watch:
    """Seconds that pass, and seconds of processor that are used, when told to."""

    def __init__(self) -> None:
        self.now = self.used = 0.0

    def places(self) -> Places:
        return Places(cores=2, now=lambda: self.now, used=lambda: self.used)


def let_in(places: Places, first: int = 0) -> int:
    """How many captures get in at once."""
    for number in range(100):
        try:
            places.take(f"capture {first + number}")
        except Overloaded:
            return number
    return 100


def worn(cost: float) -> tuple[Places, Watch]:
    """Places that have seen two captures for five minutes, each of which took so much of a core."""
    watch = Watch()
    places = watch.places()
    for _ in range(300):
        for name in ("one", "other"):
            places.heard(name)
        watch.now += 1.0
        watch.used += 2 * cost
    places.leave("one")
    places.leave("other")
    return places, watch


@pytest.mark.parametrize(("cost", "places"), [(0.1, 17), (0.2, 10), (0.4, 5), (3.0, 2)])
def test_the_dearer_a_capture_is_the_fewer_are_let_in_but_one_a_worker_always(cost: float, places: int) -> None:
    assert let_in(worn(cost)[0]) == pytest.approx(places, abs=1)


def test_who_is_in_stays_in_and_may_begin_again() -> None:
    places, _ = worn(0.4)
    count = let_in(places)
    for number in range(count):
        places.heard(f"capture {number}")
        places.take(f"capture {number}")


def test_a_place_is_free_again_when_its_capture_ends_or_falls_silent() -> None:
    places, watch = worn(0.4)
    count = let_in(places)
    places.leave("capture 0")
    places.take("another")
    with pytest.raises(Overloaded):
        places.take("one more")
    watch.now += 60.0
    assert let_in(places, first=1000) >= count


def test_pictures_are_asked_for_less_often_while_many_are_in() -> None:
    places, _ = worn(0.1)
    alone = places.next_in_ms
    let_in(places)
    assert alone == 190
    assert 290 <= places.next_in_ms <= 330


def test_nothing_that_is_done_while_nobody_is_captured_counts() -> None:
    places, watch = worn(0.2)
    count = let_in(worn(0.2)[0])
    for _ in range(60):
        watch.now += 1.0
        watch.used += 2.0
        places.leave("nobody")
    assert let_in(places) == pytest.approx(count, abs=1)


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
    places, watch = worn(0.4)
    count, abreast = let_in(places), PlaceParameters().abreast
    waiting = [f"waits {number}" for number in range(40)]
    waits = {who: told_to_wait(places, who) for who in waiting}
    assert list(waits.values()) == sorted(waits.values())
    assert waits[waiting[0]] < waits[waiting[-1]] <= PlaceParameters().slowest
    came, inside = list[str](), [f"capture {number}" for number in range(count)]
    for _ in range(20):
        watch.now += 2.0
        watch.used += 2.0 * 0.4 * len(inside)
        places.leave(inside.pop(0))
        for who in inside:
            places.heard(who)
        for who in reversed([who for who in waiting if who not in came]):  # the last to ask tries first
            try:
                places.take(who)
                came.append(who)
                inside.append(who)
            except Overloaded:
                pass
    assert len(came) > 10
    assert all(waiting.index(who) <= place + abreast for place, who in enumerate(came))


def test_whoever_asks_no_more_is_not_waited_for_and_an_idle_server_lets_in_at_once() -> None:
    places, watch = worn(0.4)
    count = let_in(places)
    for number in range(100):
        told_to_wait(places, f"gives up {number}")
    watch.now += 9.0  # whoever was in has fallen silent
    watch.used += 9.0 * 0.4 * count
    places.take("comes first")
    places.take("comes next")
    watch.now += 20.0
    watch.used += 20.0 * 0.4 * 2
    assert let_in(places, first=1000) == pytest.approx(count, abs=1)
