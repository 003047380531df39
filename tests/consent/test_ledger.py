"""Attacks on permission."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from handfast.audit.leaf import LeafKind
from handfast.base import base64url
from handfast.base.errors import Ineligible, NoConsent, RecordError
from handfast.base.grant import Grant
from handfast.consent.purpose import DPV_PURPOSE, Purpose
from handfast.consent.receipt import make_receipt
from handfast.consent.record import Proven, verify_record
from handfast.consent.statement import verify_statement
from handfast.storage.tables.programmes import ProgrammeStatus
from support.keeping import Keeping, Person, keeping
from support.raw import drop_guard, raw
from support.service import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def installation(tmp_path: Path, clock: FixedClock, each_store: str) -> Iterator[Keeping]:
    del each_store
    with keeping(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def ada(installation: Keeping) -> Person:
    return installation.enrol(installation.add_programme(retention_days=30), "file 1")


def authorised(installation: Keeping, ada: Person, purpose: Purpose = Purpose.VERIFY) -> Grant:
    with installation.store.read() as reader:
        return installation.authorise(reader, ada, purpose)


def rewrite(installation: Keeping, *statements: str) -> None:
    """As who owns the database can: the guard is taken away first."""
    drop_guard(installation.folder, "consents_only_end")
    with raw(installation.folder) as connection:
        for sql in statements:
            connection.execute(sql)


def test_a_grant_says_whom_what_for_and_until_when(installation: Keeping, ada: Person, clock: FixedClock) -> None:
    grant = authorised(installation, ada)
    assert (grant.subject_id, grant.purpose, grant.session_id) == (ada.subject_id, "verify", "ses_c")
    assert grant.expires_at - clock.now() == timedelta(minutes=10)


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.VERIFY])
def test_consent_to_one_purpose_is_consent_to_no_other(installation: Keeping, ada: Person, purpose: Purpose) -> None:
    with pytest.raises(NoConsent):
        authorised(installation, ada, purpose)


def test_a_consent_expires_with_its_last_day(installation: Keeping, ada: Person, clock: FixedClock) -> None:
    clock.pass_time(timedelta(days=30).total_seconds())
    assert authorised(installation, ada).consent_id == ada.consent.id
    clock.pass_time(timedelta(days=1).total_seconds())
    with pytest.raises(NoConsent):
        authorised(installation, ada)


def test_a_grant_never_outlives_its_consent(installation: Keeping, ada: Person, clock: FixedClock) -> None:
    clock.pass_time(timedelta(days=30, hours=14, minutes=57).total_seconds())
    assert authorised(installation, ada).expires_at - clock.now() == timedelta(minutes=3)


def test_a_closed_programme_gives_no_permission(installation: Keeping, ada: Person) -> None:
    with installation.store.write() as unit:
        unit.programmes.set_status(ada.programme_id, ProgrammeStatus.CLOSED)
    with pytest.raises(Ineligible):
        authorised(installation, ada)


def test_unknown_frozen_and_withdrawn_people_get_one_answer(installation: Keeping, ada: Person) -> None:
    answers = []
    keys = installation.keys.person(ada.programme_id, ada.subject_id)
    with installation.store.read() as reader:
        unknown = Person(ada.programme_id, "sub_none", ada.code, ada.consent, ada.logged)
        with pytest.raises(Ineligible) as refusal:
            installation.authorise(reader, unknown)
        answers.append(str(refusal.value))
    for state in ("freeze", "withdraw"):
        with installation.store.write() as unit:
            installation.log.append_for(unit, keys, LeafKind.FREEZE, "key_test", {})
            getattr(unit.subjects, state)(ada.subject_id)
        with pytest.raises(Ineligible) as refusal:
            authorised(installation, ada)
        answers.append(str(refusal.value))
    assert len(set(answers)) == 1


def test_a_person_of_another_programme_gets_no_permission(installation: Keeping, ada: Person) -> None:
    other = installation.add_programme("prg_other")
    moved = Person(other.id, ada.subject_id, ada.code, ada.consent, ada.logged)
    with pytest.raises(Ineligible):
        authorised(installation, moved)


@pytest.mark.parametrize(
    "change",
    [
        "purpose = 'find'",
        "expires_on = '2099-01-01'",
        "given_on = '2020-01-01', record_hash = (SELECT MIN(owner) FROM slots)",
    ],
)
def test_a_consent_row_rewritten_on_disk_gives_no_permission(installation: Keeping, ada: Person, change: str) -> None:
    rewrite(installation, f"UPDATE consents SET {change}")  # noqa: S608
    with pytest.raises(NoConsent):
        authorised(installation, ada, Purpose.FIND if "find" in change else Purpose.VERIFY)


def test_a_consent_row_copied_from_another_person_gives_no_permission(installation: Keeping, ada: Person) -> None:
    with installation.store.read() as reader:
        programme = reader.programmes.get(ada.programme_id)
    bea = installation.enrol(programme, "file 2")
    rewrite(
        installation,
        f"DELETE FROM consents WHERE id = '{ada.consent.id}'",  # noqa: S608
        f"UPDATE consents SET subject_id = '{ada.subject_id}' WHERE id = '{bea.consent.id}'",  # noqa: S608
    )
    with pytest.raises(NoConsent):
        authorised(installation, ada)


def test_a_record_is_bound_to_the_sessions_nonce_and_the_persons_act(installation: Keeping, ada: Person) -> None:
    record = verify_record(ada.consent.signed, installation.ledger.public_key).record
    event, processing = record["event"], record["pii_processing"]
    assert isinstance(event, dict)
    assert isinstance(processing, dict)
    assert len(event["session_nonce"]) == 43
    assert (event["act"], event["session_id"], event["answers"]) == ("press", "ses_e", [0, 1])
    assert processing["purpose_type"] == DPV_PURPOSE[Purpose.VERIFY]
    assert processing["privacy_notice"] == {"sha256": "hash", "version": "1"}


@pytest.mark.parametrize("old", ["press", "verify", "ses_e", "2026-12-23"])
def test_a_record_changed_after_signing_is_refused(installation: Keeping, ada: Person, old: str) -> None:
    changed = ada.consent.signed.replace(old.encode(), b"x" * len(old))
    assert changed != ada.consent.signed
    with pytest.raises(NoConsent):
        verify_record(changed, installation.ledger.public_key)


def test_a_record_that_was_proven_before_says_the_same_and_lets_nothing_else_pass(
    installation: Keeping, ada: Person
) -> None:
    proven, signed, key = Proven(), ada.consent.signed, installation.ledger.public_key
    first = proven.verified(signed, key)
    assert proven.verified(signed, key) == first == verify_record(signed, key)
    for changed, other in (
        (signed.replace(b"verify", b"search"), key),
        (signed, installation.keys.signer("card").public),
    ):
        with pytest.raises(NoConsent):
            proven.verified(changed, other)


def test_no_more_records_are_remembered_as_proven_than_were_said(installation: Keeping, ada: Person) -> None:
    proven = Proven(most=0)
    for _ in range(3):
        assert proven.verified(ada.consent.signed, installation.ledger.public_key).signed == ada.consent.signed
        assert len(proven._hashes) <= 1


def test_a_record_of_another_server_is_refused(installation: Keeping, ada: Person) -> None:
    with pytest.raises(NoConsent):
        verify_record(ada.consent.signed, installation.keys.signer("card").public)


def test_a_receipt_holds_the_signed_records_and_an_anchor(installation: Keeping, ada: Person) -> None:
    log = {"checkpoint": ada.logged.checkpoint, "log_key": installation.log.verifier_key}
    signer = installation.keys.signer("consent")
    receipt = make_receipt([ada.consent.signed], log, installation.clock.now(), signer)
    statement, _ = verify_statement(receipt, signer.public)
    assert statement["log"] == log
    records = statement["records"]
    assert isinstance(records, list)
    again = json.dumps(records[0], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert verify_record(again, signer.public).record_hash == ada.consent.record_hash


@pytest.mark.parametrize("junk", [b"", b"{}", b"[]", b'{"signature":1}', b'{"signature":{"value":"A"}}', b"\xff"])
def test_junk_is_no_signed_statement(junk: bytes) -> None:
    with pytest.raises(RecordError):
        verify_statement(junk, bytes(32))


def test_bytes_are_written_without_padding() -> None:
    assert base64url.encode(b"\xff\xff") == "__8"
