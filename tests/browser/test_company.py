"""Only one person is captured: while a second face is in view the page says so, and nothing goes on."""

import pytest
from playwright.sync_api import Page

from handfast.finger.synth.person import Person
from support.browsing import Acting, Clinic
from support.film import Film
from support.served import Served
from support.walk import Walk, ask

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.xdist_group("browser")]


def test_the_capture_waits_until_the_person_is_alone(
    phone: Page, served: Served, clinic: Clinic, acting: Acting
) -> None:
    film = Film(phone, acting(Person(6), "person_b_1.jpg"))
    film.company = acting(Person(6), "impostor_1.jpg")
    walk = Walk(phone, film, "company")
    wanted = {"kind": "check", "programme": clinic.programme, "reference": "somebody"}
    phone.goto(ask(served, "POST", "/v1/sessions", wanted)["link"])
    walk.screen("welcome")
    walk.press("yes")
    walk.screen("fingers-choice")
    walk.begin("without-hands")

    phone.wait_for_selector('body[data-hint="one-person"]')
    walk.picture("one-person")
    answers = []
    for _ in range(5):
        with phone.expect_response(lambda told: "/v1/capture/frames" in told.url and told.ok) as next_answer:
            pass  # a picture that another overtook, or that came to a busy server, is told so instead
        answers.append(next_answer.value.json())
    assert {(answer["task"]["id"], answer["task"]["state"], answer["hint"]) for answer in answers} == {
        (0, "going", "one-person")
    }

    film.company = None
    walk.captured("not_accepted")  # nobody is known under that reference
