"""Attacks on a session, each refused."""

import json
from dataclasses import asdict, replace

import pytest

from handfast.audit.leaf import LeafKind
from handfast.base.decision import Outcome
from handfast.base.errors import (
    FrameRefused,
    NotAuthorised,
    RequestError,
    SessionExpired,
    SessionSpent,
    SessionUnknown,
)
from handfast.base.modality import Hand
from handfast.capture.challenge import LIFE
from handfast.service import capturing, finish
from handfast.service.desk.actors import authenticate
from handfast.service.owner.programmes import create
from handfast.service.person import my_page
from handfast.service.sessions import NewSession, OpenedSession, session_state
from support.scripted import PROGRAMME, Desk


def begun(desk: Desk, reference: str = "P-1") -> OpenedSession:
    """A check that the person has said yes to."""
    session = desk.open(NewSession("check", reference=reference))
    desk.say(session.token)
    return session


def test_replayed_frames_are_refused(desk: Desk) -> None:
    first = begun(desk)
    phone = desk.phone(first.token, person=1)
    recorded = phone.frame(0)
    capturing.frame(desk.context, first.token, recorded)
    with pytest.raises(FrameRefused):
        capturing.frame(desk.context, first.token, replace(recorded, task=1))
    second = begun(desk)
    other = desk.phone(second.token, person=1)
    with pytest.raises(FrameRefused, match="sent before"):
        capturing.frame(desk.context, second.token, other.bound(replace(other.frame(0), body=recorded.body)))


def test_an_expired_challenge_is_refused(desk: Desk) -> None:
    session = begun(desk)
    phone = desk.phone(session.token, person=1)
    desk.clock.pass_time(LIFE.total_seconds())
    with pytest.raises(SessionExpired):
        capturing.frame(desk.context, session.token, phone.frame(0))


def test_a_wrong_nonce_is_refused(desk: Desk) -> None:
    session = begun(desk)
    phone = desk.phone(session.token, person=1)
    phone.challenge = replace(phone.challenge, nonce=b"\0" * 32)
    with pytest.raises(FrameRefused, match="not bound"):
        capturing.frame(desk.context, session.token, phone.frame(0))


def test_another_sessions_frames_are_refused(desk: Desk) -> None:
    mine, other = begun(desk), begun(desk)
    phone = desk.phone(other.token, person=1)
    desk.phone(mine.token, person=2)
    with pytest.raises(FrameRefused, match="not bound"):
        capturing.frame(desk.context, mine.token, phone.frame(0))


def test_frames_out_of_order_are_refused(desk: Desk) -> None:
    session = begun(desk)
    phone = desk.phone(session.token, person=1)
    early, late = phone.frame(0), phone.frame(1)
    with pytest.raises(FrameRefused, match="task 0 is on"):
        capturing.frame(desk.context, session.token, late)
    capturing.frame(desk.context, session.token, early)
    capturing.frame(desk.context, session.token, phone.frame(1))
    with pytest.raises(FrameRefused):
        capturing.frame(desk.context, session.token, late)


def test_somebody_elses_hand_after_ones_own_face_is_not_accepted(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = begun(desk)
    phone = desk.phone(session.token, person=1)
    fingers = len(phone.challenge.tasks) - 1
    for task in range(fingers):
        capturing.frame(desk.context, session.token, phone.frame(task))
    phone.person = 2
    capturing.frame(desk.context, session.token, phone.frame(fingers))
    assert finish.finish(desk.context, session.token).outcome != Outcome.ACCEPTED


def test_somebody_else_taking_over_between_two_steps_is_not_captured(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = begun(desk)
    phone = desk.phone(session.token, person=1)
    capturing.frame(desk.context, session.token, phone.frame(0))
    phone.person = 2  # a print for the first look, a living accomplice for the steps
    for task in range(1, len(phone.challenge.tasks)):
        if task == len(phone.challenge.tasks) - 1:
            phone.person = 1
        capturing.frame(desk.context, session.token, phone.frame(task))
    answer = finish.finish(desk.context, session.token)
    assert (answer.outcome, answer.advice) == (Outcome.NOT_CAPTURED, "follow-the-steps")


def test_a_check_with_someone_elses_card_is_not_accepted(desk: Desk) -> None:
    card = desk.enrol("P-1", person=1).card
    desk.enrol("P-2", person=2)
    assert card is not None
    assert desk.check(2, card=card.payload).outcome is Outcome.NOT_ACCEPTED


def test_a_card_made_elsewhere_opens_no_session(desk: Desk) -> None:
    card = desk.enrol("P-1", person=1).card
    assert card is not None
    head, number, signature = card.payload.split(".")
    forged = f"{head}.{int(number) + 1:012d}.{signature}"
    for shown in (forged, "HF1.1.x", "1234 5678 9012", ""):
        with pytest.raises(RequestError):
            desk.open(NewSession("check", card=shown))


def test_a_card_opens_nothing_but_a_check(desk: Desk) -> None:
    card = desk.enrol("P-1", person=1).card
    assert card is not None
    for shown in (card.payload, card.number):
        with pytest.raises(NotAuthorised):
            my_page.open_page(desk.context, shown, "2468")
        with pytest.raises(RequestError, match="reference"):
            desk.open(NewSession("enrol", card=shown))


def test_a_session_is_good_for_one_answer(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = begun(desk)
    phone = desk.phone(session.token, person=1)
    desk.play(session.token, phone)
    finish.finish(desk.context, session.token)
    with pytest.raises(SessionSpent):
        capturing.begin(desk.context, session.token, (Hand.RIGHT,), frozenset(), face=True)
    with pytest.raises(SessionSpent):
        capturing.frame(desk.context, session.token, phone.frame(0))
    desk.restart()
    with pytest.raises(SessionSpent):
        finish.finish(desk.context, session.token)


def test_a_claimed_session_cannot_be_claimed_again(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = begun(desk)
    desk.play(session.token, desk.phone(session.token, person=1))
    with desk.context.store.write() as unit:
        unit.sessions.claim(session.id, desk.clock.now())
    with pytest.raises(SessionSpent):
        finish.finish(desk.context, session.token)


def test_a_template_row_moved_to_another_person_does_not_let_them_in(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    desk.enrol("P-2", person=2)
    keys = desk.context.keys.programme(desk.programme.id)
    with desk.context.store.read() as reader:
        mine = reader.subjects.by_reference(desk.programme.id, keys.lookup("P-1"))
        theirs = reader.subjects.by_reference(desk.programme.id, keys.lookup("P-2"))
        assert mine is not None
        assert theirs is not None
        (consent,) = reader.consents.of(theirs.id)
        rows = reader.templates.of(mine.id)
    with desk.context.store.write() as unit:
        for row in unit.templates.of(theirs.id):
            unit.templates.remove(row.id)
        for row in rows:
            unit.templates.remove(row.id)
            unit.templates.add(replace(row, subject_id=theirs.id, consent_id=consent.id))
        desk.context.log.append(unit, keys, LeafKind.PROGRAMME, "attacker", {})
    assert desk.check(1, reference="P-2").outcome is Outcome.REFERRED


def test_a_frame_before_the_persons_yes_is_refused(desk: Desk) -> None:
    session = desk.open(NewSession("check", reference="P-1"))
    with pytest.raises(RequestError, match="yes"):
        capturing.begin(desk.context, session.token, (Hand.RIGHT,), frozenset(), face=True)


def test_a_made_up_link_opens_nothing(desk: Desk) -> None:
    for call in (capturing.view, finish.finish):
        with pytest.raises(SessionUnknown):
            call(desk.context, "A" * 43)


def test_a_link_is_over_after_its_time(desk: Desk) -> None:
    session = begun(desk)
    desk.clock.pass_time(15 * 60)
    with pytest.raises(SessionExpired):
        capturing.view(desk.context, session.token)
    with pytest.raises(SessionExpired):
        desk.phone(session.token, person=1)


def test_another_programmes_caller_sees_no_session_and_no_person(desk: Desk) -> None:
    card = desk.enrol("P-1", person=1).card
    session = begun(desk)
    stranger = authenticate(desk.context, create(desk.context, desk.admin, PROGRAMME).api_key)
    with pytest.raises(SessionUnknown):
        session_state(desk.context, stranger, session.id)
    desk.caller = stranger
    assert card is not None
    assert desk.check(1, card=card.payload).outcome is Outcome.NOT_ACCEPTED
    assert desk.check(1, reference="P-1").outcome is Outcome.NOT_ACCEPTED


def test_no_score_leaves_the_service(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = begun(desk)
    desk.play(session.token, desk.phone(session.token, person=1))
    told = finish.finish(desk.context, session.token)
    seen = session_state(desk.context, desk.caller, session.id)
    text = json.dumps([asdict(told), asdict(seen)], default=str)
    for word in ("llr", "score", "evidence", "quality", "scripted"):
        assert word not in text
