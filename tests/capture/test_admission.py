"""Twice as many people as there is room for, on two cores that are modelled: an event at a time, no clock of ours."""

import random
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from handfast.base.errors import Overloaded
from handfast.capture.places import Places

TICK = 0.005  # seconds
CORES, WORKERS = 2, 2  # as web.pool: workers for what is waited for, and one thread more that only guides
GUIDE = 3.0  # its share of a core beside that of a worker, by niceness
ABREAST = 1.7  # cores that a photo keeps busy while no other is looked at: two threads read all fingertips
PICTURES = [0.0095] * 20 + [0.032] * 5 + [0.042] * 3  # seconds of a core; then a photo and the answer
WAITED_FOR = [0.42, 0.07]
ALL = PICTURES + WAITED_FOR
OPENING, REFUSING = 0.03, 0.004  # seconds of a core before a capture is let in, and each time that it is not
SOONEST = 0.25  # seconds between the pictures of a phone
CAN_BE_DONE = CORES / (sum(ALL) + OPENING)  # captures a second


@dataclass(eq=False)
class Person:
    """Somebody who comes: which picture is next and when, what is left to do for it, how long the answers took."""

    name: str
    due: float
    at: float
    picture: int = -1  # not let in yet
    sent: float = 0.0
    left: float = 0.0
    ended: float = 0.0
    answers: list[float] = field(default_factory=list)
    photo: float = 0.0  # seconds from the photo to the outcome

    @property
    def waits(self) -> bool:
        """Whether it is a photo or an answer that is next."""
        return self.picture >= len(PICTURES)


class Place:
    """A server of two cores, of which others on the machine take a part; its admission is the real one."""

    def __init__(self, rate: float, seconds: float, *, taken: float = 0.0, dear: float = 1.0) -> None:
        self.now = self.used = self._besides = 0.0
        self._cores, self._dear = CORES - taken, dear
        self.places = Places(cores=CORES, now=lambda: self.now, used=lambda: self.used)
        self._chance = random.Random(1)
        self.people = list[Person]()
        due = 0.0
        while (due := due + self._chance.expovariate(rate)) < seconds:
            self.people.append(Person(f"person {len(self.people)}", due, due))
        self._came = set[str]()
        self._lines: tuple[list[Person], list[Person]] = [], []
        self._guided: Person | None = None
        self._working = list[Person]()

    def run(self) -> None:
        """Until everybody has ended."""
        while left := [person for person in self.people if not person.ended]:
            self.now += TICK
            for person in left:
                if person.at <= self.now:
                    self._asks(person)
            self._work()

    def _asks(self, person: Person) -> None:
        if person.picture < 0:
            self._besides += 0.0 if person.name in self._came else OPENING * self._dear
            self._came.add(person.name)
            try:
                self.places.take(person.name)
            except Overloaded as told:
                self._besides += REFUSING * self._dear
                person.at = self.now + told.retry_after + self._chance.random()
                return
            person.picture = 0
        person.at, person.sent, person.left = np.inf, self.now, ALL[person.picture] * self._dear
        if person.waits:
            self.places.waited_for(1)
        self._lines[not person.waits].append(person)

    def _work(self) -> None:
        """A tick: the loop first, then the thread that guides beside the workers, each with its share."""
        loop = min(TICK, self._besides)
        self._besides -= loop
        self.used += loop
        first, last = self._lines
        while len(self._working) < WORKERS and (first or last):
            self._working.append((first or last).pop(0))
        if self._guided is None and last:
            self._guided = last.pop(0)
        alone = sum(person.waits for person in self._working) == 1
        wanted = [(person, *((2.0, ABREAST) if person.waits and alone else (1.0, 1.0))) for person in self._working]
        if self._guided is not None:
            wanted.append((self._guided, GUIDE, 1.0))
        for person, cores in _shared(self._cores - loop / TICK, wanted):
            self.used += cores * TICK
            person.left -= cores * TICK
            if person.left <= 0.0:
                self._answered(person)

    def _answered(self, person: Person) -> None:
        if person is self._guided:
            self._guided = None
        else:
            self._working.remove(person)
        took = self.now - person.sent
        self.places.heard(person.name)
        if person.waits:
            self.places.waited_for(-1)
            person.photo += took
        else:
            person.answers.append(took)
            self.places.answered(took)
        person.at = max(self.now, person.sent + max(SOONEST, self.places.next_in_ms / 1000))
        person.picture += 1
        if person.picture == len(ALL):
            person.ended = self.now
            self.places.leave(person.name)


def _shared(cores: float, wanted: list[tuple[Person, float, float]]) -> list[tuple[Person, float]]:
    """The cores that each gets by its weight, none more than it can use."""
    given = list[tuple[Person, float]]()
    while wanted:
        whole = sum(weight for _, weight, _ in wanted)
        sated = [(person, most) for person, weight, most in wanted if cores * weight / whole >= most]
        if not sated:
            return given + [(person, cores * weight / whole) for person, weight, _ in wanted]
        given += sated
        cores -= sum(most for _, most in sated)
        wanted = [each for each in wanted if each[0] not in [person for person, _ in sated]]
    return given


def late(place: Place, most: float) -> int:
    """How many people had more than a tenth of their pictures answered later than that."""
    return sum(bool(np.percentile(person.answers, 90) > most) for person in place.people)


@pytest.fixture(scope="module")
def overloaded() -> Place:
    place = Place(2 * CAN_BE_DONE, 60.0)
    place.run()
    return place


def test_everybody_who_is_let_in_is_guided_in_time(overloaded: Place) -> None:
    assert not late(overloaded, 0.45)


def test_as_much_is_done_as_can_be(overloaded: Place) -> None:
    ended = sorted(person.ended for person in overloaded.people)
    assert len(ended) / ended[-1] > 0.85 * CAN_BE_DONE


def test_nobody_who_has_shown_their_fingers_waits_long(overloaded: Place) -> None:
    assert np.percentile([person.photo for person in overloaded.people], 95) < 3.5


def test_almost_everybody_is_guided_in_time_where_others_take_most_of_the_cores() -> None:
    left = 0.8
    place = Place(2 * CAN_BE_DONE * left / CORES, 100.0, taken=CORES - left)
    place.run()
    assert late(place, 0.6) <= 0.05 * len(place.people)
    assert len(place.people) / place.now > 0.8 * CAN_BE_DONE * left / CORES


def test_so_is_everybody_where_a_capture_is_much_dearer_than_believed() -> None:
    dear = 2.5
    place = Place(2 * CAN_BE_DONE / dear, 100.0, dear=dear)
    place.run()
    assert late(place, 0.7) <= 0.05 * len(place.people)
    assert len(place.people) / place.now > 0.8 * CAN_BE_DONE / dear


def test_nobody_waits_much_longer_than_who_came_next(overloaded: Place) -> None:
    waited = [person.ended - person.due for person in overloaded.people]
    assert all(abs(one - other) < 25.0 for one, other in pairwise(waited))


def test_whoever_comes_when_it_is_over_is_let_in_at_once(overloaded: Place) -> None:
    overloaded.places.take("comes later")


def test_hardly_anybody_waits_at_half_of_what_can_be_done() -> None:
    place = Place(0.5 * CAN_BE_DONE, 60.0)
    place.run()
    took = [person.ended - person.due for person in place.people]
    assert np.median(took) < 1.2 * min(took)
    assert max(took) < 2.0 * min(took)
