"""Cases: opened by a referred check, decided by somebody else with the person there, told to them, taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handfast.base.decision import Outcome
from handfast.base.errors import Conflict, NotAllowed, NotFound, RequestError, SecondPersonNeeded
from handfast.base.modality import Hand
from handfast.base.roles import Right, Role
from handfast.service import cases, finish, review, sessions
from handfast.service.cases import CaseFile, CaseView
from handfast.service.desk.actors import Actor
from handfast.service.memory.people import Approval
from handfast.service.memory.tokens import OpenPage
from handfast.service.person import my_page
from handfast.service.review import Ruling
from handfast.storage.tables.cases import CaseDecision, CaseKind, CaseState
from handfast.storage.tables.subjects import SubjectState
from support.scripted import Desk

SAME = Ruling(CaseDecision.SAME, ("document",), "passport looked at")
PIN = "246810"


def operator(desk: Desk, name: str, *roles: Role) -> Actor:
    rights = tuple(Right(role, desk.programme.id) for role in roles)
    return Actor("operator", f"opr_{name}", None, desk.caller.desk, rights)


def referred(desk: Desk, reference: str = "P-1") -> CaseView:
    """Somebody enrolled shows another's hand; the case that comes of it."""
    session = desk.open(sessions.NewSession("check", reference=reference))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, 1, hands=()))
    assert finish.finish(desk.context, session.token).outcome is Outcome.REFERRED
    state = sessions.session_state(desk.context, desk.caller, session.id)
    assert state.case is not None
    return state.case


def captured_again(desk: Desk, reviewer: Actor, case: CaseView, person: int = 1) -> None:
    desk.requests += 1
    opened = review.capture_again(desk.context, reviewer, case.id, f"again {desk.requests}")
    desk.say(opened.token)
    desk.play(opened.token, desk.phone(opened.token, person, (Hand.RIGHT,)))
    finish.finish(desk.context, opened.token)


def page_of(desk: Desk, code: str) -> OpenPage:
    return desk.context.pages.page(my_page.open_page(desk.context, code, PIN).token)


def test_a_referred_check_is_decided_with_the_person_there_and_told_to_them(desk: Desk) -> None:
    code = desk.enrol("P-1", person=1).private_code or ""
    case, reviewer = referred(desk), operator(desk, "ben", Role.REVIEWER)
    assert cases.listed(desk.context, reviewer, desk.programme.id) == (case,)
    with pytest.raises(Conflict, match="captured once more"):
        review.decide(desk.context, reviewer, case.id, SAME)
    captured_again(desk, reviewer, case)
    decided = review.decide(desk.context, reviewer, case.id, SAME)
    assert (decided.case.decision, decided.reference) == (CaseDecision.SAME, "P-1")
    page = my_page.page(desk.context, my_page.open_page(desk.context, code, PIN).token)
    told = [use for use in page.uses if use.kind == "review"]
    assert [use.outcome for use in told] == ["referred-same"]
    assert page.complete


def test_a_fresh_capture_that_is_referred_again_opens_no_second_case(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    case, reviewer = referred(desk), operator(desk, "ben", Role.REVIEWER)
    opened = review.capture_again(desk.context, reviewer, case.id, "again once")
    desk.say(opened.token)
    desk.play(opened.token, desk.phone(opened.token, 1, hands=()))
    finish.finish(desk.context, opened.token)
    assert len(cases.listed(desk.context, reviewer, desk.programme.id)) == 1


def test_a_reviewer_is_blind_to_who_asked_and_to_scores(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    case = referred(desk)
    shown = {name: str(getattr(case, name)) for name in case.__slots__}
    assert set(shown) == {"id", "code", "kind", "state", "site", "opened_on", "deadline_on", "decision", "captured"}
    assert desk.caller.key_id not in str(shown)


def test_who_asked_does_not_decide_nor_anyone_without_the_right(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    case = referred(desk)
    asker = Actor("operator", desk.caller.key_id, None, "Desk", (Right(Role.REVIEWER, desk.programme.id),))
    with pytest.raises(NotAllowed, match="somebody else"):
        review.decide(desk.context, asker, case.id, SAME)
    with pytest.raises(NotFound):
        review.decide(desk.context, operator(desk, "eve", Role.CHECKER), case.id, SAME)
    with pytest.raises(NotAllowed, match="passkey"):
        review.decide(desk.context, desk.caller, case.id, SAME)


def test_it_is_them_takes_more_than_the_camera_and_nobody_can_tell_is_an_answer(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    case, reviewer = referred(desk), operator(desk, "ben", Role.REVIEWER)
    with pytest.raises(RequestError, match="what else"):
        review.decide(desk.context, reviewer, case.id, replace(SAME, evidence=()))
    with pytest.raises(RequestError, match="few words"):
        review.decide(desk.context, reviewer, case.id, replace(SAME, note=" "))
    unsure = Ruling(CaseDecision.CANNOT_TELL, (), "nobody came back")
    decided = review.decide(desk.context, reviewer, case.id, unsure)
    assert (decided.case.state, decided.reference) == (CaseState.DECIDED, None)


def test_every_decision_can_be_taken_back_and_the_person_is_told(desk: Desk) -> None:
    code = desk.enrol("P-1", person=1).private_code or ""
    case, reviewer = referred(desk), operator(desk, "ben", Role.REVIEWER)
    review.decide(desk.context, reviewer, case.id, Ruling(CaseDecision.CANNOT_TELL, (), "too dark to tell"))
    with pytest.raises(Conflict, match="take the decision back"):
        review.decide(desk.context, reviewer, case.id, SAME)
    again = review.reverse(desk.context, operator(desk, "cy", Role.OWNER), case.id, "the light was mended")
    assert (again.state, again.decision) == (CaseState.OPEN, None)
    page = my_page.page(desk.context, my_page.open_page(desk.context, code, PIN).token)
    outcomes = [use.outcome for use in page.uses if use.kind == "review"]
    assert outcomes == ["referred-cannot-tell", "referred-reversed"]


def test_a_control_case_looks_like_any_other_and_its_hit_rate_is_the_owners_alone(desk: Desk) -> None:
    code = desk.enrol("P-1", person=1).private_code or ""
    owner, reviewer = operator(desk, "own", Role.OWNER), operator(desk, "ben", Role.REVIEWER)
    real = referred(desk)
    control = cases.open_control(desk.context, owner, desk.programme.id, "P-1", desk.caller.desk, "different")
    listed = {case.id: case for case in cases.listed(desk.context, reviewer, desk.programme.id)}
    assert listed[control].kind == listed[real.id].kind
    assert listed[control].site == listed[real.id].site
    captured_again(desk, reviewer, listed[control], person=2)
    review.decide(desk.context, reviewer, control, Ruling(CaseDecision.DIFFERENT, (), "not the person on the card"))
    page = my_page.page(desk.context, my_page.open_page(desk.context, code, PIN).token)
    assert not [use for use in page.uses if use.kind == "review"]  # a drill is no decision about them
    assert [case.id for case in cases.own_cases(desk.context, page_of(desk, code))] == [real.id]


def test_an_objection_has_a_deadline_and_its_answer_stands_on_the_page(desk: Desk) -> None:
    code = desk.enrol("P-1", person=1).private_code or ""
    opened = page_of(desk, code)
    case = cases.object_to(desk.context, opened, "that was not me on Tuesday")
    assert case.deadline_on - case.opened_on == timedelta(days=30)
    reviewer = operator(desk, "ben", Role.REVIEWER)
    review.decide(desk.context, reviewer, case.id, Ruling(CaseDecision.DIFFERENT, (), "the cards were mixed up"))
    (told,) = cases.own_cases(desk.context, opened)
    assert told.decision is CaseDecision.DIFFERENT


def test_a_merge_takes_two_people_and_can_be_undone(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    desk.enrol("P-2", person=1)
    context, programme, reviewer = desk.context, desk.programme.id, operator(desk, "ben", Role.REVIEWER)
    lookup = context.keys.programme(programme).lookup
    with context.store.write() as unit:
        found = [unit.subjects.by_reference(programme, lookup(name)) for name in ("P-2", "P-1")]
        newer, older = (subject.id for subject in found if subject is not None)
        case_id = cases.open_case(
            context,
            unit,
            programme_id=programme,
            kind=CaseKind.DUPLICATE,
            site="",
            asked_by="key_x",
            file=CaseFile((newer, older)),
        )
    with pytest.raises(SecondPersonNeeded):
        review.decide(context, reviewer, case_id, SAME)
    context.people.approvals.put("yes", Approval("merge", programme, reviewer.key_id, "opr_cy"))
    review.decide(context, reviewer, case_id, replace(SAME, approval="yes"))
    with context.store.read() as reader:
        assert reader.subjects.get(newer).state is SubjectState.FROZEN
        assert reader.subjects.get(older).state is SubjectState.PENDING
    review.reverse(context, reviewer, case_id, "they are sisters")
    with context.store.read() as reader:
        assert reader.subjects.get(newer).state is SubjectState.PENDING
