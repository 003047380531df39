"""The owner's page and the metrics: counts that add up, flags that mean something, nothing that names a person."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from handfast.base.errors import NotAllowed
from handfast.base.modality import Hand
from handfast.base.roles import Right, Role
from handfast.service import capturing, finish
from handfast.service.desk.actors import Actor, authenticate
from handfast.service.owner.api_keys import Scope, add_key
from handfast.service.owner.dashboard import MANY, dashboard
from handfast.service.sessions import NewSession
from handfast.service.tally import edge, family
from handfast.web.metrics import exposition
from support.scripted import Desk


def operator(desk: Desk, role: Role) -> Actor:
    return Actor("operator", "opr_x", None, "Desk", (Right(role, desk.programme.id),))


def test_every_number_is_a_count_by_day_site_or_phone_and_they_add_up(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    for person in (1, 1, 2):
        session = desk.open(NewSession("check", reference="P-1"))
        desk.say(session.token)
        desk.play(session.token, desk.phone(session.token, person, (Hand.RIGHT,)))
        finish.finish(desk.context, session.token, family("Mozilla/5.0 (Linux; Android 14; X)"))
    declining = desk.open(NewSession("check", reference="P-1"))
    desk.say(declining.token, "no")
    page = dashboard(desk.context, operator(desk, Role.OWNER), desk.programme.id)
    for line in (*page.days, *page.sites):
        assert (line.enrolled, line.accepted, line.not_accepted, line.declined) == (1, 2, 1, 1)
        assert line.not_captured == 0
    phones = {line.name: line for line in page.phones}
    assert (phones["Android"].accepted, phones["Android"].not_accepted) == (2, 1)
    assert page.p50 == 0.1  # the clock stands still here
    assert {each.modality for each in page.quality} == {"face", "finger"}
    assert "P-1" not in str(asdict(page))


def test_nobody_who_declines_among_many_is_told_to_the_owner(desk: Desk) -> None:
    today = desk.clock.now().date()
    with desk.context.store.write() as unit:
        for _ in range(MANY):
            unit.counts.add(desk.programme.id, today, "North", "check", "accepted")
        unit.counts.add(desk.programme.id, today, "South", "check", "accepted")
    assert dashboard(desk.context, operator(desk, Role.OWNER), desk.programme.id).no_declines == ("North",)
    with desk.context.store.write() as unit:
        unit.counts.decline(desk.programme.id, today, "North")
    assert dashboard(desk.context, operator(desk, Role.OWNER), desk.programme.id).no_declines == ()


def test_declines_and_misunderstood_notices_are_counted_by_who_asked_and_never_by_who_was_asked(desk: Desk) -> None:
    programme = desk.programme.id
    ada = Actor("operator", "opr_ada", None, "Desk", (Right(Role.ENROLLER, programme), Right(Role.CHECKER, programme)))
    for number, (word, missed) in enumerate((("yes", 2), ("no", 0), ("no", 1))):
        session = desk.open_as(ada, NewSession("enrol", reference=f"P-{number}", programme=programme))
        desk.say(session.token, word, missed)
        if word == "yes":
            capturing.another_way(desk.context, session.token, "look", "no-camera")
    declining = desk.open(NewSession("enrol", reference="P-9"))
    desk.say(declining.token, "no")
    page = dashboard(desk.context, operator(desk, Role.OWNER), programme)
    found = {each.operator: (each.asked, each.declined, each.misunderstood) for each in page.operators}
    assert found.pop("opr_ada") == (3, 2, 2)
    assert list(found.values()) == [(1, 1, 0)]
    assert not any(each.unheard for each in page.operators)
    assert not any(name in str(asdict(page)) for name in ("P-0", "P-1", "P-2", "P-9"))


def test_an_operator_whom_nobody_says_no_to_among_many_is_flagged(desk: Desk) -> None:
    today = desk.clock.now().date()
    with desk.context.store.write() as unit:
        for _ in range(MANY):
            unit.counts.add(desk.programme.id, today, "North", "operator", "opr_ada:asked")
    (line,) = dashboard(desk.context, operator(desk, Role.OWNER), desk.programme.id).operators
    assert (line.operator, line.asked, line.unheard) == ("opr_ada", MANY, True)


def test_much_work_at_night_is_flagged_from_the_log_itself(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    desk.clock.pass_time(14 * 3600)  # 23:00 UTC
    for _ in range(10):
        desk.check(1, reference="P-1")
    page = dashboard(desk.context, operator(desk, Role.OWNER), desk.programme.id)
    assert [(each.what, each.number) for each in page.unusual] == [("nights", 10)]


def test_only_owners_and_auditors_read_it_and_alarms_are_the_owners(desk: Desk) -> None:
    assert dashboard(desk.context, operator(desk, Role.AUDITOR), desk.programme.id).alarms == ()
    for who in (operator(desk, Role.CHECKER), operator(desk, Role.REVIEWER), desk.caller):
        with pytest.raises(NotAllowed):
            dashboard(desk.context, who, desk.programme.id)


def test_metrics_are_for_a_key_of_that_purpose_and_name_no_person(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    desk.check(1, reference="P-1")
    made = add_key(desk.context, desk.admin, desk.programme.id, "prometheus", Scope(("metrics",)))
    text = exposition(desk.context, authenticate(desk.context, made.api_key)).decode()
    assert f'kind="check",programme="{desk.programme.id}"' in text.replace('cause="accepted",', "")
    assert "handfast_people{programme=" in text
    assert not any(prefix in text for prefix in ("per_", "P-1", "key_", "opr_", "ses_"))
    with pytest.raises(NotAllowed):
        exposition(desk.context, desk.caller)
    assert exposition(desk.context, replace(desk.admin))


def test_what_expires_within_a_month_is_listed(desk: Desk) -> None:
    soon = desk.clock.now() + timedelta(days=10)
    add_key(desk.context, desk.admin, desk.programme.id, "till", Scope(expires_at=soon))
    add_key(desk.context, desk.admin, desk.programme.id, "later", Scope(expires_at=soon + timedelta(days=90)))
    page = dashboard(desk.context, operator(desk, Role.OWNER), desk.programme.id)
    assert [(each.name, each.day) for each in page.expiring] == [("till", soon.date())]


def test_kinds_of_phone_are_coarse_and_durations_fall_into_buckets() -> None:
    assert family("Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X)") == "iPhone"
    assert family("x" * 10_000) == "other"
    assert (edge(0.0), edge(0.81), edge(99.0)) == ("0.1", "1.0", "more")
