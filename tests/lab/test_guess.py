"""How often a film is by chance what is asked, by the pure judge alone."""

import numpy as np
import pytest

from handfast.capture.challenge import follow_step
from handfast.face.follow import visited
from handfast.lab.attack.guess import Film, guesses, shown
from handfast.lab.attack.run import Drawn

TRIALS = 4000


@pytest.mark.parametrize("film", list(Film))
def test_a_film_passes_less_often_than_once_in_a_thousand(film: Film) -> None:
    found = guesses(film, TRIALS, Drawn(7), np.random.default_rng(7))
    assert found.passed <= TRIALS // 1000
    assert sum(found.reached) == found.trials == TRIALS
    assert found.reached[0] > found.reached[1] > found.reached[2] > found.reached[3]


def test_a_session_that_was_asked_the_very_same_would_pass() -> None:
    """So it is the challenge that stops a film, and not that films are made badly."""
    drawn, rng, passed = Drawn(8), np.random.default_rng(8), 0
    for _ in range(50):
        asked = follow_step(drawn)
        reached, failed = visited(asked.path, asked.stays, *shown(Film.SESSION, asked.path, asked.stays, rng))
        passed += reached == len(asked.path) and not failed
    assert passed > 40
