"""A person of the site speaks a prompt into the page: heard, kept, and from then on spoken to everyone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from handfast.base.roles import Right, Role
from support.browsing import PHONE
from support.passkeys import Keyring
from support.site import Site, invitation, joined, opened
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_administrator_speaks_a_prompt_and_it_takes_the_drafts_place(site: Site, language: str) -> None:
    broken: list[str] = []
    allowed = {"permissions": ["microphone"], "bypass_csp": True}
    walk = Walk(opened(site, language, broken, PHONE, **allowed), None, f"voices-{language}")
    page = walk.page
    Keyring(page)
    page.goto(invitation(site, "Ada", Right(Role.ADMINISTRATOR)))
    joined(walk)
    walk.screen("desk-codes")
    walk.press("written")
    walk.screen("desk")
    walk.press("voices")
    walk.screen("voices")
    first = page.locator(".prompt").first
    assert first.get_attribute("data-source") == "machine draft"
    first.locator('[data-action="record"]').click()
    first.locator('[data-action="stop"]').wait_for()
    page.wait_for_timeout(800)
    walk.picture("recording")
    first.locator('[data-action="stop"]').click()
    first.locator('[data-action="keep"]').wait_for()
    walk.picture("offered")
    first.locator('[data-action="keep"]').click()
    page.wait_for_selector('.prompt[data-source="recorded"]')
    walk.picture("kept")
    found = Axe().run(page).response["violations"]
    name = first.get_attribute("data-prompt")
    assert site.handfast.call("GET", f"/voice/{language}/{name}").headers["content-type"] == "audio/webm"
    assert ([each["id"] for each in found], broken) == ([], [])
