import json
from typing import Any

import pytest

from handfast.audit import withdrawal
from handfast.audit.leaf import LeafKind
from handfast.base.decision import Outcome
from handfast.base.errors import DatabaseAway, SealBroken
from handfast.service import purge
from handfast.service.person import my_page
from handfast.service.sessions import NewSession, session_state
from handfast.storage.tables.subjects import SubjectState
from support.scripted import Desk

pytestmark = pytest.mark.usefixtures("each_store")


def test_a_session_that_nobody_used_expires(desk: Desk) -> None:
    session = desk.open(NewSession("check", reference="P-1"))
    desk.clock.pass_time(15 * 60)
    assert purge.sweep(desk.context).sessions_expired == 1
    assert session_state(desk.context, desk.caller, session.id).state == "expired"
    assert purge.sweep(desk.context).sessions_expired == 0


def test_a_claim_without_an_answer_is_told_to_the_person(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    session = desk.open(NewSession("check", reference="P-1"))
    with desk.context.store.write() as unit:
        unit.sessions.claim(session.id, desk.clock.now())
    assert purge.sweep(desk.context).sessions_abandoned == 0
    desk.clock.pass_time(15 * 60)
    assert purge.sweep(desk.context).sessions_abandoned == 1
    assert session_state(desk.context, desk.caller, session.id).state == "abandoned"
    page = my_page.page(desk.context, my_page.open_page(desk.context, code, "2468").token)
    assert [use.kind for use in page.uses] == [LeafKind.ENROL, LeafKind.ABANDONED, LeafKind.READ]
    assert page.complete


def test_a_crash_after_the_claim_is_told_to_the_person_at_the_next_start(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    session = desk.open(NewSession("check", reference="P-1"))
    with desk.context.store.write() as unit:
        unit.sessions.claim(session.id, desk.clock.now())
    desk.restart()
    page = my_page.page(desk.context, my_page.open_page(desk.context, code, "2468").token)
    assert [use.kind for use in page.uses] == [LeafKind.ENROL, LeafKind.ABANDONED, LeafKind.READ]


def test_after_a_crash_an_unknown_reference_leaves_the_same_trace_as_a_known_one(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    for reference in ("P-1", "unknown"):
        session = desk.open(NewSession("check", reference=reference))
        with desk.context.store.write() as unit:
            unit.sessions.claim(session.id, desk.clock.now())
    desk.restart()
    with desk.context.store.read() as reader:
        known, unknown = (json.loads(leaf) for leaf in list(reader.log.leaves())[-2:])
    assert known["kind"] == unknown["kind"] == LeafKind.ABANDONED
    assert [(name, type(value), len(str(value))) for name, value in known.items()] == [
        (name, type(value), len(str(value))) for name, value in unknown.items()
    ]


def test_retention_ends_by_itself(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    desk.clock.pass_time(365 * 24 * 3600)
    assert purge.sweep(desk.context).people_purged == 0
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED
    desk.clock.pass_time(24 * 3600)
    assert desk.check(1, reference="P-1").outcome is Outcome.NOT_ACCEPTED
    assert purge.sweep(desk.context).people_purged == 1
    assert desk.context.keys.people() == ()
    with desk.context.store.read() as reader:
        assert reader.subjects.count(desk.programme.id) == {SubjectState.WITHDRAWN: 1}
        assert reader.templates.without_consent() == 0


def test_a_damaged_row_does_not_hold_up_the_retention_of_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.enrol("P-1", person=1)
    session = desk.open(NewSession("check", reference="P-1"))
    with desk.context.store.write() as unit:
        unit.sessions.claim(session.id, desk.clock.now())

    def damaged(*_: object) -> None:
        raise SealBroken("damaged")

    monkeypatch.setattr(purge, "log_check", damaged)
    desk.clock.pass_time(366 * 24 * 3600)
    swept = purge.sweep(desk.context)
    assert (swept.sessions_abandoned, swept.people_purged) == (0, 1)


def test_sessions_and_messages_are_deleted_soon_after_their_time(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    session = desk.open(NewSession("check", reference="P-1"))
    desk.clock.pass_time(15 * 60)
    purge.sweep(desk.context)
    desk.clock.pass_time(3600 + 1)
    purge.sweep(desk.context)
    with desk.context.store.read() as reader:
        assert reader.sessions.unfinished(desk.clock.now()) == ()
        assert session.id not in str(reader.sessions.claimed())


def test_a_withdrawal_that_lost_its_database_in_the_middle_is_finished_without_a_restart(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    page = my_page.open_page(desk.context, code, "2468")

    def away(*_: object) -> None:
        raise DatabaseAway("gone")

    with monkeypatch.context() as patched:
        patched.setattr(withdrawal, "finish", away)
        with pytest.raises(DatabaseAway):
            my_page.withdraw(desk.context, page.token)
    assert len(desk.context.keys.people()) == 1
    purge.sweep(desk.context)
    purge.sweep(desk.context)
    assert desk.context.keys.people() == ()
    with desk.context.store.read() as reader:
        kinds = [json.loads(leaf)["kind"] for leaf in reader.log.leaves()]
    assert kinds[-2:] == [LeafKind.WITHDRAW, LeafKind.ERASE]


def test_a_withdrawal_that_a_sweep_finishes_meanwhile_ends_as_if_it_had_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    page = my_page.open_page(desk.context, code, "2468")
    finish = withdrawal.finish

    def swept_first(*arguments: Any) -> Any:
        with monkeypatch.context() as patched:
            patched.setattr(withdrawal, "finish", finish)
            purge.sweep(desk.context)
        return finish(*arguments)

    monkeypatch.setattr(withdrawal, "finish", swept_first)
    statement = my_page.withdraw(desk.context, page.token)
    assert '"kind":"erase"' in str(statement["erased"])
    with desk.context.store.read() as reader:
        kinds = [json.loads(leaf)["kind"] for leaf in reader.log.leaves()]
    assert kinds[-2:] == [LeafKind.WITHDRAW, LeafKind.ERASE]
