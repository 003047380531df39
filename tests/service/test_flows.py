import pytest

from handfast.audit.person import view
from handfast.audit.private_code import code_lookup, read_private_code
from handfast.base.decision import Assurance, Outcome
from handfast.base.errors import RequestError, SessionSpent
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.service import capturing, enrol, finish
from handfast.service.answer import opened_answer
from handfast.service.enrol import EnrolAnswer
from handfast.service.sessions import NewSession, session_state
from handfast.service.verify import CheckAnswer
from handfast.storage.tables.subjects import SubjectState
from support.scripted import Desk

pytestmark = pytest.mark.usefixtures("each_store")


def state_of(desk: Desk, reference: str) -> SubjectState:
    lookup = desk.context.keys.programme(desk.programme.id).lookup(reference)
    with desk.context.store.read() as reader:
        subject = reader.subjects.by_reference(desk.programme.id, lookup)
    assert subject is not None
    return subject.state


def log_size(desk: Desk) -> int:
    with desk.context.store.read() as reader:
        return reader.log.tree().size


def test_who_enrolled_and_comes_back_is_accepted_and_the_caller_gets_the_reference(desk: Desk) -> None:
    assert desk.enrol("P-1", person=1).outcome == "enrolled"
    answer = desk.check(1, reference="P-1")
    assert (answer.outcome, answer.reference) == (Outcome.ACCEPTED, "P-1")


def test_another_person_is_not_accepted_and_no_reference_is_told(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    answer = desk.check(2, reference="P-1")
    assert (answer.outcome, answer.reference) == (Outcome.NOT_ACCEPTED, None)


def test_an_enrolment_is_pending_until_the_person_comes_back(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    assert state_of(desk, "P-1") is SubjectState.PENDING
    desk.check(2, reference="P-1")
    assert state_of(desk, "P-1") is SubjectState.PENDING
    desk.check(1, reference="P-1")
    assert state_of(desk, "P-1") is SubjectState.ACTIVE


def test_a_card_and_its_number_start_a_check(desk: Desk) -> None:
    card = desk.enrol("P-1", person=1).card
    assert card is not None
    assert desk.check(1, card=card.payload).outcome is Outcome.ACCEPTED
    assert desk.check(1, card=card.number).outcome is Outcome.ACCEPTED


def test_who_does_not_show_the_hand_is_referred_at_most(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = desk.open(NewSession("check", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1, hands=()))
    answer = finish.finish(desk.context, session.token)
    assert answer.outcome == Outcome.REFERRED


def test_who_enrolled_without_hands_is_never_accepted_without_a_person_deciding(desk: Desk) -> None:
    session = desk.open(NewSession("enrol", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1, hands=()))
    assert finish.finish(desk.context, session.token).outcome == "enrolled"
    again = desk.open(NewSession("check", reference="P-1"))
    assert capturing.view(desk.context, again.token).hands == ()
    desk.say(again.token)
    desk.play(again.token, desk.phone(again.token, person=1, hands=()))
    assert finish.finish(desk.context, again.token).outcome == Outcome.REFERRED


def test_every_check_is_one_leaf_whatever_the_outcome(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    before = log_size(desk)
    desk.check(1, reference="P-1")
    desk.check(2, reference="P-1")
    desk.check(3, reference="nobody")
    assert log_size(desk) == before + 3


def test_a_check_that_captured_nothing_is_told_as_such_and_logged(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    before = log_size(desk)
    desk.eyes.bad = set(FingerPosition)
    session = desk.open(NewSession("check", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1, face=False))
    answer = finish.finish(desk.context, session.token)
    assert answer.outcome == Outcome.NOT_CAPTURED
    assert answer.advice == "show-face"
    assert log_size(desk) == before + 1


def test_an_enrolment_that_captured_nothing_keeps_nothing(desk: Desk) -> None:
    desk.eyes.bad = set(FingerPosition)
    session = desk.open(NewSession("enrol", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1, face=False))
    answer = finish.finish(desk.context, session.token)
    assert isinstance(answer, EnrolAnswer)
    assert (answer.outcome, answer.card, answer.private_code) == ("not_captured", None, None)
    assert desk.context.keys.people() == ()


def test_a_finger_that_gave_no_print_is_told_and_not_asked_for_again(desk: Desk) -> None:
    desk.eyes.bad = {FingerPosition.LEFT_RING}
    answer = desk.enrol("P-1", person=1)
    assert answer.failed == (FingerPosition.LEFT_RING,)
    session = desk.open(NewSession("check", reference="P-1", hand=Hand.LEFT))
    (left,) = capturing.view(desk.context, session.token).hands
    assert left.positions == tuple(p for p in FOUR_FINGERS[Hand.LEFT] if p is not FingerPosition.LEFT_RING)


def test_two_enrolments_under_one_reference_leave_one_person(desk: Desk) -> None:
    sessions = [desk.open(NewSession("enrol", reference="P-1")) for _ in range(2)]
    outcomes = []
    for person, session in enumerate(sessions):
        desk.say(session.token)
        desk.play(session.token, desk.phone(session.token, person=person))
        outcomes.append(finish.finish(desk.context, session.token).outcome)
    assert outcomes == ["enrolled", "referred"]
    assert len(desk.context.keys.people()) == 1


def test_the_private_code_holds_every_use(desk: Desk) -> None:
    code = desk.enrol("P-1", person=1).private_code
    assert code is not None
    desk.check(1, reference="P-1")
    desk.check(2, reference="P-1")
    secret = read_private_code(code)
    with desk.context.store.read() as reader:
        row = reader.cards.private_code(code_lookup(secret))
        assert row is not None
        seen = view(reader, desk.context.keys.person(row.programme_id, row.subject_id), secret)
    assert seen.complete
    assert [use.details["outcome"] for use in seen.uses] == ["enrolled", "accepted", "not_accepted"]


def test_an_answer_lost_on_its_way_is_told_again_and_nothing_is_done_again(desk: Desk) -> None:
    session = desk.open(NewSession("enrol", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1))
    first = finish.finish(desk.context, session.token)
    before = log_size(desk)
    assert finish.finish(desk.context, session.token) is first
    assert log_size(desk) == before


def test_finishing_before_the_last_step_uses_nothing_up(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = desk.open(NewSession("check", reference="P-1"))
    desk.say(session.token)
    phone = desk.phone(session.token, person=1)
    with pytest.raises(RequestError, match="steps"):
        finish.finish(desk.context, session.token)
    desk.play(session.token, phone)
    assert finish.finish(desk.context, session.token).outcome == Outcome.ACCEPTED


def test_beside_an_operator_who_cannot_follow_the_steps_is_enrolled(desk: Desk) -> None:
    session = desk.open(NewSession("enrol", reference="P-1", mode=Assurance.ATTENDED))
    desk.say(session.token)
    phone = desk.phone(session.token, person=1)
    capturing.frame(desk.context, session.token, phone.frame(0))
    desk.eyes.frames = 99
    desk.clock.pass_time(60)
    capturing.frame(desk.context, session.token, phone.frame(1))  # the step was not seen in time
    desk.eyes.frames = 1
    task, done = 2, False
    while not done:
        answer = capturing.frame(desk.context, session.token, phone.frame(task))
        task = answer.task.id if answer.next is None else answer.next
        done = answer.done
    assert finish.finish(desk.context, session.token).outcome == "enrolled"


def test_alone_who_does_not_follow_the_steps_is_not_captured(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = desk.open(NewSession("check", reference="P-1"))
    desk.say(session.token)
    phone = desk.phone(session.token, person=1)
    capturing.frame(desk.context, session.token, phone.frame(0))
    desk.eyes.frames = 99
    desk.clock.pass_time(60)
    capturing.frame(desk.context, session.token, phone.frame(1))
    desk.eyes.frames = 1
    task, done = 2, False
    while not done:
        step = capturing.frame(desk.context, session.token, phone.frame(task))
        task = step.task.id if step.next is None else step.next
        done = step.done
    answer = finish.finish(desk.context, session.token)
    assert (answer.outcome, answer.advice) == (Outcome.NOT_CAPTURED, "follow-the-steps")


def test_the_receipt_and_the_pin_are_there_while_the_session_lives(desk: Desk) -> None:
    session = desk.open(NewSession("enrol", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1))
    finish.finish(desk.context, session.token)
    enrol.choose_pin(desk.context, session.token, "2468")
    receipt = enrol.receipt(desk.context, session.token)
    assert set(receipt) >= {"records", "log", "signature"}


def test_images_and_probes_are_gone_when_the_answer_is_given(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = desk.open(NewSession("check", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1))
    finish.finish(desk.context, session.token)
    live = desk.context.live.of(session.id, session.expires_at)
    assert (live.capture, live.said) == (None, None)
    assert isinstance(live.told, CheckAnswer)


def test_a_session_row_does_not_say_who_was_checked_once_it_is_over(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = desk.open(NewSession("check", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1))
    finish.finish(desk.context, session.token)
    with desk.context.store.read() as reader:
        row = reader.sessions.get(session.id)
    assert (row.subject_id, row.sealed) == (None, None)
    keys = desk.context.keys.programme(desk.programme.id)
    assert row.answer_sealed is not None
    assert opened_answer(row.answer_sealed, keys, session.id).outcome == "accepted"


def test_a_no_ends_the_session_and_is_counted_by_day_and_desk(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = desk.open(NewSession("check", reference="P-1"))
    desk.say(session.token, "no")
    assert capturing.view(desk.context, session.token).state == "finished"
    told = session_state(desk.context, desk.caller, session.id).answer
    assert told is not None
    assert (told.outcome, told.advice) == ("not_captured", "another-way")
    with desk.context.store.read() as reader:
        counts = reader.counts.of(desk.programme.id, desk.clock.now().date())
    assert [(c.kind, c.number) for c in counts if c.kind == "decline"] == [("decline", 1)]
    with pytest.raises(SessionSpent):
        desk.say(session.token)


def test_another_way_gives_the_programmes_steps_and_ends_the_session(desk: Desk) -> None:
    session = desk.open(NewSession("check", reference="P-1"))
    assert capturing.another_way(desk.context, session.token, "face", "no-camera") == desk.programme.another_way
    assert session_state(desk.context, desk.caller, session.id).state == "finished"
