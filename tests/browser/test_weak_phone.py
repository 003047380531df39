"""A phone without the page's own models, at night, in Arabic, with reduced motion: the server guides alone.

Every step before the camera is spoken, without a barrier that axe-core finds, and can be left by keys.
"""

import pytest

from handfast.finger.synth.person import Person
from support.barriers import flaws, reached_by_keys
from support.browsing import Acting, Clinic, NewPhone, outcome_of
from support.film import Film
from support.served import Served
from support.walk import Walk, ask

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

LEFT = ("left-index", "left-middle", "left-ring", "left-little")


def test_a_phone_without_the_models_enrols_by_the_servers_guidance_alone(
    new_phone: NewPhone, served: Served, clinic: Clinic, acting: Acting
) -> None:
    phone = new_phone(locale="ar", color_scheme="dark", reduced_motion="reduce", bypass_csp=True)
    missed: list[str] = []
    spoken: list[str] = []
    steps: list[str] = []
    barriers: list[str] = []

    def looked_at(step: str) -> None:
        """The steps before the camera, as long as they last."""
        steps.append(step)
        barriers.extend(flaws(phone))
        if step == "fingers":
            assert reached_by_keys(phone, "another-way")

    phone.on("request", lambda asked: spoken.append(asked.url) if "/voice/" in asked.url else None)
    phone.on("requestfailed", lambda asked: missed.append(asked.url))
    phone.route("**/models/**", lambda route: route.abort())
    walk = Walk(phone, Film(phone, acting(Person(8), "person_b_1.jpg")), "arabic")

    wanted = {"kind": "enrol", "programme": clinic.programme, "reference": "file-weak"}
    opened = ask(served, "POST", "/v1/sessions", wanted)
    phone.goto(opened["link"])
    walk.agree("ar")
    assert phone.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    walk.leave_out(*LEFT)
    walk.begin("go-on")
    walk.captured("enrolled", looked_at)
    assert barriers == []
    assert "fingers" in steps
    assert len({*steps} - {"camera", "fingers"}) >= 2, steps  # a step may be over while another is looked at
    assert any(url.endswith("/voice/ar/task-look") for url in spoken), spoken
    assert outcome_of(served, opened["id"]) == "enrolled"
    assert missed
    assert all("/models/" in url or "/voice/" in url for url in missed), missed

    walk.screen("card")
    walk.press("next")
    phone.wait_for_selector('body[data-step="private-code"]')
    walk.press("open-code")
    walk.picture("private-code")
    code = phone.inner_text('[data-code="private"]')
    walk.press("next")
    for pin, then in (("1234", "pin-weak"), ("482915", "pin-again"), ("482915", "")):
        walk.screen("pin")
        phone.locator('[data-field="pin"]').fill(pin)
        walk.press("go-on")
        if then:
            phone.wait_for_selector(f'body[data-step="{then}"]')
    walk.screen("done")

    phone.goto(f"{served.origin}/me#{code}")
    walk.screen("me-open")
    phone.locator('[data-field="pin"]').fill("482915")
    walk.press("open")
    walk.screen("me")
    phone.locator("details").evaluate_all("(tiles) => tiles.forEach((tile) => { tile.open = true; })")
    walk.picture("me-whole")
