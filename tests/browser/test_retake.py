"""A photo that cannot be read is asked for again at once, with one cause and one thing to do."""

import pytest
from playwright.sync_api import Page

from handfast.lab.actor import Flaw
from support.browsing import Acting, Clinic, held_by, open_check, outcome_of
from support.film import Film
from support.served import Served
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

KEPT = {"handfast-language", "handfast-contrast", "handfast-mute"}  # choices of the interface


def test_a_blurred_photo_is_asked_for_again_and_nothing_stays_on_the_phone(
    phone: Page, served: Served, clinic: Clinic, acting: Acting
) -> None:
    walk = Walk(phone, Film(phone, acting(clinic.person, "person_a_1.jpg"), (Flaw.BLURRED,)), "retake")
    session = open_check(served, phone, clinic)
    walk.screen("welcome")
    walk.begin("yes")

    with phone.expect_response(lambda answer: "kind=still" in answer.url, timeout=60_000) as first:
        pass
    told = first.value.json()
    assert told["hint"] == "hold-still"
    phone.wait_for_selector('body[data-hint="focus"]', timeout=15_000)
    assert phone.locator(".told .say").inner_text() == "A little blurred. Hold still."
    assert (
        phone.locator('.bar[data-state="retake"]').count() == [f["state"] for f in told["fingers"]].count("retake") > 0
    )
    walk.picture("again")

    walk.captured("referred")
    assert outcome_of(served, session) == "referred"

    held = held_by(phone)
    assert set(held.pop("local")) <= KEPT
    assert held == {"session": {}, "cookies": "", "databases": [], "caches": [], "files": []}
