"""The face of one person and the fingers of another; people who are asked for no movement."""

import pytest

from handfast.base.decision import Assurance, Outcome
from handfast.base.modality import Hand
from handfast.capture.challenge import TaskKind
from handfast.capture.frames import FrameKind
from handfast.service import capturing, finish
from handfast.service.enrol import EnrolAnswer
from handfast.service.sessions import NewSession, OpenedSession, session_state
from support.eyes import ScriptedPhone
from support.scripted import Desk


def begun(desk: Desk, kind: str, reference: str, mode: Assurance) -> OpenedSession:
    session = desk.open(NewSession("enrol" if kind == "enrol" else "check", reference=reference, mode=mode))
    desk.say(session.token)
    return session


def play(desk: Desk, token: str, phone: ScriptedPhone, fingers_of: int | None = None) -> None:
    """Follow every step; previews before each still, as the page sends them; fingers of somebody else from there on."""
    for number, task in enumerate(phone.challenge.tasks):
        if task.kind is TaskKind.FINGERS:
            phone.person = fingers_of or phone.person
            for _ in range(3):
                capturing.frame(desk.context, token, phone.frame(number, FrameKind.PREVIEW))
        while capturing.frame(desk.context, token, phone.frame(number)).task.state == "going":
            pass


def lowered(desk: Desk, session: OpenedSession) -> list[str]:
    answer = session_state(desk.context, desk.caller, session.id).answer
    assert answer is not None
    return list(answer.lowered)


def test_a_hand_followed_by_one_camera_is_bonded(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = begun(desk, "check", "P-1", Assurance.ATTENDED)
    play(desk, session.token, desk.phone(session.token, person=1))
    assert finish.finish(desk.context, session.token).outcome == Outcome.ACCEPTED
    assert lowered(desk, session) == []


def test_a_check_by_oneself_says_that_the_hand_is_not_bonded(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = begun(desk, "check", "P-1", Assurance.SELF)
    play(desk, session.token, desk.phone(session.token, person=1))
    assert finish.finish(desk.context, session.token).outcome == Outcome.ACCEPTED
    assert lowered(desk, session) == ["hand-not-bonded"]


@pytest.mark.parametrize("mode", list(Assurance))
def test_fingers_of_somebody_else_do_not_pass_even_where_they_are_the_enrolled_ones(
    desk: Desk, mode: Assurance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if two people had enrolled as one: what is compared agrees, the hand beside the face does not."""
    desk.enrol("P-1", person=1)
    session = begun(desk, "check", "P-1", mode)
    phone = desk.phone(session.token, person=1)
    with monkeypatch.context() as patch:
        still = desk.eyes.still

        def another(task, image, guide, at):  # type: ignore[no-untyped-def]
            prints, seen = still(task, image, guide, at)
            return prints, None if seen is None else type(seen)(seen.view, seen.hand, seen.at, (0.9, 0.0))

        patch.setattr(desk.eyes, "still", another)
        play(desk, session.token, phone)
        told = finish.finish(desk.context, session.token)
    assert (told.outcome, told.advice) == (Outcome.REFERRED, "one-person")
    assert lowered(desk, session) == ["hand-differs"]


@pytest.mark.parametrize("mode", list(Assurance))
def test_nobody_enrols_with_the_fingers_of_somebody_else(desk: Desk, mode: Assurance) -> None:
    session = begun(desk, "enrol", "P-2", mode)
    play(desk, session.token, desk.phone(session.token, 1, (Hand.RIGHT, Hand.LEFT)), fingers_of=2)
    told = finish.finish(desk.context, session.token)
    assert (told.outcome, told.advice) == ("not_captured", "one-person")


@pytest.mark.parametrize(
    ("mode", "outcome"), [(Assurance.SELF, Outcome.REFERRED), (Assurance.ATTENDED, Outcome.ACCEPTED)]
)
def test_who_cannot_move_passes_beside_an_operator_only(desk: Desk, mode: Assurance, outcome: Outcome) -> None:
    desk.enrol("P-1", person=1)
    session = begun(desk, "check", "P-1", mode)
    challenge = capturing.begin(desk.context, session.token, (Hand.RIGHT,), frozenset(), face=True, moves=False)
    play(desk, session.token, ScriptedPhone(challenge, desk.clock, 1, 50_000))
    assert finish.finish(desk.context, session.token).outcome == outcome
    assert "no-movement" in lowered(desk, session)


def test_nobody_enrols_by_themselves_without_moving(desk: Desk) -> None:
    session = begun(desk, "enrol", "P-3", Assurance.SELF)
    challenge = capturing.begin(desk.context, session.token, (Hand.RIGHT,), frozenset(), face=True, moves=False)
    play(desk, session.token, ScriptedPhone(challenge, desk.clock, 3, 70_000))
    told = finish.finish(desk.context, session.token)
    assert isinstance(told, EnrolAnswer)
    assert (told.outcome, told.advice) == ("not_captured", "follow-the-steps")
