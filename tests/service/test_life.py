"""What happens in a life, at the desk and on the person's own page."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from handfast.audit.leaf import LeafKind
from handfast.base.decision import Outcome
from handfast.base.errors import (
    Conflict,
    Ineligible,
    NotACard,
    NotAllowed,
    NotAuthorised,
    NotFound,
    RequestError,
    TooManyTries,
)
from handfast.consent.statement import verify_statement
from handfast.consent.terms import Terms
from handfast.service import purge
from handfast.service.desk.actors import authenticate
from handfast.service.memory.said import Act, PersonsAnswer
from handfast.service.owner import closing
from handfast.service.owner.programmes import create, open_programme, public_page
from handfast.service.person import freeze, life, my_page
from handfast.service.person.life import TwoPeople
from support.scripted import PROGRAMME, Desk

PIN = "2468"
YES = PersonsAnswer("yes", "en", "1", "ab" * 32, (), Act("press", "2026-11-23T09:00:00Z"))


def two(desk: Desk, first: str = "op_1", second: str = "op_2") -> TwoPeople:
    return TwoPeople(first, second, desk.programme.id, "desk 1", "identity card")


def with_terms(desk: Desk, terms: Terms) -> None:
    """The desk, with a programme of these terms."""
    created = create(desk.context, desk.admin, replace(PROGRAMME, terms=terms))
    desk.programme, desk.caller = created.programme, authenticate(desk.context, created.api_key)


def opened(desk: Desk, reference: str = "P-1", person: int = 1) -> tuple[str, str]:
    code = str(desk.enrol(reference, person).private_code)
    return code, my_page.open_page(desk.context, code, PIN).token


def kinds(desk: Desk, token: str) -> list[str]:
    return [use.kind for use in my_page.page(desk.context, token).uses]


@pytest.mark.parametrize("second", ["op_1", ""])
def test_nobody_helps_at_the_desk_alone(desk: Desk, second: str) -> None:
    with pytest.raises(NotAllowed):
        two(desk, second=second)


def test_nobody_helps_at_the_desk_without_saying_what_they_saw(desk: Desk) -> None:
    with pytest.raises(RequestError):
        TwoPeople("op_1", "op_2", desk.programme.id, "desk 1", " ")


def test_a_lost_card_dies_and_the_new_one_works(desk: Desk) -> None:
    enrolled = desk.enrol("P-1", person=1)
    assert enrolled.card is not None
    new = life.replace_card(desk.context, two(desk), "P-1")
    assert desk.check(1, card=enrolled.card.payload).outcome is Outcome.NOT_ACCEPTED
    assert desk.check(1, card=new.number).outcome is Outcome.ACCEPTED


def test_a_wrong_reference_is_put_right_and_the_person_is_told_by_whom(desk: Desk) -> None:
    _, token = opened(desk)
    life.correct_reference(desk.context, two(desk), "P-1", "P-2")
    assert desk.check(1, reference="P-1").outcome is Outcome.NOT_ACCEPTED
    answer = desk.check(1, reference="P-2")
    assert answer.outcome is Outcome.ACCEPTED
    use = next(use for use in my_page.page(desk.context, token).uses if use.kind == LeafKind.CORRECT)
    told = json.loads(use.proof.details)
    assert (told["by"], told["from"], told["to"]) == (["op_1", "op_2"], "P-1", "P-2")


def test_a_reference_is_not_corrected_into_somebody_elses(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    desk.enrol("P-2", person=2)
    with pytest.raises(Conflict):
        life.correct_reference(desk.context, two(desk), "P-1", "P-2")


def test_someone_with_nothing_but_a_document_withdraws_at_the_desk(desk: Desk) -> None:
    _, token = opened(desk)
    statement = life.withdraw_at_desk(desk.context, two(desk), "P-1")
    verify_statement(json.dumps(statement).encode(), desk.context.ledger.public_key)
    with pytest.raises(NotAuthorised):
        my_page.page(desk.context, token)
    with pytest.raises(NotFound):
        life.withdraw_at_desk(desk.context, two(desk), "P-1")


def test_a_death_ends_it_for_good_even_where_a_withdrawal_could_be_taken_back(desk: Desk) -> None:
    with_terms(desk, Terms(undo_hours=24))
    opened(desk)
    life.record_death(desk.context, two(desk), "P-1")
    assert desk.context.keys.people() == ()


def test_the_card_alone_freezes_and_does_not_allow_again(desk: Desk) -> None:
    enrolled = desk.enrol("P-1", person=1)
    assert enrolled.card is not None
    freeze.freeze_by_card(desk.context, enrolled.card.number)
    freeze.freeze_by_card(desk.context, enrolled.card.payload)  # a second time changes nothing
    assert desk.check(1, reference="P-1").outcome is Outcome.NOT_ACCEPTED
    token = my_page.open_page(desk.context, str(enrolled.private_code), PIN).token
    assert kinds(desk, token).count(LeafKind.FREEZE) == 1
    my_page.freeze(desk.context, token, frozen=False)
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED


def test_numbers_of_cards_are_not_guessed_for_long(desk: Desk) -> None:
    with pytest.raises(NotACard):
        freeze.freeze_by_card(desk.context, "0000 0000 0001")
    for _ in range(freeze.FREE_TRIES):
        freeze.freeze_by_card(desk.context, "0000 0000 0000")
    with pytest.raises(TooManyTries):
        freeze.freeze_by_card(desk.context, "0000 0000 0000")


def test_a_withdrawal_is_taken_back_only_where_the_consent_said_so(desk: Desk) -> None:
    with_terms(desk, Terms(undo_hours=24))
    code, token = opened(desk)
    statement = my_page.withdraw(desk.context, token)
    assert statement["final_at"] == "2026-11-24T09:00Z"
    assert desk.check(1, reference="P-1").outcome is Outcome.NOT_ACCEPTED
    desk.clock.pass_time(23 * 3600)
    purge.sweep(desk.context)
    token = my_page.open_page(desk.context, code, PIN).token
    page = my_page.page(desk.context, token)
    assert page.final_at is not None
    my_page.freeze(desk.context, token, frozen=False)
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED
    desk.clock.pass_time(3 * 24 * 3600)
    purge.sweep(desk.context)
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED


def test_a_withdrawal_that_was_not_taken_back_becomes_final_by_itself(desk: Desk) -> None:
    with_terms(desk, Terms(undo_hours=24))
    _, token = opened(desk)
    my_page.withdraw(desk.context, token)
    with pytest.raises(Conflict):
        my_page.withdraw(desk.context, token)
    desk.clock.pass_time(24 * 3600)
    assert purge.sweep(desk.context).people_purged == 1
    assert desk.context.keys.people() == ()
    assert purge.sweep(desk.context).people_purged == 0


def test_renewing_is_a_new_consent_to_the_same_references(desk: Desk) -> None:
    code, _ = opened(desk)
    desk.check(1, reference="P-1")
    desk.clock.pass_time(364 * 24 * 3600)
    token = my_page.open_page(desk.context, code, PIN).token
    before = my_page.page(desk.context, token)
    my_page.renew(desk.context, token, YES)
    after = my_page.page(desk.context, token)
    assert after.consent.expires_at == before.consent.expires_at + timedelta(364)
    assert len(after.held) == len(before.held) > 0
    desk.clock.pass_time(2 * 24 * 3600)
    assert purge.sweep(desk.context).people_purged == 0
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED


def test_nobody_renews_while_it_is_frozen(desk: Desk) -> None:
    _, token = opened(desk)
    my_page.freeze(desk.context, token, frozen=True)
    with pytest.raises(Ineligible):
        my_page.renew(desk.context, token, YES)


def test_who_does_not_come_for_as_long_as_the_programme_waits_is_withdrawn(desk: Desk) -> None:
    with_terms(desk, Terms(inactivity_days=30))
    desk.enrol("P-1", person=1)
    desk.enrol("P-2", person=2)
    desk.clock.pass_time(20 * 24 * 3600)
    desk.check(2, reference="P-2")
    desk.clock.pass_time(11 * 24 * 3600)
    assert purge.sweep(desk.context).people_purged == 1
    assert desk.check(1, reference="P-1").outcome is Outcome.NOT_ACCEPTED
    assert desk.check(2, reference="P-2").outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("terms", [Terms(inactivity_days=400), Terms(undo_hours=48), Terms(" "), Terms(sites=("",))])
def test_a_programme_promises_nothing_that_it_cannot_keep(desk: Desk, terms: Terms) -> None:
    with pytest.raises(RequestError):
        create(desk.context, desk.admin, replace(PROGRAMME, terms=terms))


def test_what_a_programme_promises_is_on_its_public_page(desk: Desk) -> None:
    with_terms(desk, Terms("By law.", 30, 24, ("North",)))
    page = public_page(desk.context, desk.programme.id)
    shown = (page.legal_basis, page.inactivity_days, page.undo_hours, page.key_copies_days, page.sites)
    assert shown == ("By law.", 30, 24, 7, ("North",))


def test_closing_a_programme_withdraws_everyone_destroys_its_key_and_signs_the_count(desk: Desk) -> None:
    opened(desk)
    desk.enrol("P-2", person=2)
    life.withdraw_at_desk(desk.context, two(desk), "P-2")
    statement = closing.close(desk.context, desk.admin, desk.programme.id)
    said, _ = verify_statement(json.dumps(statement).encode(), desk.context.ledger.public_key)
    assert (said["people_ever"], said["people_now"]) == (2, 1)
    assert desk.context.keys.programmes() == ()
    assert desk.context.keys.people() == ()
    with pytest.raises(NotFound):
        open_programme(desk.context, desk.programme.id)
    with pytest.raises(Conflict):
        closing.close(desk.context, desk.admin, desk.programme.id)
    purge.sweep(desk.context)
    desk.restart()


def test_only_an_administrator_closes_a_programme(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        closing.close(desk.context, desk.caller, desk.programme.id)
