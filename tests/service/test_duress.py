"""The hand that calls for help: an ordinary not_captured to every eye, and an alert that only the owner opens."""

import json
from dataclasses import asdict

import pytest

from handfast.base.decision import Outcome
from handfast.base.errors import Conflict, NotAllowed
from handfast.base.modality import Hand
from handfast.base.roles import Right, Role
from handfast.service import duress, finish, sessions
from handfast.service.desk.actors import Actor
from handfast.service.person import my_page
from handfast.service.sessions import NewSession
from handfast.service.verify import CheckAnswer
from support.scripted import Desk


def owner(desk: Desk) -> Actor:
    return Actor("operator", "opr_own", None, "Desk", (Right(Role.OWNER, desk.programme.id),))


def enrolled(desk: Desk, reference: str, person: int, hand: Hand | None, hands: tuple[Hand, ...] = tuple(Hand)) -> str:
    session = desk.open(NewSession("enrol", reference=reference))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person, hands))
    told = finish.finish(desk.context, session.token)
    duress.choose(desk.context, session.token, hand)
    return str(getattr(told, "private_code", ""))


def checked(desk: Desk, reference: str, person: int, hand: Hand) -> tuple[str, str]:
    """The session's id, and what the phone is told, as JSON."""
    session = desk.open(NewSession("check", reference=reference))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person, (hand,)))
    return session.id, json.dumps(asdict(finish.finish(desk.context, session.token)))


def test_the_chosen_hand_gives_not_captured_and_a_sealed_alert_the_other_hand_is_ordinary(desk: Desk) -> None:
    enrolled(desk, "P-1", 1, Hand.LEFT)
    assert '"accepted"' in checked(desk, "P-1", 1, Hand.RIGHT)[1]
    assert duress.alerts(desk.context, owner(desk), desk.programme.id) == ()
    assert '"not_captured"' in checked(desk, "P-1", 1, Hand.LEFT)[1]
    ((at, where),) = duress.alerts(desk.context, owner(desk), desk.programme.id)
    assert (at, where) == (desk.clock.now().replace(microsecond=0), desk.caller.desk)
    with pytest.raises(NotAllowed):
        duress.alerts(desk.context, desk.caller, desk.programme.id)


def test_what_phone_and_caller_get_has_the_bytes_of_any_poor_picture(desk: Desk) -> None:
    enrolled(desk, "P-1", 1, Hand.LEFT)
    session, told = checked(desk, "P-1", 1, Hand.LEFT)
    poor = CheckAnswer(Outcome.NOT_CAPTURED, "try-again", json.loads(told)["trial"], None, None)
    assert told == json.dumps(asdict(poor))
    seen = sessions.session_state(desk.context, desk.caller, session).answer
    assert seen is not None
    assert (seen.outcome, seen.advice, seen.reference) == ("not_captured", "try-again", None)


def test_a_stranger_with_the_card_raises_no_alarm(desk: Desk) -> None:
    enrolled(desk, "P-1", 1, Hand.LEFT)
    assert '"not_accepted"' in checked(desk, "P-1", 2, Hand.LEFT)[1]
    assert duress.alerts(desk.context, owner(desk), desk.programme.id) == ()


def test_nothing_at_rest_tells_who_chose_a_hand_or_which_envelope_says_something(desk: Desk) -> None:
    enrolled(desk, "P-1", 1, Hand.LEFT)
    enrolled(desk, "P-2", 2, None)
    checked(desk, "P-1", 1, Hand.LEFT)
    session = desk.open(NewSession("check", reference="P-2"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, 1, (), face=True))
    finish.finish(desk.context, session.token)
    with desk.context.store.read() as reader:
        subjects = [
            reader.subjects.by_reference(desk.programme.id, desk.context.keys.programme(desk.programme.id).lookup(name))
            for name in ("P-1", "P-2")
        ]
        rows = [reader.cases.duress(subject.id) for subject in subjects if subject]
        envelopes = reader.cases.alerts(desk.programme.id)
    assert len({len(row.details) for row in rows if row}) == 1
    assert len({len(envelope.details) for envelope in envelopes}) == 1


def test_the_person_reads_it_as_a_poor_picture_too(desk: Desk) -> None:
    code = enrolled(desk, "P-1", 1, Hand.LEFT)
    checked(desk, "P-1", 1, Hand.LEFT)
    page = my_page.page(desk.context, my_page.open_page(desk.context, code, "246810").token)
    assert "not_captured" in [use.outcome for use in page.uses if use.kind == "check"]


def test_it_takes_two_enrolled_hands(desk: Desk) -> None:
    with pytest.raises(Conflict):
        enrolled(desk, "P-1", 1, Hand.RIGHT, (Hand.RIGHT,))
