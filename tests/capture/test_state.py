"""What a step remembers of its pictures."""

from handfast.capture.challenge import Ask, draw
from handfast.capture.eyes import Sight
from handfast.capture.state import FIRST, NEWEST, CaptureState, with_observation
from support.service import FixedClock, SeededRandomness


def test_the_first_pictures_are_remembered_with_the_newest() -> None:
    """Movement is measured from them: who takes long must not be measured from wherever they have come to."""
    ask = Ask(hands=(), missing=frozenset(), face=True, stills=1, retakes=1, attended=False)
    challenge = draw(ask, clock=FixedClock(), randomness=SeededRandomness(1))
    state = CaptureState(challenge, began=challenge.drawn_at)
    for number in range(100):
        state = with_observation(state, Sight(done=False, progress=0.0, hint=None, observation=number))
    assert state.observations == (*range(FIRST), *range(100 - NEWEST, 100))
