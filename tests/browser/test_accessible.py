"""Nothing that axe-core can find stands between a screen reader, a keyboard or weak eyes and the main screens."""

import pytest

from handfast.base.modality import Hand
from support.barriers import flaws
from support.browsing import Acting, Clinic, NewPhone
from support.film import Film
from support.served import Served
from support.visits import PIN, enrol
from support.walk import Walk, ask, programme

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_screens_of_an_enrolment_have_no_known_barrier(
    new_phone: NewPhone, served: Served, clinic: Clinic, scheme: str
) -> None:
    phone = new_phone(color_scheme=scheme, bypass_csp=True)
    walk = Walk(phone, None, f"axe-{scheme}")
    wanted = {"kind": "enrol", "programme": clinic.programme, "reference": f"axe-{scheme}"}
    phone.goto(ask(served, "POST", "/v1/sessions", wanted)["link"])
    phone.wait_for_selector('body[data-screen="welcome"]')
    found = flaws(phone)
    walk.press("yes")
    for step in ("card-1", "card-2", "card-3", "card-4", "card-5"):
        phone.wait_for_selector(f'body[data-step="{step}"]')
        found += flaws(phone) if step == "card-2" else []
        walk.press("next")
    for step, right in (("question-1", 0), ("question-2", 1)):
        phone.wait_for_selector(f'body[data-step="{step}"]')
        found += flaws(phone) if right else []
        walk.press("option", f'[data-option="{right}"]')
    phone.wait_for_selector('body[data-step="consent"]')
    found += flaws(phone)
    walk.press("tick")
    walk.press("agree")
    phone.wait_for_selector('body[data-screen="fingers-choice"]')
    found += flaws(phone)
    phone.evaluate("window.cameraError = 'NotAllowedError'")
    walk.press("go-on")
    phone.wait_for_selector('body[data-problem="camera-refused"]')
    found += flaws(phone)
    walk.press("another-way")
    found += flaws(phone)
    walk.press("stop-here")
    phone.wait_for_selector('body[data-screen="answer"]')
    assert found + flaws(phone) == []


def test_each_further_purpose_is_asked_for_by_itself_without_a_barrier(new_phone: NewPhone, served: Served) -> None:
    phone = new_phone(bypass_csp=True)
    walk = Walk(phone, None, "axe-also")
    asks = programme(served, find=True, duplicate_check=True)
    phone.goto(ask(served, "POST", "/v1/sessions", {"kind": "enrol", "programme": asks, "reference": "also"})["link"])
    walk.agree()
    found: list[str] = []
    for purpose in ("find", "duplicate-check"):
        phone.wait_for_selector(f'body[data-step="also-{purpose}"]')
        walk.picture(f"also-{purpose}")
        found += flaws(phone)
        if purpose == "find":
            walk.press("no")
    with phone.expect_request("**/v1/capture/answer") as sent:
        walk.press("yes")
    assert '"also":["duplicate-check"]' in str(sent.value.post_data)
    walk.screen("fingers-choice")
    assert found == []


def test_the_live_screens_have_no_known_barrier(
    new_phone: NewPhone, served: Served, clinic: Clinic, acting: Acting
) -> None:
    phone = new_phone(bypass_csp=True)
    film = Film(phone, acting(clinic.person, "person_a_1.jpg"))
    walk = Walk(phone, film, "axe-live")
    wanted = {"kind": "check", "programme": clinic.programme, "reference": "nobody"}
    phone.goto(ask(served, "POST", "/v1/sessions", wanted)["link"])
    walk.screen("welcome")
    walk.press("yes")
    walk.screen("fingers-choice")
    walk.begin("hand-right")
    found = []
    for screen in ("face", "hand", "fingers"):
        phone.wait_for_selector(f'body[data-screen="{screen}"]', timeout=120_000)
        found += flaws(phone)
    assert found == []


def test_my_page_the_desk_and_the_open_pages_have_no_known_barrier(
    new_phone: NewPhone, served: Served, clinic: Clinic, acting: Acting
) -> None:
    phone = new_phone(bypass_csp=True)
    walk = Walk(phone, None, "axe")
    code = enrol(served, clinic.programme, "axe-me", acting(clinic.person, "person_a_1.jpg"), (Hand.RIGHT,), face=False)
    phone.goto(f"{served.origin}/me#{code}")
    phone.wait_for_selector('body[data-screen="me-open"]')
    found = flaws(phone)
    phone.locator('[data-field="pin"]').fill(PIN)
    walk.press("open")
    phone.wait_for_selector('body[data-screen="me"]')
    phone.locator("details").evaluate_all("(tiles) => tiles.forEach((tile) => { tile.open = true; })")
    found += flaws(phone)

    phone.goto(f"{served.origin}/desk")
    phone.locator('[data-field="key"]').fill(served.administrator)
    walk.press("open")
    phone.wait_for_selector(".programme")
    found += flaws(phone)
    walk.press("make")
    phone.wait_for_selector('body[data-screen="desk-new"]')
    found += flaws(phone)
    walk.press("back")
    phone.locator('[data-action="check"]').first.click()
    phone.wait_for_selector('body[data-screen="desk-person"]')
    found += flaws(phone)
    phone.locator('[data-field="reference"]').fill("axe-me")
    walk.press("start")
    phone.wait_for_selector("img.qr")
    found += flaws(phone)

    for path, shown in (("/", ".tile"), ("/docs", ".operation"), (f"/p/{clinic.programme}", "dl")):
        phone.goto(served.origin + path)
        phone.wait_for_selector(shown)
        found += flaws(phone)
    assert found == []
