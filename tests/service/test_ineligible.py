"""Unknown, frozen and withdrawn references cannot be told apart, by the caller or at the phone."""

import json
from dataclasses import asdict, replace

from handfast.base.decision import Outcome
from handfast.base.modality import FingerPosition, Modality
from handfast.service import capturing, finish
from handfast.service.capturing import CaptureView
from handfast.service.person import my_page
from handfast.service.sessions import NewSession, SessionView, session_state
from handfast.service.verify import CheckAnswer
from support.scripted import Desk, ScriptedEngine

PIN = "2468"


def references(desk: Desk) -> tuple[str, ...]:
    """A reference of each kind, and how one of them has fewer fingers enrolled."""
    desk.eyes.bad = {FingerPosition.LEFT_RING}
    for person, name in enumerate(("frozen", "withdrawn")):
        code = desk.enrol(name, person=person).private_code
        token = my_page.open_page(desk.context, str(code), PIN).token
        if name == "frozen":
            my_page.freeze(desk.context, token, frozen=True)
        else:
            my_page.withdraw(desk.context, token)
    desk.eyes.bad = set()
    return "unknown", "frozen", "withdrawn"


def told(desk: Desk, reference: str) -> tuple[CaptureView, CheckAnswer, SessionView]:
    session = desk.open(NewSession("check", reference=reference))
    view = capturing.view(desk.context, session.token)
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=0))
    answer = finish.finish(desk.context, session.token)
    assert isinstance(answer, CheckAnswer)
    state = session_state(desk.context, desk.caller, session.id)
    assert state.answer is not None
    moment = desk.clock.now()
    state = replace(state, id="", jws="", expires_at=moment, answer=replace(state.answer, log_index=0))
    return replace(view, expires_at=moment), answer, state


def test_unknown_frozen_and_withdrawn_references_get_one_answer(desk: Desk) -> None:
    answers = []
    for reference in references(desk):
        view, answer, state = told(desk, reference)
        answers.append((replace(view, expires_at=desk.programme.created_at), answer, asdict(state) | {"expires_at": 0}))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][1].outcome is Outcome.NOT_ACCEPTED


def test_they_take_the_same_work(desk: Desk) -> None:
    work = []
    for reference in references(desk):
        engines = [desk.engines[m] for m in Modality]
        before = [e.compared for e in engines if isinstance(e, ScriptedEngine)]
        told(desk, reference)
        work.append([e.compared - b for e, b in zip(engines, before, strict=True) if isinstance(e, ScriptedEngine)])
    assert work[0] == work[1] == work[2]


def test_their_leaves_look_the_same(desk: Desk) -> None:
    leaves = []
    for reference in references(desk):
        told(desk, reference)
        with desk.context.store.read() as reader:
            *_, raw = reader.log.leaves()
        leaves.append([(name, type(value)) for name, value in _fields(raw).items()])
    assert leaves[0] == leaves[1] == leaves[2]


def _fields(raw: bytes) -> dict[str, object]:
    fields: dict[str, object] = json.loads(raw)
    return fields


def test_an_answer_where_nothing_was_captured_is_the_same_for_everyone(desk: Desk) -> None:
    references(desk)
    desk.enrol("known", person=5)
    answers = []
    for reference in ("known", "unknown", "frozen"):
        session = desk.open(NewSession("check", reference=reference))
        desk.say(session.token)
        desk.eyes.bad = set(FingerPosition)
        desk.play(session.token, desk.phone(session.token, person=0, face=False))
        desk.eyes.bad = set()
        answers.append(finish.finish(desk.context, session.token))
    assert answers[0] == answers[1] == answers[2]


def test_a_frozen_person_sees_that_somebody_tried(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    token = my_page.open_page(desk.context, code, PIN).token
    my_page.freeze(desk.context, token, frozen=True)
    desk.check(1, reference="P-1")
    page = my_page.page(desk.context, token)
    assert [use.outcome for use in page.uses] == ["enrolled", "opened", "frozen", "not_accepted"]
    assert page.complete


def test_who_freezes_can_allow_again(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    token = my_page.open_page(desk.context, code, PIN).token
    my_page.freeze(desk.context, token, frozen=True)
    assert desk.check(1, reference="P-1").outcome is Outcome.NOT_ACCEPTED
    my_page.freeze(desk.context, token, frozen=False)
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED


def test_a_person_who_withdraws_during_a_check_is_not_accepted(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    session = desk.open(NewSession("check", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1))
    my_page.withdraw(desk.context, my_page.open_page(desk.context, code, PIN).token)
    assert finish.finish(desk.context, session.token).outcome == Outcome.NOT_ACCEPTED
    assert desk.check(1, reference="P-1").outcome is Outcome.NOT_ACCEPTED


def test_a_card_dies_with_the_withdrawal(desk: Desk) -> None:
    enrolled = desk.enrol("P-1", person=1)
    assert enrolled.card is not None
    my_page.withdraw(desk.context, my_page.open_page(desk.context, str(enrolled.private_code), PIN).token)
    assert desk.check(1, card=enrolled.card.payload).outcome is Outcome.NOT_ACCEPTED
