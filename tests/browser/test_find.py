"""Finding somebody on an operator's paired phone: who agreed is found, who did not is not; each find is a leaf."""

import json
from collections import Counter

import pytest

from handfast.base.roles import Right, Role
from support.browsing import PHONE
from support.found import REASON, enrol_findable
from support.interface import BOTH, Visit
from support.passkeys import Keyring
from support.site import Site, invitation, joined, opened
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AGREED, SILENT = 51, 52


def test_a_paired_phone_finds_who_agreed_to_it_and_nobody_else(site: Site) -> None:
    desk, broken = site.handfast.desk, list[str]()
    enrol_findable(desk, "P-agreed", AGREED)
    desk.enrol("P-silent", SILENT)
    before = finds(site)
    phone = paired_phone(site, broken)
    assert found(site, phone, AGREED) == "found"
    assert finds(site) == before + 2  # the operator's, and that of the one person who was compared
    phone.press("next-person")
    assert found(site, phone, SILENT) == "not_found"
    assert finds(site) > before + 2
    assert broken == []


def paired_phone(site: Site, broken: list[str]) -> Walk:
    """The phone of an operator who may find in this programme, paired at their desk."""
    programme = site.handfast.desk.programme
    fay = Walk(opened(site, "en", broken), None, "find")
    Keyring(fay.page)
    fay.page.goto(invitation(site, "Fay", Right(Role.FINDER, programme.id)))
    joined(fay)
    fay.screen("desk")
    fay.page.locator(".programme", has_text=programme.name).locator('[data-action="pair"]').click()
    fay.screen("desk-pair")
    phone = Walk(opened(site, "en", broken, PHONE), None, "find-phone")
    phone.page.goto(str(fay.page.locator('[data-action="open-link"]').get_attribute("href")))
    phone.screen("phone")
    phone.press("find")
    return phone


def found(site: Site, phone: Walk, person: int) -> str:
    """A reason is typed, the person says yes and shows face and hands; the outcome on the operator's screen."""
    phone.screen("desk-person")
    phone.page.locator('[data-field="reason"]').fill(REASON)
    phone.press("start")
    phone.screen("desk-session")
    token = str(phone.page.locator('[data-action="open-link"]').get_attribute("href")).split("#")[1]
    Visit(site.handfast, "", token, person).whole(BOTH)
    phone.page.wait_for_selector("body[data-outcome]")
    phone.picture("outcome")
    return str(phone.page.locator("[data-next]").get_attribute("data-next"))


def finds(site: Site) -> int:
    """Leaves of finds in the log."""
    with site.handfast.desk.context.store.read() as reader:
        return Counter(json.loads(leaf)["kind"] for leaf in reader.log.leaves())["find"]
