"""A person's whole life with Handfast, through the page: agree, enrol, come back, read, withdraw."""

import pytest
from playwright.sync_api import Page

from handfast.finger.synth.person import Person
from support.browsing import Acting
from support.film import Film
from support.served import Served
from support.walk import Walk, ask, programme

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

LEFT = ("left-index", "left-middle", "left-ring", "left-little")
PIN = "482915"


def test_a_person_enrols_comes_back_reads_their_page_and_withdraws(phone: Page, served: Served, acting: Acting) -> None:
    walk = Walk(phone, Film(phone, acting(Person(1), "person_a_1.jpg")), "life")
    clinic = programme(served)

    opened = ask(served, "POST", "/v1/sessions", {"kind": "enrol", "programme": clinic, "reference": "file-4711"})
    phone.goto(opened["link"])
    assert "#" not in phone.url
    walk.agree()
    walk.leave_out(*LEFT)
    walk.begin("go-on")
    walk.captured("enrolled")
    walk.screen("card")
    walk.press("next")
    phone.wait_for_selector('body[data-step="private-code"]')
    walk.press("open-code")
    walk.picture("private-code")
    code = phone.inner_text('[data-code="private"]')
    walk.press("next")
    walk.screen("pin")
    choose_pin(walk)
    walk.screen("done")

    state = ask(served, "GET", f"/v1/sessions/{opened['id']}")
    assert state["outcome"]["outcome"] == "enrolled"
    assert state["outcome"]["reference"] == "file-4711"
    assert "score" not in str(state)

    checked = ask(served, "POST", "/v1/sessions", {"kind": "check", "programme": clinic, "reference": "file-4711"})
    phone.goto(checked["link"])
    walk.screen("welcome")
    walk.begin("yes")
    walk.captured("accepted")
    assert ask(served, "GET", f"/v1/sessions/{checked['id']}")["outcome"]["outcome"] == "accepted"

    open_my_page(walk, served, code)
    uses = phone.locator('[data-tile="done"] li')
    assert uses.count() == 3  # enrolled, checked, and this very reading
    assert phone.locator("[data-complete]").get_attribute("data-complete") == "true"
    for proof in phone.locator('[data-action="proof"]').all():
        proof.click()
    phone.wait_for_selector('[data-proof="good"] >> nth=2')
    assert phone.locator('[data-proof="bad"]').count() == 0
    walk.picture("me-proof")

    phone.locator('[data-tile="stop"] summary').click()
    walk.press("withdraw")
    walk.picture("me-sure")
    walk.press("withdraw-yes")
    walk.screen("me-withdrawn")

    again = ask(served, "POST", "/v1/sessions", {"kind": "check", "programme": clinic, "reference": "file-4711"})
    never = ask(served, "POST", "/v1/sessions", {"kind": "check", "programme": clinic, "reference": "nobody-at-all"})
    assert welcome_of(served, again["link"]) == welcome_of(served, never["link"])


def open_my_page(walk: Walk, served: Served, code: str) -> None:
    walk.page.goto(f"{served.origin}/me#{code}")
    walk.screen("me-open")
    assert code not in walk.page.url
    walk.page.locator('[data-field="pin"]').fill(PIN)
    walk.press("open")
    walk.screen("me")


def welcome_of(served: Served, link: str) -> object:
    shown = ask(served, "GET", "/v1/capture", token=link.split("#")[1])
    return {name: value for name, value in shown.items() if name != "expires_at"}


def choose_pin(walk: Walk) -> None:
    for step in ("pin", "pin-again"):
        walk.page.wait_for_selector(f'body[data-step="{step}"]')
        walk.page.locator('[data-field="pin"]').fill(PIN)
        walk.press("go-on")
