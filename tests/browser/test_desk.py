"""The desk, from the one-time link to an outcome, and the pages that anyone may read."""

import pytest
from playwright.sync_api import Page, ViewportSize

from handfast.base.modality import Hand
from handfast.service.owner import admin
from support.browsing import Acting, Clinic, NewPhone
from support.served import Served
from support.visits import visit
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

DESK = ViewportSize(width=1100, height=800)


def test_the_desk_opens_once_makes_a_programme_and_shows_each_outcome_with_the_next_step(
    new_phone: NewPhone, served: Served, clinic: Clinic, acting: Acting
) -> None:
    page = new_phone(viewport=DESK, is_mobile=False, has_touch=False, device_scale_factor=1)
    walk = Walk(page, None, "desk")
    link = f"{served.origin}/desk#{admin.new_link_token(served.context)}"
    page.goto(link)
    walk.screen("desk-claim")
    walk.press("claim")
    walk.screen("desk-key")
    walk.press("go-on")
    walk.screen("desk")
    make_programme(walk)

    programme = page.locator(".programme", has_text="Night shelter")
    programme.locator('[data-action="enrol"]').click()
    assert played(walk, served, acting, clinic, "bed-12") == "enrolled"
    walk.press("back")
    page.locator(".programme", has_text="Night shelter").locator('[data-action="check"]').click()
    assert played(walk, served, acting, clinic, "bed-12") == "referred"
    assert page.locator(".ways li").all_inner_texts() == ["Tell us your name.", "Show the key of your bed."]

    walk.press("back")
    walk.screen("desk")
    page.locator(".programme", has_text="Night shelter").locator("a").click()
    walk.screen("programme")
    assert "Show the key of your bed." in page.inner_text("main")

    page.goto(served.origin)
    page.goto(link)
    walk.press("claim")
    walk.screen("desk-sign-in")  # the link was good once


def make_programme(walk: Walk) -> None:
    walk.press("make")
    walk.screen("desk-new")
    told = {
        "name": "Night shelter",
        "purpose": "to give you your own bed and things",
        "who_sees": "the shelter's night desk",
        "another_way": "Tell us your name.\nShow the key of your bed.",
    }
    for field, words in told.items():
        walk.page.locator(f'[data-field="{field}"]').fill(words)
    walk.press("make")
    walk.screen("desk-keys")
    assert walk.page.inner_text('[data-secret="api-key"]')
    walk.press("go-on")
    walk.screen("desk")


def played(walk: Walk, served: Served, acting: Acting, clinic: Clinic, reference: str) -> str:
    """Start a session at the desk, follow its link as the person does, and read the outcome off the desk."""
    page = walk.page
    walk.screen("desk-person")
    page.locator('[data-field="reference"]').fill(reference)
    walk.press("start")
    walk.screen("desk-session")
    assert page.locator("img.qr").evaluate("(code) => code.complete && code.naturalWidth > 0")
    link = page.locator('[data-action="open-link"]').get_attribute("href")
    assert link
    visit(served, link.split("#")[1], acting(clinic.person, "person_a_1.jpg"), (Hand.RIGHT,), face=False)
    page.wait_for_selector("body[data-outcome]")
    walk.picture("outcome")
    return page.locator("body").get_attribute("data-outcome") or ""


@pytest.mark.parametrize(
    ("path", "shows"),
    [("/", ".tile"), ("/docs", ".operation"), ("/static/trust.html", "details[open]"), ("/me", "form")],
)
def test_the_pages_that_anyone_may_read_fit_a_phone(phone: Page, served: Served, path: str, shows: str) -> None:
    phone.goto(served.origin + path)
    phone.wait_for_selector(shows)
    Walk(phone, None, f"open{path.replace('/', '-')}").picture("whole")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
