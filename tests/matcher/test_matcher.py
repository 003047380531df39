"""One matcher, two ways to ask it: the same answers, the same refusals, and never a template, a score or a key."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from handfast.audit.private_code import code_lookup, read_private_code
from handfast.base.decision import Assurance, Outcome
from handfast.base.errors import Conflict, MatcherAway, NoConsent, NotFound, SealBroken, SetupError
from handfast.base.modality import FingerPosition, Modality
from handfast.cli import doctor
from handfast.consent.purpose import Purpose
from handfast.decision.find import FindOutcome
from handfast.decision.policy import DEFAULT_POLICY
from handfast.gallery.references import Held
from handfast.matcher import server, wire
from handfast.matcher.client import Line
from handfast.matcher.matcher import Among, Probes
from handfast.service.find.everybody import everybody
from handfast.service.person import my_page
from support.eyes import template
from support.found import agree, enrol_findable, find, subject_of
from support.scripted import Desk

PIN = "2468"


@pytest.fixture(params=[False, True], ids=["in this process", "in another"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A running service whose matcher is asked directly, then over its socket."""
    desk = Desk(tmp_path, separate=request.param)
    yield desk
    desk.close()


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Desk]:
    """A running service whose matcher is asked over its socket."""
    desk = Desk(tmp_path, separate=True)
    yield desk
    desk.close()


def held(desk: Desk, reference: str, purpose: Purpose = Purpose.VERIFY) -> Held:
    """Somebody's sealed references, as a session may use them."""
    context = desk.context
    with context.store.read() as reader:
        grant = context.ledger.authorise(
            reader,
            programme_id=desk.programme.id,
            subject_id=subject_of(desk, reference),
            purpose=purpose,
            session_id="ses_x",
        )
        return context.references.of(reader, grant)


def shown(person: int) -> Probes:
    """A take of somebody's face and two fingers."""
    fingers = (FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE)
    prints = tuple(template(Modality.FINGER, position, person) for position in fingers)
    return Probes((template(Modality.FACE, None, person), *prints), live=True)


def decided(desk: Desk, of: Held | None, person: int) -> Outcome:
    decision = desk.context.matcher.decide(of, shown(person), DEFAULT_POLICY, Assurance.ATTENDED, programme_live=True)
    assert decision.evidence == ()
    assert [modality for modality, _ in decision.quality] == list(Modality)
    return decision.outcome


def test_the_answer_is_an_outcome_and_nothing_of_what_it_rests_on(desk: Desk) -> None:
    desk.enrol("P-1", 1)
    assert decided(desk, held(desk, "P-1"), 1) is Outcome.ACCEPTED
    assert decided(desk, held(desk, "P-1"), 2) is Outcome.NOT_ACCEPTED
    assert decided(desk, None, 1) is Outcome.NOT_ACCEPTED


def test_nobody_is_compared_without_a_consent_that_a_key_proves(desk: Desk) -> None:
    """Whoever took over the server can send any rows: what no key proves is not believed."""
    desk.enrol("P-1", 1)
    desk.enrol("P-2", 2)
    agree(desk, "P-1")
    one, two = held(desk, "P-1"), held(desk, "P-2")
    find_it = held(desk, "P-1", Purpose.FIND)
    for wrong in (
        replace(one, consent=two.consent),
        replace(one, consent=find_it.consent),
        replace(one, consent=replace(find_it.consent, purpose=Purpose.VERIFY)),
        replace(one, consent=replace(one.consent, expires_on=one.consent.expires_on + timedelta(days=1))),
        replace(one, consent=replace(two.consent, subject_id=one.subject_id)),
        replace(one, consent=replace(one.consent, record_sealed=b"")),
    ):
        with pytest.raises(NoConsent):
            decided(desk, wrong, 1)
    with pytest.raises(SealBroken):
        decided(desk, replace(one, templates=two.templates), 2)
    desk.clock.pass_time(timedelta(days=366).total_seconds())
    with pytest.raises(NoConsent, match="over"):
        decided(desk, one, 1)


def test_who_withdrew_is_compared_no_more_whatever_rows_were_kept(desk: Desk) -> None:
    code = desk.enrol("P-1", 1).private_code
    kept = held(desk, "P-1")
    desk.context.pins.choose(code_lookup(read_private_code(str(code))), PIN)
    my_page.withdraw(desk.context, my_page.open_page(desk.context, str(code), PIN).token)
    with pytest.raises(NotFound):
        decided(desk, kept, 1)


def test_a_find_names_whom_it_compared_and_no_more(desk: Desk) -> None:
    people = [enrol_findable(desk, f"P-{n}", n) for n in range(1, 5)]
    told = find(desk, 3)
    assert (told.outcome, told.reference) == (FindOutcome.FOUND, "P-3")
    rows = [held(desk, f"P-{n}", Purpose.FIND) for n in range(1, 5)]
    looked = desk.context.matcher.find(shown(2), rows, Among(4, complete=True), Purpose.FIND, live=True)
    assert looked.decision.subject_id == people[1]
    assert looked.compared == tuple(people)
    assert looked.alike == (people[1],)
    wrong = held(desk, "P-2", Purpose.VERIFY)
    nobody = desk.context.matcher.find(shown(2), [wrong], Among(1, complete=True), Purpose.FIND, live=True)
    assert nobody.compared == ()


def test_two_enrolments_of_one_person_are_alike_without_a_template_leaving(desk: Desk) -> None:
    for reference, person in (("P-1", 1), ("P-2", 2), ("P-3", 1)):
        desk.enrol(reference, person)
        agree(desk, reference, Purpose.DUPLICATE_CHECK)
    cases = [case for done in everybody(desk.context, desk.programme.id, "job_x", "adm") for case in done.cases]
    assert len(cases) == 1


def test_keys_are_made_found_and_destroyed_alike(desk: Desk) -> None:
    keys, programme_id = desk.context.keys, desk.programme.id
    person = keys.create_person(programme_id, "per_x")
    with pytest.raises(Conflict):
        keys.create_person(programme_id, "per_x")
    sealed = person.seal(b"words", "place")
    assert keys.person(programme_id, "per_x").unseal(sealed, "place") == b"words"
    with pytest.raises(SealBroken):
        person.unseal(sealed, "another place")
    assert len({person.use_key(bytes(32)), person.use_key(bytes([1] * 32)), bytes.fromhex(person.pseudonym())}) == 3
    assert set(keys.people()) == {"per_x"}
    assert keys.destroy_person("per_x")
    assert not keys.destroy_person("per_x")
    assert "per_x" in keys.destroyed()
    with pytest.raises(NotFound):
        keys.person(programme_id, "per_x")
    if desk.separate:  # what was asked for before is worth nothing either
        with pytest.raises(NotFound):
            person.unseal(sealed, "place")
    programme, installation = keys.programme(programme_id), keys.installation()
    assert programme.unseal(programme.seal(b"row", "here"), "here") == b"row"
    assert (
        len({programme.lookup("P"), installation.lookup("P"), programme.webhook_secret(), programme.link_token("s")})
        == 4
    )
    with pytest.raises(NotFound):
        keys.programme("prg_none")
    assert keys.programmes() == (programme_id,)
    assert keys.peppered("2468") != keys.peppered("2469")


def test_no_key_and_no_template_leaves_the_matcher(apart: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that it sends in a life with enrolment, check, find and a check for duplicates, searched."""
    told = list[bytes]()
    real = wire.send

    def overheard(to: Any, message: Any, blobs: Any) -> None:
        told.extend([json.dumps(message).encode(), *blobs])
        real(to, message, blobs)

    monkeypatch.setattr(server, "send", overheard)
    subject_id = enrol_findable(apart, "P-1", 1)
    agree(apart, "P-1", Purpose.DUPLICATE_CHECK)
    assert apart.check(1, reference="P-1").outcome is Outcome.ACCEPTED
    assert find(apart, 1).outcome is FindOutcome.FOUND
    assert list(everybody(apart.context, apart.programme.id, "job_x", "adm"))
    sent = b"|".join(told)
    assert len(told) > 50
    person, programme = apart.keys.person(apart.programme.id, subject_id), apart.keys.programme(apart.programme.id)
    for secret in (person.template_key, person.log_key, programme.key):
        assert secret not in sent
        assert secret.hex().encode() not in sent
    assert b"person 1" not in sent
    assert b"llr" not in sent


def test_a_matcher_that_died_is_asked_again_once_it_is_back(apart: Desk) -> None:
    apart.enrol("P-1", 1)
    apart.beside.stop()
    with pytest.raises(MatcherAway) as away:
        apart.check(1, reference="P-1")
    assert away.value.status == 503
    apart.beside.start()
    assert apart.check(1, reference="P-1").outcome is Outcome.ACCEPTED


def test_a_matcher_answers_for_one_database_only(apart: Desk) -> None:
    with pytest.raises(SetupError, match="another database"):
        Line(apart.beside.socket, "store_other", used=True)


def test_keys_that_are_missing_are_not_made_anew_beside_used_records(apart: Desk) -> None:
    apart.enrol("P-1", 1)
    apart.beside.stop()
    (apart.settings.keys_home / "keys.db").unlink()
    apart.beside.start()
    with pytest.raises(SetupError, match="missing"):
        Line(apart.beside.socket, apart.context.store.identity, used=True)


def test_the_doctor_says_who_holds_the_keys(apart: Desk) -> None:
    beside, here = doctor._matcher(apart.settings), doctor._matcher(replace(apart.settings, matcher=None))
    assert (beside.well, str(apart.beside.socket) in beside.value) == (True, True)
    assert here.value.startswith("in the server's process")
    apart.beside.stop()
    assert not doctor._matcher(apart.settings).well
    apart.beside.start()
