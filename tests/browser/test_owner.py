"""What an owner must see first: an operator to whom nobody says no, and one whom many do not understand."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from handfast.base.roles import Right, Role
from handfast.service.tally import ASKED, DECLINED, MISUNDERSTOOD, OPERATOR
from support.passkeys import Keyring
from support.site import DESK, Site, invitation, joined, opened
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_owner_is_asked_about_who_never_hears_a_no_and_who_is_not_understood(site: Site, language: str) -> None:
    context, programme = site.handfast.desk.context, site.handfast.desk.programme.id
    broken: list[str] = []
    today = site.handfast.desk.clock.now().date()
    counted = [("Quiet", ASKED, 200), ("Fast", ASKED, 20), ("Fast", DECLINED, 1), ("Fast", MISUNDERSTOOD, 15)]
    with context.store.write() as unit:
        for who, what, times in counted:
            for _ in range(times):
                unit.counts.add(programme, today, "North gate", OPERATOR, f"{who}:{what}")
    walk = Walk(opened(site, language, broken, DESK, bypass_csp=True), None, f"owner-{language}")
    Keyring(walk.page)
    walk.page.goto(invitation(site, "Owner", Right(Role.OWNER, programme)))
    joined(walk)
    walk.screen("desk")
    walk.press("numbers")
    walk.screen("owner")
    assert "Quiet" in walk.page.inner_text('[data-ask="unheard"]')
    assert "Fast" in walk.page.inner_text('[data-ask="misunderstood"]')
    assert walk.page.locator('[data-part="asking"] tr[data-operator]').count() == 2
    found = Axe().run(walk.page).response["violations"]
    assert ([each["id"] for each in found], broken) == ([], [])
