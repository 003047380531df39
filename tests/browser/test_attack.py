"""A recording of an earlier session, re-timed to what is asked now, through the real page in a real browser."""

import pytest
from playwright.sync_api import Page, Response

from handfast.base.clock import SystemClock
from handfast.base.modality import Hand
from handfast.base.randomness import SystemRandomness
from handfast.capture.challenge import Ask, draw
from handfast.lab.attack.kinds import Attacker, Kind
from handfast.lab.attack.recording import recorded
from support.browsing import Acting, Clinic
from support.film import FPS, Film
from support.served import Served
from support.walk import CAPTURE_S, Walk, ask

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

EARLIER = Ask(hands=(Hand.RIGHT,), missing=frozenset(), face=True, stills=1, retakes=1, attended=False)


def failed(response: Response) -> bool:
    """Whether the server says that a step of the challenge failed."""
    return "/v1/capture/frames" in response.url and response.ok and response.json()["task"]["state"] == "failed"


@pytest.mark.parametrize("kind", [Kind.RETIMED, Kind.PRINT])
def test_an_attack_fails_a_step_through_the_page(
    phone: Page, served: Served, clinic: Clinic, acting: Acting, kind: Kind
) -> None:
    victim = acting(clinic.person, "person_a_1.jpg")
    tasks = draw(EARLIER, clock=SystemClock(), randomness=SystemRandomness()).tasks
    attacker = Attacker(kind, victim, recorded(victim, tasks, FPS), seed=1)
    film = Film(phone, victim, attacker=attacker)
    walk = Walk(phone, film, f"attack-{kind}")
    wanted = {"kind": "check", "programme": clinic.programme, "reference": "nobody"}
    phone.goto(ask(served, "POST", "/v1/sessions", wanted)["link"])
    walk.screen("welcome")
    walk.press("yes")
    walk.screen("fingers-choice")
    with phone.expect_response(failed, timeout=CAPTURE_S * 1000):
        walk.begin("hand-right")
