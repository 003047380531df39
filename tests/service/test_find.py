"""Finding somebody: who agreed is found by face and hand; nobody else is, by anything."""

import json
from dataclasses import asdict, replace

import pytest

from handfast.audit.withdrawal import withdraw
from handfast.base.decision import Assurance
from handfast.base.errors import NotAllowed, RequestError, SessionUnknown
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.consent.purpose import Purpose
from handfast.decision.find import FindOutcome
from handfast.service import capturing, finish
from handfast.service.desk.actors import authenticate
from handfast.service.owner.programmes import create
from handfast.service.person import my_page
from handfast.service.sessions import NewSession, session_state
from support.found import REASON, agree, enrol_findable, find, open_find, subject_of
from support.scripted import PROGRAMME, Desk

RIGHT = FOUR_FINGERS[Hand.RIGHT]


def test_who_agreed_to_be_found_is_found_by_face_and_hand(desk: Desk) -> None:
    for person in range(1, 8):
        enrol_findable(desk, f"P-{person}", person)
    told = find(desk, 5)
    assert (told.outcome, told.reference) == (FindOutcome.FOUND, "P-5")


def test_who_is_not_there_is_not_found(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    told = find(desk, 9)
    assert (told.outcome, told.reference) == (FindOutcome.NOT_FOUND, None)


def test_who_did_not_agree_to_be_found_is_never_found(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    agree(desk, "P-1", Purpose.DUPLICATE_CHECK)
    enrol_findable(desk, "P-2", 2)
    assert find(desk, 1).outcome is FindOutcome.NOT_FOUND


def test_face_alone_never_yields_a_name(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    enrol_findable(desk, "P-2", 2)
    session = open_find(desk)
    desk.say(session.token)
    with pytest.raises(RequestError, match="without face and hand"):
        desk.phone(session.token, 1, hands=())
    compared = [engine.compared for engine in desk.engines.values()]  # type: ignore[attr-defined]
    one_finger = find(desk, 1, hands=(Hand.RIGHT,), missing=frozenset(RIGHT[1:]))
    assert (one_finger.outcome, one_finger.advice) == (FindOutcome.NOT_CAPTURED, "show-fingers")
    assert [engine.compared for engine in desk.engines.values()] == compared  # type: ignore[attr-defined]
    for fingers_of in (2, 9):
        told = find(desk, 1, fingers_of=fingers_of)
        assert (told.outcome, told.advice, told.reference) == (FindOutcome.NOT_CAPTURED, "one-person", None)


def test_fingers_alone_never_yield_a_name(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    session = open_find(desk)
    desk.say(session.token)
    with pytest.raises(RequestError, match="without face and hand"):
        desk.phone(session.token, 1, face=False)
    told = find(desk, 9, fingers_of=1)
    assert (told.outcome, told.reference) == (FindOutcome.NOT_CAPTURED, None)


def test_two_fingers_of_one_hand_are_enough(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    told = find(desk, 1, hands=(Hand.RIGHT,), missing=frozenset(RIGHT[2:]))
    assert (told.outcome, told.reference) == (FindOutcome.FOUND, "P-1")


def test_a_find_without_a_reason_is_refused(desk: Desk) -> None:
    for reason in (None, "", "   ", "short", "x" * 201):
        with pytest.raises(RequestError, match="why this person"):
            open_find(desk, reason=reason)


def test_an_unattended_find_is_refused(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="stands by"):
        open_find(desk, mode=Assurance.SELF)


def test_a_programme_that_does_not_find_refuses(desk: Desk) -> None:
    made = create(desk.context, desk.admin, replace(PROGRAMME, find=False))
    desk.caller = authenticate(desk.context, made.api_key)
    with pytest.raises(NotAllowed, match="does not find"):
        open_find(desk)


def test_nobody_can_be_named_in_a_find(desk: Desk) -> None:
    card = desk.enrol("P-1", person=1).card
    assert card is not None
    for new in (
        NewSession("find", reference="P-1", mode=Assurance.ATTENDED, reason=REASON),
        NewSession("find", card=card.payload, mode=Assurance.ATTENDED, reason=REASON),
        NewSession("find", hand=Hand.LEFT, mode=Assurance.ATTENDED, reason=REASON),
    ):
        with pytest.raises(RequestError, match="not known yet"):
            desk.open(new)


def test_a_withdrawn_person_is_never_found(desk: Desk) -> None:
    subject_id = enrol_findable(desk, "P-1", 1)
    assert find(desk, 1).outcome is FindOutcome.FOUND
    context = desk.context
    withdraw(context.store, context.keys, context.log, desk.programme.id, subject_id, "key_test", {})
    assert find(desk, 1).outcome is FindOutcome.NOT_FOUND
    desk.restart()
    assert find(desk, 1).outcome is FindOutcome.NOT_FOUND


def test_a_frozen_person_is_never_found(desk: Desk) -> None:
    enrolled = desk.enrol("P-1", 1)
    agree(desk, "P-1")
    assert enrolled.private_code is not None
    assert find(desk, 1).outcome is FindOutcome.FOUND
    with desk.context.store.write() as unit:
        subject_id = subject_of(desk, "P-1")
        unit.subjects.freeze(subject_id)
        person = desk.context.keys.person(desk.programme.id, subject_id)
        desk.context.log.append_for(unit, person, "freeze", "key_test", {})  # type: ignore[arg-type]
    assert find(desk, 1).outcome is FindOutcome.NOT_FOUND


def test_another_programmes_people_are_never_found(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    other = create(desk.context, desk.admin, PROGRAMME)
    desk.caller = authenticate(desk.context, other.api_key)
    assert find(desk, 1).outcome is FindOutcome.NOT_FOUND


def test_who_was_enrolled_a_moment_ago_is_found_also_after_a_restart(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    assert find(desk, 1).reference == "P-1"
    enrol_findable(desk, "P-2", 2)
    assert find(desk, 2).reference == "P-2"
    desk.restart()
    assert find(desk, 2).reference == "P-2"


def test_the_operators_reason_and_each_person_compared_are_in_the_log(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    enrol_findable(desk, "P-2", 2)
    with desk.context.store.read() as reader:
        before = reader.log.tree().size
    find(desk, 1)
    with desk.context.store.read() as reader:
        leaves = [json.loads(reader.log.leaf(n).raw) for n in range(before, reader.log.tree().size)]
    finds = [leaf for leaf in leaves if leaf["kind"] == "find"]
    assert len([leaf for leaf in finds if leaf["tag"] is None]) == 1
    assert len([leaf for leaf in finds if leaf["tag"] is not None]) == 2
    assert REASON not in json.dumps(leaves)


def test_a_person_reads_of_every_find_that_compared_them(desk: Desk) -> None:
    answers = {n: desk.enrol(f"P-{n}", n) for n in (1, 2)}
    for n in (1, 2):
        agree(desk, f"P-{n}")
    find(desk, 1)
    for n, outcome in ((1, "found"), (2, "compared")):
        code = answers[n].private_code
        assert code is not None
        page = my_page.page(desk.context, my_page.open_page(desk.context, code, "2468").token)
        uses = [use for use in page.uses if use.kind == "find"]
        assert [use.outcome for use in uses] == [outcome]
        assert [use.purpose for use in uses] == ["find"]
        assert page.complete


def test_no_score_no_list_and_no_count_leaves_a_find(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    enrol_findable(desk, "P-2", 2)
    session = open_find(desk)
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, 1, (Hand.RIGHT, Hand.LEFT)))
    told = finish.finish(desk.context, session.token)
    seen = session_state(desk.context, desk.caller, session.id)
    text = json.dumps([asdict(told), asdict(seen)], default=str)
    assert seen.answer is not None
    assert seen.answer.fpir == 0.01
    assert seen.answer.complete is True
    assert "P-2" not in text
    for word in ("llr", "score", "evidence", "quality", "candidates", "searched", "compared", "scripted"):
        assert word not in text


def test_who_may_only_find_reads_how_a_find_ended_and_nothing_of_a_check(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    sought, checked = open_find(desk), desk.open(NewSession("check", reference="P-1"))
    assert session_state(desk.context, desk.finder, sought.id).kind == "find"
    with pytest.raises(SessionUnknown):
        session_state(desk.context, desk.finder, checked.id)


def test_the_persons_no_ends_a_find(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    session = open_find(desk)
    desk.say(session.token, "no")
    assert capturing.view(desk.context, session.token).state == "finished"
