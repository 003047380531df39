"""What a person chooses or hears for themselves: a hand that calls for help, and their page without reading."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from support.browsing import PHONE
from support.interface import BOTH, PIN, Visit
from support.site import Site, opened
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OFFER = """async ({token, hands}) => {
    const [{Page}, {Api}, {chooseHelpHand}] = await Promise.all(
        ["shared/page.js", "capture/api.js", "capture/help_hand.js"].map((path) => import(`/static/${path}`)));
    document.querySelector("#problem").hidden = true;
    document.querySelector("main").inert = false;
    const page = new Page();
    await page.start();
    const app = {page, api: new Api(token, () => {}), voice: {say() {}}};
    chooseHelpHand(app, {hands, missing: []}, {}).then(() => { document.body.dataset.chosen = "yes"; });
}"""


def flaws(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_hand_chosen_on_the_page_calls_for_help_and_the_page_tells_nobody_which(site: Site, language: str) -> None:
    broken: list[str] = []
    person, reference = (61, "C-1") if language == "en" else (62, "C-2")
    enrolling = site.handfast.visit(person, kind="enrol", reference=reference)
    enrolling.whole(BOTH)
    phone = Walk(opened(site, language, broken, PHONE, bypass_csp=True), None, f"choices-{language}")
    phone.page.goto(f"{site.origin}/c#nobody")
    phone.page.wait_for_selector("body[data-problem]")
    phone.page.evaluate(OFFER, {"token": enrolling.token, "hands": list(BOTH)})
    phone.screen("help-hand")
    found = flaws(phone.page)
    phone.press("help-left")
    phone.page.wait_for_selector('body[data-chosen="yes"]')
    assert (found, broken) == ([], [])
    assert shown(site, person, reference, "left") == "not_captured"
    assert shown(site, person, reference, "right") == "accepted"


def test_who_showed_one_hand_is_not_asked_for_one_that_calls_for_help(site: Site) -> None:
    phone = opened(site, "en", [], PHONE)
    phone.goto(f"{site.origin}/c#nobody")
    phone.wait_for_selector("body[data-problem]")
    phone.evaluate(OFFER, {"token": "x", "hands": ["right"]})
    phone.wait_for_selector('body[data-chosen="yes"]')
    assert phone.locator("body").get_attribute("data-screen") != "help-hand"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_my_page_is_heard_and_seen_by_who_does_not_read(site: Site, language: str) -> None:
    broken: list[str] = []
    person, reference = (63, "C-3") if language == "en" else (64, "C-4")
    told = site.handfast.enrolled(reference, person)
    shown(site, person, reference, "right")
    walk = Walk(opened(site, language, broken, PHONE, bypass_csp=True), None, f"heard-{language}")
    page = walk.page
    page.goto(f"{site.origin}/me#{told['private_code']}")
    walk.screen("me-open")
    with page.expect_response(f"**/voice/{language}/me-open"):
        walk.press("listen")
    page.locator('[data-field="pin"]').fill(PIN)
    walk.press("open")
    walk.screen("me")
    page.locator("details").evaluate_all("(tiles) => tiles.forEach((tile) => { tile.open = true; })")
    walk.picture("whole", whole=True)
    uses = page.locator('[data-tile="done"] li')
    assert uses.count() == uses.locator("p .icon").count() == 3
    for tile in ("held", "done", "stop"):
        with page.expect_response(f"**/voice/{language}/me-{tile}"):
            page.locator(f'[data-tile="{tile}"] [data-action="listen"]').click()
    assert (flaws(page), broken) == ([], [])


def shown(site: Site, person: int, reference: str, hand: str) -> str:
    visit: Visit = site.handfast.visit(person, kind="check", reference=reference)
    return str(visit.whole((hand,))["outcome"])
