"""Whatever is wrong with the camera: its own calm message at once, and a way on that works."""

import pytest
from playwright.sync_api import Page

from support.browsing import Acting, Clinic, open_check, outcome_of
from support.film import Film
from support.served import Served
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

HIDDEN = """(hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""


def test_a_camera_that_is_refused_absent_or_in_use_is_met_by_its_own_words_and_works_once_allowed(
    phone: Page, served: Served, clinic: Clinic, acting: Acting
) -> None:
    walk = Walk(phone, Film(phone, acting(clinic.person, "person_a_1.jpg")), "camera")
    session = open_check(served, phone, clinic)
    walk.screen("welcome")
    phone.evaluate("window.cameraError = 'NotAllowedError'")
    walk.begin("yes")
    walk.problem("camera-refused")

    for error, kind in (("NotFoundError", "camera-absent"), ("NotReadableError", "camera-in-use")):
        phone.evaluate("(error) => { window.cameraError = error; }", error)
        walk.press("try-again")
        walk.problem(kind)

    phone.evaluate("window.cameraError = null")
    walk.press("try-again")
    walk.captured("referred")
    assert outcome_of(served, session) == "referred"


def test_a_page_that_was_in_the_background_lets_go_of_the_camera_and_goes_on_where_it_was(
    phone: Page, served: Served, clinic: Clinic, acting: Acting
) -> None:
    walk = Walk(phone, Film(phone, acting(clinic.person, "person_a_1.jpg")), "background")
    open_check(served, phone, clinic)
    walk.screen("welcome")
    walk.begin("yes")
    with phone.expect_response("**/v1/capture/frames**"):
        pass
    phone.evaluate(HIDDEN, True)  # noqa: FBT003 -- an argument of the script
    assert phone.evaluate("document.querySelector('video').srcObject") is None
    phone.evaluate(HIDDEN, False)  # noqa: FBT003
    walk.problem("background")
    walk.press("go-on")
    walk.captured("referred")
