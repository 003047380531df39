"""Nobody has to go on: a no at the welcome, and another way out of the middle of the capture."""

import pytest
from playwright.sync_api import Page

from support.browsing import Acting, Clinic, open_check, outcome_of
from support.film import Film
from support.served import Served
from support.walk import Walk, ask

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]


def test_who_says_no_at_the_welcome_is_told_the_other_way(
    phone: Page, served: Served, clinic: Clinic, acting: Acting
) -> None:
    walk = Walk(phone, Film(phone, acting(clinic.person, "person_a_1.jpg")), "no")
    session = open_check(served, phone, clinic)
    walk.screen("welcome")
    sizes = [phone.locator(f'[data-action="{said}"]').bounding_box() for said in ("no", "yes")]
    assert all(sizes)
    assert len({(box["width"], box["height"]) for box in sizes if box}) == 1  # a no is as large as a yes
    walk.press("no")
    walk.screen("answer")
    assert phone.locator(".ways li").all_inner_texts() == ["Show any paper with your name at the desk."]
    assert outcome_of(served, session) == "not_captured"
    phone.reload()
    walk.problem("link-ended")


def test_who_leaves_the_capture_is_served_another_way_and_the_camera_is_off(
    phone: Page, served: Served, clinic: Clinic, acting: Acting
) -> None:
    walk = Walk(phone, Film(phone, acting(clinic.person, "person_a_1.jpg")), "leave")
    session = open_check(served, phone, clinic)
    walk.screen("welcome")
    walk.begin("yes")
    with phone.expect_response("**/v1/capture/frames**"):
        pass
    phone.evaluate("window.track = document.querySelector('video').srcObject.getTracks()[0]")
    walk.press("another-way")
    walk.picture("sure")
    assert phone.evaluate("window.track.readyState") == "live"  # asking stops nothing but the pictures
    phone.route("**/v1/capture/finish", lambda route: None)
    with phone.expect_request("**/v1/capture/finish"):
        walk.press("carry-on")
    walk.press("another-way")
    walk.press("stop-here")
    walk.screen("answer")
    assert phone.evaluate("window.track.readyState") == "ended"
    assert phone.locator(".ways li").all_inner_texts() == ["Show any paper with your name at the desk."]
    assert outcome_of(served, session) == "not_captured"
    assert ask(served, "GET", f"/v1/sessions/{session}")["state"] == "finished"
