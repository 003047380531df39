import json
from base64 import urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from handfast.base.errors import Conflict, NotACard, NotAllowed, NotFound, RequestError, SessionUnknown, TooManyTries
from handfast.decision.policy import DEFAULT_POLICY
from handfast.service import answer, finish
from handfast.service.desk.actors import Actor
from handfast.service.owner.programmes import create
from handfast.service.sessions import NewSession, OpenedSession, open_session, session_state
from support.scripted import PROGRAMME, Desk


def checked(desk: Desk, person: int = 1) -> OpenedSession:
    session = desk.open(NewSession("check", reference="P-1", return_url="https://clinic.example/back"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=person))
    finish.finish(desk.context, session.token)
    return session


def test_the_same_request_under_the_same_key_opens_one_session(desk: Desk) -> None:
    new = NewSession("check", reference="P-1")
    first = open_session(desk.context, desk.caller, new, "key")
    assert open_session(desk.context, desk.caller, new, "key") == first
    with pytest.raises(Conflict):
        open_session(desk.context, desk.caller, NewSession("check", reference="P-2"), "key")
    assert open_session(desk.context, desk.caller, new, "another").id != first.id


def test_two_callers_may_use_the_same_key(desk: Desk) -> None:
    new = NewSession("check", reference="P-1", programme=desk.programme.id)
    assert (
        open_session(desk.context, desk.caller, new, "key").id != open_session(desk.context, desk.admin, new, "key").id
    )


@pytest.mark.parametrize(
    "new",
    [
        NewSession("check"),
        NewSession("check", reference="P-1", card="1"),
        NewSession("check", reference=""),
        NewSession("check", reference="x" * 201),
        NewSession("enrol", card="1"),
        NewSession("check", reference="P-1", return_url="https://evil.example/"),
        NewSession("check", reference="P-1", return_url="https://clinic.example/back/"),
        NewSession("check", reference="P-1", webhook_url="https://evil.example/"),
        NewSession("check", reference="P-1", language="xx"),
    ],
)
def test_a_request_that_makes_no_sense_opens_nothing(desk: Desk, new: NewSession) -> None:
    with pytest.raises(RequestError):
        desk.open(new)


def test_a_key_acts_on_its_own_programme_only(desk: Desk) -> None:
    other = create(desk.context, desk.admin, PROGRAMME).programme
    with pytest.raises(NotAllowed):
        desk.open(NewSession("check", reference="P-1", programme=other.id))
    for programme, error in ((None, RequestError), ("prg_none", NotFound)):
        with pytest.raises(error):
            open_session(desk.context, desk.admin, NewSession("check", reference="P-1", programme=programme), "key")


def test_an_administrator_sees_every_programmes_sessions(desk: Desk) -> None:
    session = desk.open(NewSession("check", reference="P-1"))
    assert session_state(desk.context, desk.admin, session.id).state == "welcome"
    with pytest.raises(SessionUnknown):
        session_state(desk.context, Actor("caller", "key_x", "prg_x", "x"), session.id)


def test_who_is_enrolled_is_not_enrolled_again(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    with pytest.raises(Conflict):
        desk.open(NewSession("enrol", reference="P-1"))


def test_the_state_follows_the_person(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = desk.open(NewSession("check", reference="P-1"))
    seen = [session_state(desk.context, desk.caller, session.id).state]
    desk.say(session.token)
    seen.append(session_state(desk.context, desk.caller, session.id).state)
    desk.play(session.token, desk.phone(session.token, person=1))
    finish.finish(desk.context, session.token)
    seen.append(session_state(desk.context, desk.caller, session.id).state)
    left = desk.open(NewSession("check", reference="P-1"))
    desk.clock.pass_time(15 * 60)
    seen.append(session_state(desk.context, desk.caller, left.id).state)
    assert seen == ["welcome", "capture", "finished", "expired"]


def test_the_answer_is_signed_and_good_for_five_minutes(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = checked(desk)
    view = session_state(desk.context, desk.caller, session.id)
    assert view.jws is not None
    head, body, signature = view.jws.split(".")
    (key,) = answer.jwks(desk.context)["keys"]  # type: ignore[misc]
    public = Ed25519PublicKey.from_public_bytes(_decoded(key["x"]))  # type: ignore[has-type]
    public.verify(_decoded(signature), f"{head}.{body}".encode())
    claims = json.loads(_decoded(body))
    assert claims["sub"] == session.id
    assert claims["exp"] - claims["iat"] == 300
    told = {name: claims[name] for name in ("outcome", "reference", "policy", "assurance", "trial", "log_index")}
    assert told == {
        "outcome": "accepted",
        "reference": "P-1",
        "policy": "default:1",
        "assurance": "self",
        "trial": True,
        "log_index": 2,
    }


def test_a_refusal_names_no_reference(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = checked(desk, person=2)
    view = session_state(desk.context, desk.caller, session.id)
    assert view.answer is not None
    assert view.answer.reference is None
    assert view.jws is not None
    assert "reference" not in json.loads(_decoded(view.jws.split(".")[1]))


def test_after_the_policys_attempts_a_reference_waits_whether_it_exists_or_not(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    for reference in ("P-1", "nobody"):
        for _ in range(DEFAULT_POLICY.attempts):
            desk.check(2, reference=reference)
        with pytest.raises(TooManyTries) as wait:
            desk.open(NewSession("check", reference=reference))
        assert "30 seconds" in str(wait.value)
        desk.clock.pass_time(31)
        desk.open(NewSession("check", reference=reference))


def test_sessions_opened_in_advance_are_no_way_around_the_pause(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    waiting = [desk.open(NewSession("check", reference="P-1")) for _ in range(2)]
    for session in waiting:
        desk.say(session.token)
    captured, begun = waiting
    desk.play(captured.token, desk.phone(captured.token, person=1))
    for _ in range(DEFAULT_POLICY.attempts):
        desk.check(2, reference="P-1")
    with pytest.raises(TooManyTries):
        desk.phone(begun.token, person=2)
    with pytest.raises(TooManyTries) as wait:
        finish.finish(desk.context, captured.token)
    desk.clock.pass_time(wait.value.retry_after)
    answered = finish.finish(desk.context, captured.token)
    assert answered.outcome == "accepted"


def test_mistyped_card_numbers_do_not_make_a_programme_wait(desk: Desk) -> None:
    card = desk.enrol("P-1", person=1).card
    assert card is not None
    for _ in range(20):
        with pytest.raises(NotACard):
            desk.open(NewSession("check", card="1234 5678 9010"))
    desk.open(NewSession("check", card=card.number))


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
