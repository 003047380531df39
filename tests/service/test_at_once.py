"""Many phones, and one phone many times, at the same moment."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from handfast.base.decision import Outcome
from handfast.base.errors import HandfastError, SessionSpent, TooManyTries
from handfast.base.modality import Modality
from handfast.base.template import Score, Template
from handfast.service import capturing, finish
from handfast.service.answer import CheckAnswer
from handfast.service.ending import leave
from handfast.service.link import find_open
from handfast.service.sessions import NewSession, OpenedSession, open_session
from support.scripted import Desk


def played(desk: Desk, reference: str, person: int) -> OpenedSession:
    session = desk.open(NewSession("check", reference=reference))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=person))
    return session


def test_a_session_finished_twice_at_once_has_one_answer_and_one_leaf(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = played(desk, "P-1", person=1)

    def end() -> CheckAnswer | str:
        try:
            told = finish.finish(desk.context, session.token)
        except (SessionSpent, TooManyTries):  # each that is under way counts as a try until it ends
            return "spent"
        assert isinstance(told, CheckAnswer)
        return told

    with desk.context.store.read() as reader:
        before = reader.log.tree().size
    with ThreadPoolExecutor(8) as phones:
        told = [each.result() for each in [phones.submit(end) for _ in range(8)]]
    answers = {each for each in told if isinstance(each, CheckAnswer)}
    assert {answer.outcome for answer in answers} == {Outcome.ACCEPTED}
    assert len(answers) == 1
    with desk.context.store.read() as reader:
        assert reader.log.tree().size == before + 1


def test_who_leaves_while_being_compared_takes_no_leaf_along(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The phone's "no" was heard before the claim and is written after it: the comparison keeps its leaf and answer."""
    desk.enrol("P-1", person=1)
    session = played(desk, "P-1", person=1)
    link = find_open(desk.context, session.token)
    face = desk.engines[Modality.FACE]
    compare = face.compare

    def left_meanwhile(*both: Sequence[Template]) -> tuple[Score, ...]:
        with pytest.raises(SessionSpent), desk.context.store.write() as unit:
            leave(desk.context, unit, link)
        return compare(*both)

    monkeypatch.setattr(face, "compare", left_meanwhile)
    with desk.context.store.read() as reader:
        before = reader.log.tree().size
    assert finish.finish(desk.context, session.token).outcome == Outcome.ACCEPTED
    with desk.context.store.read() as reader:
        assert reader.log.tree().size == before + 1


def test_many_people_are_checked_side_by_side_and_never_mixed_up(desk: Desk) -> None:
    for person in range(1, 5):
        desk.enrol(f"P-{person}", person)
    sessions = [(person, played(desk, f"P-{person}", person)) for person in range(1, 5)]
    sessions += [(0, played(desk, f"P-{person}", person=9)) for person in range(1, 5)]
    with ThreadPoolExecutor(8) as phones:
        ends = [(person, phones.submit(finish.finish, desk.context, session.token)) for person, session in sessions]
        told = [(person, end.result()) for person, end in ends]
    for person, answer in told:
        assert isinstance(answer, CheckAnswer)
        assert answer.reference == (f"P-{person}" if person else None)


def test_one_key_used_at_once_opens_one_session(desk: Desk) -> None:
    def open_one() -> str:
        return open_session(desk.context, desk.caller, NewSession("check", reference="P-1"), "key").id

    with ThreadPoolExecutor(4) as callers:
        told = {each.result() for each in [callers.submit(open_one) for _ in range(4)]}
    assert len(told) == 1


def test_frames_sent_at_once_are_taken_one_after_the_other_or_refused(desk: Desk) -> None:
    session = desk.open(NewSession("check", reference="P-1"))
    desk.say(session.token)
    desk.eyes.frames = 50
    phone = desk.phone(session.token, person=1)
    frames = [phone.frame(0) for _ in range(8)]

    def send(number: int) -> bool:
        try:
            capturing.frame(desk.context, session.token, frames[number])
        except HandfastError:
            return False
        return True

    with ThreadPoolExecutor(8) as phones:
        taken = [each.result() for each in [phones.submit(send, number) for number in range(8)]]
    live = desk.context.live.of(session.id, session.expires_at)
    assert live.capture is not None
    assert live.capture.received.frames == sum(taken)
    assert any(taken)
