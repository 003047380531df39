"""A study at the desk: a visit, two people who take its pictures out, and what the person reads of it on their page."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize

from handfast.base.roles import Right, Role
from support.browsing import PHONE
from support.interface import BOTH, PIN, Visit
from support.passkeys import Keyring
from support.scripted import PROGRAMME
from support.site import Site, invitation, joined, opened
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDE = ViewportSize(width=1280, height=800)


def a_study(site: Site) -> str:
    ends_on = (site.handfast.desk.clock.now() + timedelta(days=30)).date().isoformat()
    fields = ("name", "purpose", "who_sees", "retention_days", "another_way")
    asked = {name: getattr(PROGRAMME, name) for name in fields} | {"study_ends_on": ends_on, "languages": ["en", "ar"]}
    return str(site.handfast.ok("POST", "/v1/programmes", asked, site.handfast.administrator)["programme"]["id"])


def flaws(walk: Walk) -> list[str]:
    found = Axe().run(walk.page).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def test_a_study_is_taken_out_by_two_people_and_the_person_reads_of_it(site: Site) -> None:
    broken: list[str] = []
    study = a_study(site)
    walks = []
    for name in ("Ada", "Ben"):
        walk = Walk(opened(site, "ar", broken, WIDE, bypass_csp=True), None, f"study-{name}")
        keyring = Keyring(walk.page)
        walk.page.goto(invitation(site, name, Right(Role.OWNER, study), Right(Role.ENROLLER, study)))
        joined(walk)
        walk.screen("desk")
        walks.append((walk, keyring))
    (ada, passkeys), (_, bens) = walks
    assert ada.page.locator('[data-action="check"]').count() == 0  # nobody is compared in it

    ada.press("enrol")
    ada.screen("desk-person")
    ada.page.locator('[data-field="reference"]').fill("S-1")
    ada.press("start")
    ada.screen("desk-session")
    token = str(ada.page.locator('[data-action="open-link"]').get_attribute("href")).split("#")[1]
    told = Visit(site.handfast, "", token, 61).whole(BOTH)
    ada.page.wait_for_selector("body[data-outcome]")
    assert ada.page.locator('[data-action="witness"]').count() == 0
    ada.press("back")

    ada.press("study")
    ada.screen("desk-study")
    found = flaws(ada)
    passkeys.lend(bens.passkey())
    ada.press("export")
    ada.screen("desk-exported")
    found += flaws(ada)
    assert ada.page.inner_text('[data-secret="export"]')
    ada.press("go-on")
    ada.press("own-desks")
    ada.screen("desk-own")
    found += flaws(ada)

    phone = Walk(opened(site, "ar", broken, PHONE, bypass_csp=True), None, "study-me")
    phone.page.goto(f"{site.origin}/me#{told['private_code']}")
    phone.page.locator('[data-field="pin"]').fill(PIN)
    phone.press("open")
    phone.screen("me")
    phone.page.locator('[data-tile="held"] summary').click()
    phone.picture("held", whole=True)
    assert phone.page.locator("li[data-pictures]").count() == 3
    assert phone.page.locator("li[data-held]").count() == 0
    found += flaws(phone)
    assert (found, broken) == ([], [])
