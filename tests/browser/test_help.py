"""Help at the desk, by two people where it takes two: a lost card, a wrong reference, an injury, who wants to stop."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize

from handfast.base.roles import Right, Role
from support.browsing import PHONE
from support.colleagues import COOKIE
from support.interface import PIN, Visit
from support.passkeys import Keyring
from support.site import Site, invitation, joined, opened
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDE = ViewportSize(width=1280, height=800)


def flaws(walk: Walk) -> list[str]:
    found = Axe().run(walk.page).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_two_people_help_at_the_desk_and_nobody_does_it_alone(site: Site, language: str) -> None:
    broken: list[str] = []
    programme, reference = site.handfast.desk.programme.id, f"H-{language}"
    enrolled = site.handfast.enrolled(reference, 41 if language == "en" else 42)
    rights = [Right(role, programme) for role in (Role.CHECKER, Role.ENROLLER)]
    ada, ben = (at_desk(site, language, name, broken, *rights) for name in ("Ada", "Ben"))
    own, other = (walk.keyring.passkey() for walk in (ada, ben))
    person = 41 if language == "en" else 42

    ada.press("help")
    ada.screen("desk-help")
    found = flaws(ada)
    ada.asked("card", reference=reference, document="passport")
    ada.press("ask")  # with one's own passkey it is no second person
    ada.page.wait_for_selector(".notice:not([hidden])")
    ada.picture("alone")
    found += flaws(ada)
    own = ada.keyring.passkey()  # it counts its uses
    ada.keyring.lend(other)
    ada.press("ask")
    ada.done("card")
    found += flaws(ada)
    card = ada.page.inner_text('[data-fact="card"]')
    ada.press("go-on")

    ada.asked("reference", reference=reference, right=f"{reference}-right", document="birth certificate")
    ada.press("ask")
    ada.done("reference")
    ada.press("go-on")

    ada.asked("retake", reference=f"{reference}-right", document="passport")
    ada.press("ask")
    assert ada.followed(site, person)["outcome"] == "retaken"
    ada.press("back")

    ada.asked("page", card=card)
    ada.press("ask")
    token = ada.followed(site, person)["page_token"]
    ada.press("back")
    phone = Walk(opened(site, language, broken, PHONE, bypass_csp=True), None, f"help-{language}-me")
    phone.page.goto(f"{site.origin}/me#open={token}")
    phone.screen("me")
    phone.picture("by-check", whole=True)
    assert phone.page.locator('[data-fact="needs-code"]').count() == 1
    found += flaws(phone)

    ada.asked("pause", card=card)
    ada.press("ask")
    ada.done("pause")
    ada.press("go-on")
    ada.asked("withdraw", reference=f"{reference}-right", document="a letter with their name")
    shown_long_ago(site, ada)
    ada.press("ask")
    ada.page.wait_for_selector("dialog.again")
    ada.picture("again")
    found += flaws(ada)
    ada.press("step-up")  # with the second person's passkey, who stood there last
    ada.page.wait_for_selector("dialog.again .notice:not([hidden])")
    ada.keyring.lend(own)
    ada.press("step-up")  # what was typed is sent as it stands
    ada.done("withdraw")
    found += flaws(ada)
    ada.press("go-on")
    ada.press("back")
    ada.press("anchor")
    ada.screen("desk-anchor")
    assert ada.page.locator("img.qr").evaluate("(code) => code.complete && code.naturalWidth > 0")
    found += flaws(ada)
    assert (
        site.handfast.call("POST", "/v1/me/open", {"private_code": enrolled["private_code"], "pin": PIN}).status == 401
    )
    assert (found, broken) == ([], [])
    assert own != other


def shown_long_ago(site: Site, walk: Walk) -> None:
    """The operator is still there, and it is six minutes since they showed their passkey."""
    (secret,) = (each["value"] for each in walk.page.context.cookies() if each.get("name") == COOKIE)
    for _ in range(4):
        site.handfast.desk.clock.pass_time(90)
        site.handfast.desk.context.people.desks.touch(str(secret))


class Helper(Walk):
    """An operator's desk, with the passkey that is shown there."""

    keyring: Keyring

    def asked(self, kind: str, **fields: str) -> None:
        self.press(f"help-{kind}")
        self.screen(f"desk-help-{kind}")
        for name, value in fields.items():
            self.page.locator(f'[data-field="{name}"]').fill(value)

    def done(self, kind: str) -> None:
        self.page.wait_for_selector(f'[data-done="{kind}"]')
        self.picture(f"done-{kind}")

    def followed(self, site: Site, person: int) -> dict[str, str]:
        """The person's side of the session whose code is on the desk."""
        self.screen("desk-session")
        token = str(self.page.locator('[data-action="open-link"]').get_attribute("href")).split("#")[1]
        told: dict[str, str] = Visit(site.handfast, "", token, person).whole(("right",))
        self.page.wait_for_selector("body[data-outcome]")
        self.picture("outcome")
        return told


def at_desk(site: Site, language: str, name: str, broken: list[str], *rights: Right) -> Helper:
    walk = Helper(opened(site, language, broken, WIDE, bypass_csp=True), None, f"help-{language}-{name}")
    walk.keyring = Keyring(walk.page)
    walk.page.goto(invitation(site, name, *rights))
    joined(walk)
    walk.screen("desk")
    return walk
