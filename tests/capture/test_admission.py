"""Twice as many people as there is room for, on two cores that are modelled: an event at a time, no clock of ours."""

import random
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from handfast.base.errors import Overloaded
from handfast.capture.places import Places

TICK = 0.01  # seconds
CORES, WORKERS, SHORT = 2, 2, 1  # as web.pool: workers for what is waited for, and one that only guides
PICTURES = [0.024] * 36 + [0.056] * 6 + [0.066] * 3  # seconds of a core; then a photo and the answer
WAITED_FOR = [0.7, 0.08]
ALL = PICTURES + WAITED_FOR
CAN_BE_DONE = CORES / sum(ALL)  # captures a second


@dataclass
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


class Place:
    """A server of two cores, of which others on the machine take a part; its admission is the real one."""

    def __init__(self, rate: float, seconds: float, *, taken: float = 0.0) -> None:
        self.now = self.used = 0.0
        self._cores = CORES - taken
        self.places = Places(cores=CORES, now=lambda: self.now, used=lambda: self.used)
        self._chance = random.Random(1)
        self.people = list[Person]()
        due = 0.0
        while (due := due + self._chance.expovariate(rate)) < seconds:
            self.people.append(Person(f"person {len(self.people)}", due, due))
        self._lines: tuple[list[Person], list[Person]] = [], []
        self._running: list[Person] = []

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
            try:
                self.places.take(person.name)
            except Overloaded as told:
                person.at = self.now + told.retry_after + self._chance.random()
                return
            person.picture = 0
        person.at, person.sent, person.left = np.inf, self.now, ALL[person.picture]
        self._lines[person.picture < len(PICTURES)].append(person)

    def _work(self) -> None:
        while len(self._running) < WORKERS + SHORT:
            long = sum(person.picture >= len(PICTURES) for person in self._running)
            line = self._lines[0] if self._lines[0] and long < WORKERS else self._lines[1]
            if not line:
                break
            self._running.append(line.pop(0))
        share = TICK * min(1.0, self._cores / max(1, len(self._running)))
        for person in tuple(self._running):
            self.used += share
            person.left -= share
            if person.left <= 0.0:
                self._running.remove(person)
                self._answered(person)

    def _answered(self, person: Person) -> None:
        took = self.now - person.sent
        self.places.heard(person.name)
        if person.picture < len(PICTURES):
            person.answers.append(took)
            self.places.answered(took)
        person.at = max(self.now, person.sent + self.places.next_in_ms / 1000)
        person.picture += 1
        if person.picture == len(ALL):
            person.ended = self.now
            self.places.leave(person.name)


@pytest.fixture(scope="module")
def overloaded() -> Place:
    place = Place(2 * CAN_BE_DONE, 60.0)
    place.run()
    return place


def test_everybody_who_is_let_in_is_guided_in_time(overloaded: Place) -> None:
    late = [person for person in overloaded.people if np.percentile(person.answers, 90) > 0.7]
    assert not late


def test_so_is_almost_everybody_where_others_take_most_of_the_cores() -> None:
    left = 0.8
    place = Place(2 * CAN_BE_DONE * left / CORES, 100.0, taken=CORES - left)
    place.run()
    assert np.percentile([np.percentile(person.answers, 90) for person in place.people], 95) < 0.7
    assert len(place.people) / place.now > 0.75 * CAN_BE_DONE * left / CORES


def test_as_much_is_done_as_can_be(overloaded: Place) -> None:
    ended = sorted(person.ended for person in overloaded.people)
    assert len(ended) / ended[-1] > 0.75 * CAN_BE_DONE


def test_nobody_waits_much_longer_than_who_came_next(overloaded: Place) -> None:
    waited = [person.ended - person.due for person in overloaded.people]
    assert all(abs(one - other) < 35.0 for one, other in pairwise(waited))


def test_whoever_comes_when_it_is_over_is_let_in_at_once(overloaded: Place) -> None:
    overloaded.places.take("comes later")


def test_hardly_anybody_waits_at_half_of_what_can_be_done() -> None:
    place = Place(0.5 * CAN_BE_DONE, 60.0)
    place.run()
    took = [person.ended - person.due for person in place.people]
    assert np.median(took) < 1.2 * min(took)
    assert max(took) < 2.0 * min(took)
