"""Tries are limited for the person and for the desk, and cannot be had cheaper by being made at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from handfast.base.decision import Outcome
from handfast.base.errors import HandfastError, NotAllowed, RequestError, TooManyTries, UnsupportedTarget
from handfast.base.modality import FingerPosition
from handfast.decision.policy import DEFAULT_POLICY
from handfast.service import finish
from handfast.service.memory.limits import Limits
from handfast.service.owner.policies import policy_of, set_policy
from handfast.service.owner.programmes import open_programme
from handfast.service.sessions import NewSession
from support.scripted import Desk
from support.service import FixedClock

ATTEMPTS = DEFAULT_POLICY.attempts


def test_a_referred_check_counts_as_a_try_too(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    for _ in range(ATTEMPTS):
        session = desk.open(NewSession("check", reference="P-1"))
        desk.say(session.token)
        desk.play(session.token, desk.phone(session.token, person=1, hands=()))
        assert finish.finish(desk.context, session.token).outcome == Outcome.REFERRED
    with pytest.raises(TooManyTries):
        desk.open(NewSession("check", reference="P-1"))


def test_checks_finished_at_once_are_as_many_tries(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    waiting = [desk.open(NewSession("check", reference="P-1")) for _ in range(ATTEMPTS + 4)]
    for session in waiting:
        desk.say(session.token)
        desk.play(session.token, desk.phone(session.token, person=2))

    def outcome(token: str) -> str:
        try:
            return str(finish.finish(desk.context, token).outcome)
        except HandfastError as error:
            return error.code

    with ThreadPoolExecutor(len(waiting)) as pool:
        ended = list(pool.map(outcome, [session.token for session in waiting]))
    assert ended.count("not_accepted") == ATTEMPTS
    assert ended.count("too-many-tries") == 4


def test_what_was_not_captured_is_no_try(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    desk.eyes.bad = set(FingerPosition)
    for _ in range(ATTEMPTS + 2):
        session = desk.open(NewSession("check", reference="P-1"))
        desk.say(session.token)
        desk.play(session.token, desk.phone(session.token, person=2, face=False))
        assert finish.finish(desk.context, session.token).outcome == Outcome.NOT_CAPTURED
    desk.eyes.bad = set()
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED


def test_a_desk_waits_after_its_own_failures_over_many_people_and_passes_do_not_clear_them(desk: Desk) -> None:
    set_policy(desk.context, desk.admin, desk.programme.id, {"operator_tries": 4})
    desk.enrol("P-1", person=1)
    for n in range(4):
        desk.check(2, reference=f"somebody {n}")
        if n < 3:
            assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED
    with pytest.raises(TooManyTries):
        desk.open(NewSession("check", reference="P-1"))
    desk.clock.pass_time(24 * 3600)
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED


def test_only_an_administrator_sets_a_policy_and_one_that_cannot_be_supported_is_refused(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        set_policy(desk.context, desk.caller, desk.programme.id, {"attempts": 1})
    with pytest.raises(UnsupportedTarget):
        set_policy(desk.context, desk.admin, desk.programme.id, {"target_far": 1e-12})
    with pytest.raises(RequestError):
        set_policy(desk.context, desk.admin, desk.programme.id, {"required": []})
    assert policy_of(open_programme(desk.context, desk.programme.id)) == DEFAULT_POLICY


def test_a_new_policy_is_a_new_version_decides_from_then_on_and_is_logged(desk: Desk) -> None:
    with desk.context.store.read() as reader:
        before = reader.log.tree().size
    set_policy(desk.context, desk.admin, desk.programme.id, {"target_far": 1e-7, "attempts": 1})
    desk.enrol("P-1", person=1)
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED
    set_policy(desk.context, desk.admin, desk.programme.id, {"required": ["face"], "target_far": 1e-4})
    assert policy_of(open_programme(desk.context, desk.programme.id)).name == "default:3"
    with desk.context.store.read() as reader:
        assert reader.log.tree().size == before + 4


def test_a_try_that_is_taken_back_leaves_those_before_it() -> None:
    limits = Limits(FixedClock())
    for _ in range(3):
        limits.take("a", 3)
    with pytest.raises(TooManyTries):
        limits.take("a", 3)
    limits.take_back("a")
    limits.take("a", 3)
    with pytest.raises(TooManyTries):
        limits.check("a", 3)
