"""A recording re-timed to what is asked, through the real page in a real browser."""

import pytest
from playwright.sync_api import Page

from handfast.base.clock import SystemClock
from handfast.base.modality import Hand
from handfast.capture.challenge import Ask, draw
from handfast.lab.attack.kinds import Attacker, Kind
from handfast.lab.attack.recording import recorded
from support.browsing import Acting, Clinic
from support.film import FPS, Film
from support.served import Served
from support.service import SeededRandomness
from support.walk import Walk, ask

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

EARLIER = Ask(hands=(Hand.RIGHT,), missing=frozenset(), face=True, stills=1, retakes=1, attended=False)


PLAYED_MS = 40_000  # somebody who does as asked has shown face and hand by then


def test_a_retimed_recording_through_the_page_is_never_asked_for_fingers(
    phone: Page, served: Served, clinic: Clinic, acting: Acting
) -> None:
    victim = acting(clinic.person, "person_a_1.jpg")
    tasks = draw(EARLIER, clock=SystemClock(), randomness=SeededRandomness(3)).tasks
    attacker = Attacker(Kind.RETIMED, victim, recorded(victim, tasks, FPS), seed=1)
    judged: list[str] = []
    phone.on("response", lambda response: judged.append(response.url) if "/v1/capture/frames" in response.url else None)
    walk = Walk(phone, Film(phone, victim, attacker=attacker), "attack-re-timed")
    wanted = {"kind": "check", "programme": clinic.programme, "reference": "nobody"}
    phone.goto(ask(served, "POST", "/v1/sessions", wanted)["link"])
    walk.screen("welcome")
    walk.press("yes")
    walk.screen("fingers-choice")
    walk.begin("hand-right")
    phone.wait_for_selector("body[data-step=look]", timeout=30_000)
    phone.wait_for_timeout(PLAYED_MS)
    walk.picture("played")
    assert len(judged) > 10
    assert phone.locator("body").get_attribute("data-step") != "fingers"
    assert phone.locator("body").get_attribute("data-outcome") in (None, "not_captured")
