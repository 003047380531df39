"""The duplicate check: a case where somebody enrols twice and agreed to be looked for; nothing else, ever."""

import json
from typing import Any

import pytest

from handfast.audit.leaf import LeafKind
from handfast.base.errors import RequestError
from handfast.base.modality import Hand, Modality
from handfast.cli import duplicates as command
from handfast.consent.purpose import Purpose
from handfast.matcher.matcher import Looked
from handfast.service import capturing, finish
from handfast.service.cases import opened_file
from handfast.service.comparison import Probes
from handfast.service.find import duplicates
from handfast.service.find import everybody as service_everybody
from handfast.service.find.everybody import everybody, forecast
from handfast.service.link import find as find_link
from handfast.service.sessions import NewSession
from handfast.storage.tables.cases import CaseKind
from handfast.storage.tables.jobs import JobState
from support.found import agree, subject_of
from support.scripted import Desk


def enrol(desk: Desk, reference: str, person: int, *, agrees: bool = True) -> str:
    desk.enrol(reference, person)
    if agrees:
        agree(desk, reference, Purpose.DUPLICATE_CHECK)
    return subject_of(desk, reference)


def look(desk: Desk, reference: str) -> tuple[str, ...]:
    """The check of somebody enrolled, with what they were enrolled with."""
    context, subject_id = desk.context, subject_of(desk, reference)
    link = find_link(context, desk.open(NewSession("check", reference=reference)).token)
    with context.store.read() as reader:
        grant = context.ledger.authorise(
            reader, programme_id=desk.programme.id, subject_id=subject_id, purpose=Purpose.VERIFY, session_id=link.id
        )
        held = desk.templates(context.references.of(reader, grant))
    return duplicates.look_for_duplicates(context, link, subject_id, Probes(held, live=True))


def test_who_enrols_twice_is_a_case_for_a_person_and_both_enrolments_stand(desk: Desk) -> None:
    first = enrol(desk, "P-1", 1)
    for n in range(2, 6):
        enrol(desk, f"P-{n}", n)
    second = enrol(desk, "P-again", 1)
    (case_id,) = look(desk, "P-again")
    with desk.context.store.read() as reader:
        case = reader.cases.get(case_id)
        keys = desk.context.keys.programme(desk.programme.id)
        about = json.loads(keys.unseal(case.details, "case", case.id))
        assert case.kind is CaseKind.DUPLICATE
        assert about["subjects"] == [second, first]
        for subject_id in (first, second):
            assert reader.subjects.eligible(desk.programme.id, subject_id).id == subject_id


def agreeing(desk: Desk, reference: str, person: int, *also: Purpose) -> str:
    """A whole enrolment as the phone does it, with a yes to these purposes too; their subject id."""
    session = desk.open(NewSession("enrol", reference=reference))
    assert capturing.view(desk.context, session.token).further == (Purpose.FIND, Purpose.DUPLICATE_CHECK)
    desk.say(session.token, also=also)
    desk.play(session.token, desk.phone(session.token, person, (Hand.RIGHT, Hand.LEFT)))
    assert finish.finish(desk.context, session.token).outcome == "enrolled"
    return subject_of(desk, reference)


def test_an_enrolment_itself_opens_the_case_where_the_persons_own_yes_names_the_check(desk: Desk) -> None:
    asked = Purpose.DUPLICATE_CHECK
    first, other = agreeing(desk, "P-1", 1, asked), agreeing(desk, "P-2", 2, asked)
    agreeing(desk, "P-silent", 1)  # said yes to nothing more: nobody compares them, and nobody is compared for them
    again = agreeing(desk, "P-again", 1, asked)
    with desk.context.store.read() as reader:
        (case,) = reader.cases.of(desk.programme.id)
        assert opened_file(desk.context, case).subjects == (again, first)
        purposes = {who: {row.purpose for row in reader.consents.of(who)} for who in (first, other, again)}
    assert case.kind is CaseKind.DUPLICATE
    assert set(map(frozenset, purposes.values())) == {frozenset({Purpose.VERIFY, asked})}


def test_a_purpose_that_the_programme_does_not_ask_for_is_refused(desk: Desk) -> None:
    session = desk.open(NewSession("enrol", reference="P-1"))
    for wrong in (Purpose.STUDY, Purpose.VERIFY):
        with pytest.raises(RequestError):
            desk.say(session.token, also=(wrong,))
    desk.enrol("P-2", 2)
    check = desk.open(NewSession("check", reference="P-2"))
    with pytest.raises(RequestError):
        desk.say(check.token, also=(Purpose.DUPLICATE_CHECK,))


def test_somebody_new_is_no_case(desk: Desk) -> None:
    for n in range(1, 5):
        enrol(desk, f"P-{n}", n)
    assert look(desk, "P-4") == ()


@pytest.mark.parametrize("who", ["P-1", "P-again"])
def test_nobody_is_compared_for_it_who_did_not_agree_to_it(desk: Desk, who: str) -> None:
    enrol(desk, "P-1", 1, agrees=who != "P-1")
    enrol(desk, "P-again", 1, agrees=who != "P-again")
    assert look(desk, "P-again") == ()


def test_each_person_compared_for_it_is_told_in_their_log(desk: Desk) -> None:
    enrol(desk, "P-1", 1)
    enrol(desk, "P-again", 1)
    with desk.context.store.read() as reader:
        before = reader.log.tree().size
    look(desk, "P-again")
    with desk.context.store.read() as reader:
        leaves = [json.loads(reader.log.leaf(n).raw) for n in range(before, reader.log.tree().size)]
    tags = [leaf["tag"] is None for leaf in leaves if leaf["kind"] == "find"]
    assert sorted(tags) == [False, True]


def test_everybody_with_everybody_finds_who_is_there_twice_once_and_can_go_on_where_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_everybody, "TOGETHER", 2)
    for n in range(1, 5):
        enrol(desk, f"P-{n}", n)
    enrol(desk, "P-again", 2)
    enrol(desk, "P-apart", 2, agrees=False)
    said = forecast(desk.context, desk.programme.id)
    assert (said.people, said.pairs) == (5, 10)
    assert said.expected_false == pytest.approx(0.05)
    whole = everybody(desk.context, desk.programme.id, "job_1", "adm_test")
    first = [next(whole)]
    rest = list(everybody(desk.context, desk.programme.id, "job_1", "adm_test", after=first[-1].after))
    assert [one.done for one in (*first, *rest)] == [2, 4, 5]
    cases = [case for one in (*first, *rest) for case in one.cases]
    assert len(cases) == 1
    killed_before_it_was_noted = everybody(desk.context, desk.programme.id, "job_1", "adm_test")
    assert [case for one in killed_before_it_was_noted for case in one.cases] == []


def test_each_person_whose_turn_it_was_has_one_leaf_of_it(desk: Desk) -> None:
    people = [enrol(desk, f"P-{n}", n) for n in range(1, 4)]
    with desk.context.store.read() as reader:
        before = reader.log.tree().size
    list(everybody(desk.context, desk.programme.id, "job_1", "adm_test"))
    with desk.context.store.read() as reader:
        leaves = [json.loads(reader.log.leaf(n).raw) for n in range(before, reader.log.tree().size)]
    assert [leaf["kind"] for leaf in leaves] == ["find"] * len(people)
    assert len({leaf["tag"] for leaf in leaves} - {None}) == len(people)


def test_who_takes_the_consent_back_while_the_others_are_looked_at_is_no_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(desk, "P-1", 1)
    again = enrol(desk, "P-again", 1)
    compare, context = desk.context.matcher.find, desk.context

    def and_take_back(*asked: Any, **more: Any) -> Looked:
        looked = compare(*asked, **more)
        assert looked.alike
        with context.store.write() as unit:
            for row in unit.consents.of(again):
                if row.purpose == Purpose.DUPLICATE_CHECK:
                    unit.consents.withdraw(row.id)
            person = context.keys.person(desk.programme.id, again)
            context.log.append_for(unit, person, LeafKind.FIND, "adm_test", {})
        return looked

    monkeypatch.setattr(context.matcher, "find", and_take_back)
    (told,) = everybody(context, desk.programme.id, "job_1", "adm_test")
    assert (told.done, told.cases) == (2, ())


def test_where_everybody_is_looked_for_only_those_are_opened_whose_face_may_support_by_its_code(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 5):
        enrol(desk, f"P-{n}", n)
    enrol(desk, "P-again", 2)

    def compared(job_id: str) -> tuple[int, ...]:
        before = [desk.engines[m].compared for m in Modality]  # type: ignore[attr-defined]
        list(everybody(desk.context, desk.programme.id, job_id, "adm_test"))
        return tuple(desk.engines[m].compared - was for m, was in zip(Modality, before, strict=True))  # type: ignore[attr-defined]

    assert compared("job_1") == (1, 1)
    monkeypatch.setattr(desk.context.matcher, "least_face", lambda: None)  # where codes tell nothing: ten pairs
    assert compared("job_2") == (10, 1)


def test_the_command_does_the_job_to_its_end_and_begins_no_second_one_meanwhile(desk: Desk) -> None:
    for n in range(1, 4):
        enrol(desk, f"P-{n}", n)
    enrol(desk, "P-again", 3)
    job = command.job_of(desk.context, desk.programme.id)
    assert command.job_of(desk.context, desk.programme.id).id == job.id
    assert command.through(desk.context, job) == 1
    with desk.context.store.read() as reader:
        done = reader.jobs.get(job.id)
    assert (done.state, done.done, done.total) == (JobState.DONE, 4, 4)
