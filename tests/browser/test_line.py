"""When the line or the server is gone in the middle, the person is told at once, and it goes on by itself."""

import re

import pytest
from playwright.sync_api import Page

from handfast.lab.actor import Flaw
from support.browsing import Acting, Clinic, open_check, outcome_of
from support.film import Film
from support.served import Served
from support.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]

ALL = re.compile(r"/v1/")


def test_a_capture_outlives_a_silent_server_a_lost_line_and_a_server_that_is_gone(
    phone: Page, served: Served, clinic: Clinic, acting: Acting
) -> None:
    again = (Flaw.BLURRED,)  # so that there is something left to do when the line is back
    film = Film(phone, acting(clinic.person, "person_a_1.jpg"), again)
    walk = Walk(phone, film, "line")
    session = open_check(served, phone, clinic)
    walk.screen("welcome")
    phone.route(ALL, lambda route: None)  # never answered
    walk.press("yes")
    walk.problem("connection")
    phone.unroute(ALL)
    with phone.expect_response("**/v1/capture/challenge") as coming:
        pass
    film.follow(coming.value)
    with phone.expect_response("**/v1/capture/frames**"):
        pass

    phone.context.set_offline(offline=True)
    walk.problem("connection")
    phone.context.set_offline(offline=False)
    phone.wait_for_selector("body:not([data-problem])", timeout=30_000)

    phone.route(ALL, lambda route: route.abort("connectionrefused"))
    walk.problem("server-gone")
    phone.unroute(ALL)
    phone.wait_for_selector("body:not([data-problem])", timeout=30_000)

    walk.captured("referred")
    assert outcome_of(served, session) == "referred"
