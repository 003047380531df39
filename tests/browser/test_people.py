"""The people who work with it, with passkeys over TLS: enrol, witness, check, refer, decide, read, end.

In English and in Arabic; the pictures of each screen are build output, to be looked at.
"""

import pytest
from playwright.sync_api import Locator

from handfast.service.owner import admin
from support.browsing import PHONE
from support.interface import BOTH, PIN, Visit
from support.passkeys import Keyring
from support.site import Site, joined, opened
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_whole_day_at_the_desk_with_passkeys(site: Site, language: str) -> None:
    broken: list[str] = []
    ada = Walk(opened(site, language, broken), None, f"people-{language}")
    ada_keys = Keyring(ada.page)
    ada.page.goto(f"{site.origin}/desk#{admin.new_link_token(site.handfast.desk.context)}")
    ada.screen("desk-claim")
    ada.press("claim")
    joined(ada)
    ada.screen("desk-codes")
    assert ada.page.locator(".codes li").count() == 8
    ada.press("written")
    ada.screen("desk")
    name = f"Clinic {language}"
    make_programme(ada, name)

    ben = Walk(opened(site, language, broken), None, f"people-{language}-ben")
    ben_keys = Keyring(ben.page)
    ben.page.goto(invited(ada, name, "Ben", "reviewer", "enroller", "checker"))
    joined(ben)
    ben.screen("desk")

    person = 31 if language == "en" else 32
    section(ada, name).locator('[data-action="enrol"]').click()
    code = served_at(ada, site, person, f"file-{language}")
    ada.press("witness")  # with one's own passkey it is no second person
    ada.page.wait_for_timeout(500)
    assert ada.page.locator("body").get_attribute("data-witnessed") is None
    own = ada_keys.passkey()  # after its last use: a passkey whose count went back would be refused
    ada_keys.lend(ben_keys.passkey())
    ada.press("witness")
    ada.page.wait_for_selector("body[data-witnessed]")
    ada.picture("witnessed")
    ada_keys.lend(own)
    ada.press("back")

    section(ada, name).locator('[data-action="check"]').click()
    served_at(ada, site, person, f"file-{language}")
    assert ada.page.locator("body").get_attribute("data-outcome") == "referred"
    ada.press("lock")
    ada.page.wait_for_selector("dialog.locked")
    ada.picture("locked")
    ada.press("unlock")
    ada.page.wait_for_selector("dialog.locked", state="detached")
    assert ada.page.locator("body").get_attribute("data-screen") == "desk-session"

    decide(ben, site, person, name)
    read_and_withdraw(site, language, code, broken)
    numbers(ada, name)
    pair(ada, site, language, name, broken)
    assert broken == []


def section(walk: Walk, name: str) -> Locator:
    return walk.page.locator(".programme", has_text=name)


def make_programme(walk: Walk, name: str) -> None:
    walk.press("make")
    walk.screen("desk-new")
    told = {"name": name, "purpose": "to find your own file", "who_sees": "the front desk", "another_way": "Say it."}
    for field, words in told.items():
        walk.page.locator(f'[data-field="{field}"]').fill(words)
    for code in ("en", "ar"):
        walk.page.locator(f'input[name="languages"][value="{code}"]').check()
    walk.press("make")
    walk.screen("desk-keys")
    walk.press("go-on")
    walk.screen("desk")


def invited(walk: Walk, programme: str, name: str, *roles: str) -> str:
    """The link for a new colleague."""
    walk.press("people")
    walk.screen("desk-people")
    walk.press("invite")
    walk.screen("desk-invite")
    walk.page.locator('[data-field="name"]').fill(name)
    walk.page.locator('select[name="programme"]').select_option(label=programme)
    walk.page.locator('[data-field="work-site"]').fill("North gate")
    for role in roles:
        walk.page.locator(f'input[name="role"][value="{role}"]').check()
    walk.press("make")
    walk.screen("desk-invited")
    link = walk.page.locator('[data-action="open-link"]').get_attribute("href")
    walk.press("go-on")
    walk.screen("desk-people")
    walk.press("back")
    walk.screen("desk")
    return str(link)


def served_at(walk: Walk, site: Site, person: int, reference: str) -> str:
    """Start a session at the desk and follow its link as the person does; the private code of an enrolment."""
    walk.screen("desk-person")
    walk.page.locator('[data-field="reference"]').fill(reference)
    walk.page.locator('input[name="mode"][value="attended"]').check()
    walk.press("start")
    return followed(walk, site, person)


def followed(walk: Walk, site: Site, person: int) -> str:
    """The person's side: a check shows the face alone, so that a person must decide."""
    walk.screen("desk-session")
    assert walk.page.locator("img.qr").evaluate("(code) => code.complete && code.naturalWidth > 0")
    token = str(walk.page.locator('[data-action="open-link"]').get_attribute("href")).split("#")[1]
    visit = Visit(site.handfast, "", token, person)
    enrols = visit.ask("GET", "").json["kind"] == "enrol"
    told = visit.whole(BOTH if enrols else ())
    if enrols:
        site.handfast.ok("POST", "/v1/capture/pin", {"pin": PIN}, token)
    walk.page.wait_for_selector("body[data-outcome]")
    walk.picture("outcome")
    return str(told.get("private_code"))


def decide(walk: Walk, site: Site, person: int, name: str) -> None:
    """A second operator decides, with the person there and captured once more; takes it back, and decides again."""
    page = walk.page
    section(walk, name).locator('[data-action="cases"]').click()
    walk.screen("desk-cases")
    page.locator('[data-case][data-state="open"]').click()
    walk.screen("desk-case")
    walk.press("capture")
    followed(walk, site, person)
    walk.press("back")
    for last in (False, True):
        walk.screen("desk-case")
        page.locator('input[name="evidence"][value="document"]').check()
        page.locator('input[name="decision"][value="same"]').check()
        page.locator('[data-field="note"]').fill("their passport was looked at")
        walk.press("decide")
        walk.screen("desk-decided")
        assert page.locator("h1").get_attribute("data-decision") == "same"
        if not last:
            page.locator('[data-field="note"]').fill("looked at the wrong page")
            walk.press("reverse")
    walk.press("back")
    walk.screen("desk-cases")


def read_and_withdraw(site: Site, language: str, code: str, broken: list[str]) -> None:
    """The person reads on their own page that a person decided, objects, and ends it."""
    walk = Walk(opened(site, language, broken, PHONE), None, f"people-{language}-me")
    page = walk.page
    page.goto(f"{site.origin}/me#{code}")
    walk.screen("me-open")
    page.locator('[data-field="pin"]').fill(PIN)
    walk.press("open")
    walk.screen("me")
    uses = page.locator('[data-tile="done"] li').all_inner_texts()
    assert len(uses) == 8  # enrolled, witnessed, checked, captured again, decided, taken back, decided, read
    walk.press("object")
    page.locator('[data-field="words"]').fill("I was not there on Tuesday.")
    walk.press("object-send")
    page.wait_for_selector('[data-fact="answer-by"]')
    walk.picture("objected")
    page.locator('[data-tile="stop"] summary').click()
    walk.press("withdraw")
    walk.press("withdraw-yes")
    walk.screen("me-withdrawn")


def numbers(walk: Walk, name: str) -> None:
    """The owner's page says what happened."""
    walk.press("back")
    walk.screen("desk")
    section(walk, name).locator('[data-action="numbers"]').click()
    walk.screen("owner")
    figures = {each: walk.page.inner_text(f'[data-figure="{each}"] b') for each in ("enrolled", "referred", "accepted")}
    assert {each: int(figure) for each, figure in figures.items()} == {"enrolled": 1, "referred": 2, "accepted": 0}
    walk.picture("owner-whole", whole=True)
    walk.press("desk")
    walk.screen("desk")


def pair(walk: Walk, site: Site, language: str, name: str, broken: list[str]) -> None:
    """A phone is paired by the code on the desk, serves, and is paired no more when the shift ends."""
    section(walk, name).locator('[data-action="pair"]').click()
    walk.screen("desk-pair")
    link = walk.page.locator('[data-action="open-link"]').get_attribute("href")
    phone = Walk(opened(site, language, broken, PHONE), None, f"people-{language}-phone")
    phone.page.goto(str(link))
    phone.screen("phone")
    walk.page.wait_for_selector("body[data-paired]")
    walk.picture("paired")
    phone.page.reload()
    phone.screen("phone")  # the key stayed in this browser, and nobody can read it
    extractable = phone.page.evaluate(
        """() => new Promise((told) => { const opening = indexedDB.open("handfast-phone", 1);
        opening.onsuccess = () => { const asked = opening.result.transaction("own").objectStore("own").get("pairing");
        asked.onsuccess = () => told(asked.result.pair.privateKey.extractable); }; })"""
    )
    assert extractable is False
    phone.press("check")
    phone.screen("desk-person")
    walk.press("back")
    walk.screen("desk")
    walk.press("sign-out")
    walk.screen("desk-sign-in")
    phone.page.reload()
    phone.screen("phone-alone")
