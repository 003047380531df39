import hashlib
import json
from base64 import b64encode

import pytest

from handfast.audit.leaf import commit
from handfast.audit.private_code import new_private_code
from handfast.base.decision import Outcome
from handfast.base.errors import Conflict, NotAuthorised, RequestError, TooManyTries
from handfast.base.modality import Modality
from handfast.consent.statement import verify_statement
from handfast.service import enrol, finish
from handfast.service.person import my_page
from handfast.service.sessions import NewSession
from handfast.storage.tables.leaves import Turned
from handfast.storage.tables.subjects import SubjectState
from support.scripted import Desk
from support.service import SeededRandomness

PIN = "2468"


def opened(desk: Desk, reference: str = "P-1", person: int = 1) -> str:
    """A page token of somebody who has just enrolled."""
    code = desk.enrol(reference, person).private_code
    assert code is not None
    return my_page.open_page(desk.context, code, PIN).token


def test_the_page_says_what_is_held_and_every_use(desk: Desk) -> None:
    token = opened(desk)
    desk.check(1, reference="P-1")
    page = my_page.page(desk.context, token)
    assert (page.programme_name, page.state, page.complete) == ("Clinic A", "active", True)
    assert sum(held.modality is Modality.FINGER for held in page.held) == 16  # two stills of eight fingers
    assert [(use.kind, use.desk, use.outcome) for use in page.uses] == [
        ("enrol", "first", "enrolled"),
        ("read", "my page", "opened"),
        ("check", "first", "accepted"),
    ]
    assert page.consent.language == "en"
    assert page.consent.purposes == ("verify",)


def test_each_use_is_in_the_log_as_its_proof_says(desk: Desk) -> None:
    page = my_page.page(desk.context, opened(desk))
    for use in page.uses:
        leaf = json.loads(use.proof.leaf)
        assert leaf["n"] == use.proof.index
        assert leaf["commitment"] == commit(bytes.fromhex(use.proof.nonce), use.proof.details.encode())
        assert use.proof.checkpoint == page.checkpoint


def test_the_inclusion_hashes_lead_to_the_root_that_the_checkpoint_signs(desk: Desk) -> None:
    page = my_page.page(desk.context, opened(desk))
    root = page.checkpoint.split("\n")[2]
    for use in page.uses:
        hashes = [bytes.fromhex(h) for h in use.proof.hashes]
        found = _root(use.proof.index, use.proof.size, use.proof.leaf.encode(), hashes)
        assert b64encode(found).decode() == root


def _root(index: int, size: int, leaf: bytes, hashes: list[bytes]) -> bytes:
    """RFC 9162 section 2.1.3.2, written anew."""
    node, last = hashlib.sha256(b"\x00" + leaf).digest(), size - 1
    for sibling in hashes:
        if index % 2 or index == last:
            node = hashlib.sha256(b"\x01" + sibling + node).digest()
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + sibling).digest()
        index, last = index >> 1, last >> 1
    return node


def test_my_page_with_the_card_alone_stays_shut(desk: Desk) -> None:
    card = desk.enrol("P-1", person=1).card
    assert card is not None
    for text in (card.payload, card.number, card.id):
        for pin in ("", PIN):
            with pytest.raises(NotAuthorised):
                my_page.open_page(desk.context, text, pin)


def test_a_new_card_kills_the_old_one_and_leaves_its_leaf(desk: Desk) -> None:
    told = desk.enrol("P-1", person=1)
    assert told.card is not None
    token = my_page.open_page(desk.context, str(told.private_code), PIN).token
    fresh = my_page.replace_card(desk.context, token)
    assert desk.check(1, card=told.card.payload).outcome is Outcome.NOT_ACCEPTED
    assert desk.check(1, card=fresh.payload).outcome is Outcome.ACCEPTED
    assert [use.kind for use in my_page.page(desk.context, token).uses].count("card") == 1


def test_an_enrolment_hands_out_the_newest_checkpoint_for_the_card(desk: Desk) -> None:
    told = desk.enrol("P-1", person=1)
    with desk.context.store.read() as reader:
        assert told.checkpoint == reader.log.tree().note


def test_a_wrong_pin_and_a_wrong_code_get_one_answer(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    my_page.open_page(desk.context, code, PIN)
    other = new_private_code(SeededRandomness(7))
    answers = []
    for text, pin in ((code, "9999"), (other, PIN)):
        with pytest.raises(NotAuthorised) as refused:
            my_page.open_page(desk.context, text, pin)
        answers.append(str(refused.value))
    assert answers[0] == answers[1]


def test_after_five_wrong_pins_even_the_right_one_must_wait(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    my_page.open_page(desk.context, code, PIN)
    for _ in range(5):
        with pytest.raises(NotAuthorised):
            my_page.open_page(desk.context, code, "0000")
    with pytest.raises(TooManyTries):
        my_page.open_page(desk.context, code, PIN)
    desk.clock.pass_time(3600)
    my_page.open_page(desk.context, code, PIN)


def test_a_restart_does_not_give_new_tries(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    my_page.open_page(desk.context, code, PIN)
    for _ in range(5):
        with pytest.raises(NotAuthorised):
            my_page.open_page(desk.context, code, "0000")
    desk.restart()
    with pytest.raises(TooManyTries):
        my_page.open_page(desk.context, code, PIN)


def test_the_pin_is_chosen_once(desk: Desk) -> None:
    session = desk.open(NewSession("enrol", reference="P-1"))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1))
    answer = finish.finish(desk.context, session.token)
    assert isinstance(answer, enrol.EnrolAnswer)
    for pin in ("12", "abcd", "1" * 40):
        with pytest.raises(RequestError):
            enrol.choose_pin(desk.context, session.token, pin)
    enrol.choose_pin(desk.context, session.token, PIN)
    with pytest.raises(Conflict):
        enrol.choose_pin(desk.context, session.token, "1357")
    my_page.open_page(desk.context, str(answer.private_code), PIN)


def test_a_page_shuts_after_a_quarter_of_an_hour(desk: Desk) -> None:
    token = opened(desk)
    desk.clock.pass_time(15 * 60)
    with pytest.raises(NotAuthorised):
        my_page.page(desk.context, token)


def test_one_persons_page_never_shows_another(desk: Desk) -> None:
    mine, theirs = opened(desk, "P-1", 1), opened(desk, "P-2", 2)
    desk.check(1, reference="P-1")
    assert len(my_page.page(desk.context, mine).uses) == 3
    assert len(my_page.page(desk.context, theirs).uses) == 2


def test_withdrawing_ends_everything_and_the_statement_is_signed(desk: Desk) -> None:
    token = opened(desk)
    statement = my_page.withdraw(desk.context, token)
    told, _ = verify_statement(json.dumps(statement).encode(), desk.context.keys.signer("consent").public)
    assert told["programme"] == desk.programme.id
    assert desk.context.keys.people() == ()
    with desk.context.store.read() as reader:
        assert reader.subjects.count(desk.programme.id) == {SubjectState.WITHDRAWN: 1}
    with pytest.raises(NotAuthorised):
        my_page.page(desk.context, token)


def test_a_person_who_withdrew_cannot_open_the_page_and_can_enrol_anew(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    my_page.withdraw(desk.context, my_page.open_page(desk.context, code, PIN).token)
    with pytest.raises(NotAuthorised):
        my_page.open_page(desk.context, code, PIN)
    assert desk.enrol("P-1", person=1).outcome == "enrolled"
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED


def test_a_withdrawal_can_be_asked_for_once(desk: Desk) -> None:
    code = str(desk.enrol("P-1", person=1).private_code)
    tokens = [my_page.open_page(desk.context, code, PIN).token for _ in range(2)]
    my_page.withdraw(desk.context, tokens[0])
    with pytest.raises(NotAuthorised):
        my_page.withdraw(desk.context, tokens[1])


def test_the_receipt_is_signed_and_carries_the_newest_checkpoint(desk: Desk) -> None:
    token = opened(desk)
    receipt = my_page.receipt(desk.context, token)
    told, _ = verify_statement(json.dumps(receipt).encode(), desk.context.keys.signer("consent").public)
    assert dict(told["log"])["checkpoint"] == my_page.page(desk.context, token).checkpoint  # type: ignore[call-overload]


def test_the_download_holds_everything_but_the_templates_themselves(desk: Desk) -> None:
    token = opened(desk)
    download = my_page.download(desk.context, token)
    assert download["reference"] == "P-1"
    text = json.dumps(download)
    assert "person 1" not in text
    assert "verify" in text


def test_a_use_that_is_taken_out_of_the_log_is_seen_as_missing(desk: Desk) -> None:
    token = opened(desk)
    desk.check(1, reference="P-1")
    subject_id = desk.context.pages.page(token).subject_id
    with desk.context.store.write() as unit:
        row = unit.log.ratchet(subject_id)
        assert row is not None
    desk.check(1, reference="P-1")
    with desk.context.store.write() as unit:
        kept = row.sealed
        unit.log.turn(
            Turned(subject_id, row.uses, row.handle, b"", lambda *_: kept)
        )  # the server's counter is set back, as if the last check had not been
    assert not my_page.page(desk.context, token).complete
