"""Who is let in: as many as the workers can guide, whatever a capture costs here."""

import pytest

from handfast.base.errors import Overloaded
from handfast.capture.places import Places


class Watch:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def let_in(places: Places, first: int = 0) -> int:
    """How many captures get in at once."""
    for number in range(100):
        try:
            places.take(f"capture {first + number}")
        except Overloaded:
            return number
    return 100


def worn(cost: float) -> tuple[Places, Watch]:
    """Places that have seen two captures for five minutes, each of which took so much of a worker's time."""
    watch = Watch()
    places = Places(workers=2, now=watch)
    for _ in range(300):
        watch.now += 1.0
        for name in ("one", "other"):
            places.heard(name)
        places.worked(2 * cost)
    places.leave("one")
    places.leave("other")
    return places, watch


@pytest.mark.parametrize(("cost", "places"), [(0.1, 15), (0.2, 8), (0.4, 4), (3.0, 2)])
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
    places, _ = worn(0.2)
    alone = places.next_in_ms
    let_in(places)
    assert alone == 190
    assert 300 <= places.next_in_ms <= 330
