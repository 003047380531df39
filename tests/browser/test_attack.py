"""A print that follows the dot, and a recording re-timed to what is asked, through the real page in a real browser."""

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

FOLLOWED_MS = 90_000  # until the dot's step is over, on a machine that draws slowly


@pytest.mark.parametrize("kind", [Kind.PRINT, Kind.RETIMED])
def test_what_is_held_up_or_played_through_the_page_does_not_follow_the_dot(
    phone: Page, served: Served, clinic: Clinic, acting: Acting, kind: Kind
) -> None:
    victim = acting(clinic.person, "person_a_1.jpg")
    tasks = draw(EARLIER, clock=SystemClock(), randomness=SeededRandomness(3)).tasks
    attacker = Attacker(kind, victim, recorded(victim, tasks, FPS), seed=1)
    walk = Walk(phone, Film(phone, victim, attacker=attacker), f"attack-{kind}")
    wanted = {"kind": "check", "programme": clinic.programme, "reference": "nobody"}
    opened = ask(served, "POST", "/v1/sessions", wanted)
    phone.goto(opened["link"])
    walk.screen("welcome")
    walk.press("yes")
    walk.screen("fingers-choice")
    walk.begin("hand-right")
    phone.wait_for_selector("body[data-step=follow]", timeout=30_000)
    phone.route("**/v1/capture/challenge", lambda route: None)  # what was played stays to be looked at
    phone.wait_for_selector("body[data-step=again]", timeout=FOLLOWED_MS)  # nobody goes on in vain
    assert phone.locator("body").get_attribute("data-hint") == "try-again"  # nor hears what was missed
    assert phone.locator(".dot").evaluate("dot => dot.style.opacity") == "0"  # it begins anew
    assert phone.locator(".ring-filled").is_hidden()
    walk.picture("played")
    capture = served.context.live.of(opened["id"], SystemClock().now()).capture
    assert capture is not None
    assert capture.ended[:2] == ("done", "failed")
    assert not capture.followed
