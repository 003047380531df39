"""What a desk opens for who stands there: their page by a live check, new pictures in the place of old ones."""

import json

import pytest

from handfast.base.decision import Outcome
from handfast.base.errors import NotAllowed, NotAuthorised, NotFound
from handfast.base.modality import Hand, Modality
from handfast.base.roles import Right, Role
from handfast.service import desk_visits, enrol, finish
from handfast.service.answer import CheckAnswer
from handfast.service.desk.actors import Actor
from handfast.service.enrol import EnrolAnswer
from handfast.service.person import my_page
from handfast.service.person.life import TwoPeople
from handfast.service.sessions import NewSession
from support.scripted import Desk

PIN = "246810"


def ada(desk: Desk) -> Actor:
    return Actor("operator", "opr_ada", None, "North", (Right(Role.CHECKER, desk.programme.id),))


def page_for(desk: Desk, person: int, *, reference: str = "P-1", hand: Hand = Hand.RIGHT) -> CheckAnswer:
    opened = desk_visits.open_page(desk.context, ada(desk), desk.programme.id, reference, None, f"page {desk.requests}")
    desk.requests += 1
    desk.say(opened.token)
    desk.play(opened.token, desk.phone(opened.token, person, (hand,)))
    told = finish.finish(desk.context, opened.token)
    assert isinstance(told, CheckAnswer)
    return told


def retaken(desk: Desk, person: int, hands: tuple[Hand, ...], *, face: bool = True) -> tuple[EnrolAnswer, str]:
    who = TwoPeople("opr_ada", "opr_ben", desk.programme.id, "North", "passport")
    opened = desk_visits.open_retake(desk.context, ada(desk), who, "P-1", f"retake {desk.requests}")
    desk.requests += 1
    desk.say(opened.token)
    desk.play(opened.token, desk.phone(opened.token, person, hands, face=face))
    told = finish.finish(desk.context, opened.token)
    assert isinstance(told, EnrolAnswer)
    return told, opened.token


def test_a_live_check_at_a_desk_opens_the_persons_page_without_the_list_that_only_their_code_opens(desk: Desk) -> None:
    code = str(desk.enrol("P-1", 1).private_code)
    told = page_for(desk, 1)
    assert told.page_token is not None
    mine = my_page.page(desk.context, told.page_token)
    assert mine.held
    assert (mine.listed, mine.uses) == (False, ())
    with pytest.raises(NotAllowed):
        my_page.receipt(desk.context, told.page_token)
    my_page.freeze(desk.context, told.page_token, frozen=True)
    read = my_page.page(desk.context, my_page.open_page(desk.context, code, PIN).token)
    assert [use.outcome for use in read.uses] == ["enrolled", "accepted", "opened-by-check", "frozen", "opened"]
    assert read.complete


def test_somebody_else_opens_no_page_and_nothing_tells_a_reference_that_is_not_there(desk: Desk) -> None:
    desk.enrol("P-1", 1)
    stranger, nobody = page_for(desk, 2), page_for(desk, 2, reference="P-404")
    assert (stranger.outcome, stranger.page_token) == (Outcome.NOT_ACCEPTED, None)
    assert stranger == nobody


def test_an_ordinary_check_opens_no_page(desk: Desk) -> None:
    desk.enrol("P-1", 1)
    assert desk.check(1, reference="P-1").page_token is None


def test_a_program_with_a_key_opens_nobodys_page(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        desk_visits.open_page(desk.context, desk.caller, desk.programme.id, "P-1", None, "page")


def test_new_pictures_take_the_place_of_the_old_under_the_same_consent(desk: Desk) -> None:
    code = str(desk.enrol("P-1", 1).private_code)
    told, token = retaken(desk, 3, (Hand.LEFT,))
    assert (told.outcome, told.card, told.private_code) == ("retaken", None, None)
    read = my_page.page(desk.context, my_page.open_page(desk.context, code, PIN).token)
    assert {held.position.partition("-")[0] for held in read.held if held.position} == {"left"}
    use = next(use for use in read.uses if use.outcome == "retaken")
    details = json.loads(use.proof.details)
    assert (details["by"], details["document"]) == (["opr_ada", "opr_ben"], "passport")
    with desk.context.store.read() as reader:
        assert len({row.id for row in reader.consents.of(subject_of(desk))}) == 1
        assert reader.templates.without_consent() == 0
    with pytest.raises(NotAuthorised):
        enrol.choose_pin(desk.context, "not " + token, PIN)
    assert page_for(desk, 3, hand=Hand.LEFT).outcome is Outcome.ACCEPTED
    assert page_for(desk, 1, hand=Hand.LEFT).outcome is Outcome.NOT_ACCEPTED


def test_new_pictures_hold_nothing_that_was_not_agreed_to(desk: Desk) -> None:
    opened = desk.open(NewSession("enrol", reference="P-1"))
    desk.say(opened.token)
    desk.play(opened.token, desk.phone(opened.token, 1, (Hand.RIGHT,), face=False))
    finish.finish(desk.context, opened.token)
    retaken(desk, 1, (Hand.LEFT,))
    with desk.context.store.read() as reader:
        assert {row.modality for row in reader.templates.of(subject_of(desk))} == {Modality.FINGER}


def test_nobody_is_taken_anew_who_is_not_enrolled(desk: Desk) -> None:
    with pytest.raises(NotFound):
        retaken(desk, 1, (Hand.LEFT,))


def subject_of(desk: Desk) -> str:
    lookup = desk.context.keys.programme(desk.programme.id).lookup("P-1")
    with desk.context.store.read() as reader:
        subject = reader.subjects.by_reference(desk.programme.id, lookup)
    assert subject is not None
    return subject.id
