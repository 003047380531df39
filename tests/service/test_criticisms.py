"""What field biometrics is criticised for, and that it cannot be done here: one test for each, on a running service."""

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from handfast.audit import withdrawal
from handfast.base.decision import Outcome
from handfast.base.errors import LogBroken, NoConsent, NotAllowed, NotAuthorised, RequestError, SealBroken
from handfast.base.randomness import SystemRandomness
from handfast.cli.backup import drop_old
from handfast.consent.purpose import Purpose
from handfast.consent.terms import KEY_COPIES_DAYS
from handfast.decision.find import FindOutcome
from handfast.gallery.opened import opened
from handfast.service import enrol, finish
from handfast.service.person import my_page
from handfast.service.sessions import NewSession
from handfast.service.start import stop
from handfast.storage.engines.sqlite import copy_file
from handfast.storage.keys.root_key import read_key_file
from handfast.storage.keys.store import open_keys
from support.found import enrol_findable, find, open_find, subject_of
from support.postgres import PLACE
from support.raw import REFUSED, raw
from support.scripted import Desk

PIN = "2468"
PIECE = 8  # bytes: no two sealed things share so many by chance


def withdraw(desk: Desk, code: str) -> None:
    my_page.withdraw(desk.context, my_page.open_page(desk.context, code, PIN).token)


def test_no_template_is_stored_without_a_live_consent_not_even_by_raw_sql(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    with raw(desk.folder if (desk.folder / PLACE).exists() else desk.settings.data_dir) as sql:
        row = sql.execute("SELECT * FROM templates LIMIT 1").fetchone()
        marks = ", ".join("?" * len(row))
        with pytest.raises(REFUSED, match="no-consent"):
            sql.execute(f"INSERT INTO templates VALUES ({marks})", ("tpl_x", *row[1:3], "con_none", *row[4:]))  # noqa: S608
        sql.execute("UPDATE consents SET state = 'withdrawn'")
        assert sql.execute("SELECT COUNT(*) FROM templates").fetchone() == (0,)
        with pytest.raises(REFUSED, match="no-consent"):
            sql.execute(f"INSERT INTO templates VALUES ({marks})", row)  # noqa: S608
    assert desk.check(1, reference="P-1").outcome is Outcome.NOT_ACCEPTED


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.VERIFY])
def test_nothing_is_compared_under_a_purpose_that_was_not_agreed_to(desk: Desk, purpose: Purpose) -> None:
    desk.enrol("P-1", person=1)
    subject_id = subject_of(desk, "P-1")
    with desk.context.store.read() as reader, pytest.raises(NoConsent):
        desk.context.ledger.authorise(
            reader, programme_id=desk.programme.id, subject_id=subject_id, purpose=purpose, session_id="ses_x"
        )


def test_one_persons_keys_open_no_row_of_another(desk: Desk) -> None:
    """Ten thousand swaps are tried in tests/gallery/test_references.py; here every row of a service is."""
    desk.enrol("P-1", person=1)
    desk.enrol("P-2", person=2)
    one, two = (desk.context.keys.person(desk.programme.id, subject_of(desk, each)) for each in ("P-1", "P-2"))
    keys = desk.keys.person(desk.programme.id, one.subject_id)
    with desk.context.store.read() as reader:
        rows = reader.templates.of(two.subject_id)
        consents = reader.consents.of(two.subject_id)
    for row in rows:
        with pytest.raises(SealBroken):
            opened(row, keys)
    for consent in consents:
        with pytest.raises(SealBroken):
            one.unseal(consent.record_sealed or b"", "consent", consent.id)


def test_nobody_is_searched_for_without_a_reason(desk: Desk) -> None:
    enrol_findable(desk, "P-1", 1)
    with pytest.raises((NotAllowed, RequestError)):
        open_find(desk, reason=" ")


def test_nothing_is_done_without_its_leaf(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    subject_id = subject_of(desk, "P-1")
    for act in ("freeze", "activate", "withdraw"):
        with pytest.raises(LogBroken, match="without a leaf"), desk.context.store.write() as unit:
            getattr(unit.subjects, act)(subject_id)
    assert desk.check(1, reference="P-1").outcome is Outcome.ACCEPTED


def test_who_withdrew_is_refused_by_the_very_next_call_on_every_path(desk: Desk) -> None:
    enrolled = desk.enrol("P-1", person=1)
    enrol_findable(desk, "P-1f", 3)
    code, card = str(enrolled.private_code), enrolled.card
    assert card is not None
    page, other_page = (my_page.open_page(desk.context, code, PIN).token for _ in range(2))
    opened = desk.open(NewSession("check", reference="P-1"))  # before, and captured already
    desk.say(opened.token)
    desk.play(opened.token, desk.phone(opened.token, 1))
    my_page.withdraw(desk.context, page)
    # The sessions and pages that were open.
    assert finish.finish(desk.context, opened.token).outcome is Outcome.NOT_ACCEPTED
    for token in (page, other_page):
        with pytest.raises(NotAuthorised):
            my_page.page(desk.context, token)
    # New ones, by everything that they carry.
    for shown in ({"reference": "P-1"}, {"card": card.payload}, {"card": card.number}):
        assert desk.check(1, **shown).outcome is Outcome.NOT_ACCEPTED
    with pytest.raises(NotAuthorised):
        my_page.open_page(desk.context, code, PIN)
    with pytest.raises(NotAuthorised):
        enrol.receipt(desk.context, opened.token)


def test_who_withdrew_is_not_found_by_the_very_next_search(desk: Desk) -> None:
    for person in range(1, 4):
        enrol_findable(desk, f"P-{person}", person)
    assert find(desk, 2).outcome is FindOutcome.FOUND
    context, subject_id = desk.context, subject_of(desk, "P-2")
    withdrawal.withdraw(context.store, context.keys, context.log, desk.programme.id, subject_id, "key_test", {})
    assert find(desk, 2).outcome is FindOutcome.NOT_FOUND
    desk.restart()
    assert find(desk, 2).outcome is FindOutcome.NOT_FOUND


def test_a_withdrawal_leaves_no_byte_of_key_or_template_in_any_file_of_the_service(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    code = str(desk.enrol("P-1", person=1).private_code)
    for person in range(2, 8):
        desk.enrol(f"P-{person}", person)
    desk.check(1, reference="P-1")
    desk.open(NewSession("check", reference="P-1"))
    sealed = _sealed(desk, subject_of(desk, "P-1"))
    assert _found(sealed, desk.settings.data_dir) > 100
    withdraw(desk, code)
    assert _found(sealed, desk.settings.data_dir) == 0
    stop(desk.context)


def test_no_backup_opens_anything_of_who_withdrew_once_the_copies_of_keys_are_over(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    code = str(desk.enrol("P-1", person=1).private_code)
    desk.enrol("P-2", person=2)
    gone, stays = subject_of(desk, "P-1"), subject_of(desk, "P-2")
    data, vault = desk.settings.data_dir, tmp_path / "vault"
    vault.mkdir()
    records = tmp_path / "records.db"
    copy_file(data / "handfast.db", records)
    copy_file(data / "keys.db", vault / f"keys-{desk.clock.now():%Y%m%dT%H%M%SZ}.db")
    token = my_page.open_page(desk.context, code, PIN).token
    told = my_page.withdraw(desk.context, token)
    last = desk.clock.now().date() + timedelta(days=KEY_COPIES_DAYS)
    assert told["key_copies_end_on"] == last.isoformat()
    desk.clock.pass_time(60)
    copy_file(data / "keys.db", vault / f"keys-{desk.clock.now():%Y%m%dT%H%M%SZ}.db")
    stop(desk.context)
    # Until then the older copy does open them: that is what the person was told.
    root, identity = read_key_file(desk.settings.root_key), desk.context.store.identity
    before = min(vault.glob("*.db"))
    assert gone in _people(before, root, identity, tmp_path / "a")
    drop_old(vault, desk.clock.now() - timedelta(seconds=30))  # the life of copies is over for the older one
    assert _people(min(vault.glob("*.db")), root, identity, tmp_path / "b") == {stays}
    assert records.stat().st_size > 0  # the copy of the records is still there, and opens nothing of theirs


def _people(keys_file: Path, root: bytes, identity: str, folder: Path) -> set[str]:
    """Everyone whose keys a copy holds; each does open."""
    folder.mkdir()
    shutil.copy(keys_file, folder / "keys.db")
    keys = open_keys(folder / "keys.db", root, identity, SystemRandomness())
    people = set(keys.people())
    for programme_id in keys.programmes():
        for subject_id in people:
            keys.person(programme_id, subject_id)
    keys.close()
    return people


def _sealed(desk: Desk, subject_id: str) -> list[bytes]:
    """Every sealed thing of one person, as it lies in the files."""
    with desk.context.store.read() as reader:
        subject, ratchet = reader.subjects.get(subject_id), reader.log.ratchet(subject_id)
        blobs = [row.sealed for row in reader.templates.of(subject_id)]
        blobs += [row.record_sealed or b"" for row in reader.consents.of(subject_id)]
    assert ratchet is not None
    blobs += [subject.reference_sealed or b"", ratchet.sealed]
    connection = sqlite3.connect(desk.settings.data_dir / "keys.db")
    sql = "SELECT data FROM slots JOIN person_keys ON owner = handle WHERE subject_id = ?"
    blobs += [data[4:124] for (data,) in connection.execute(sql, (subject_id,))]
    connection.close()
    return [blob for blob in blobs if len(blob) >= PIECE]


def _found(blobs: list[bytes], folder: Path) -> int:
    """How many pieces of the blobs, cut every eight bytes, stand anywhere in the files."""
    disk = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    words = np.unique(np.concatenate([np.frombuffer(blob[: len(blob) // PIECE * PIECE], "<u8") for blob in blobs]))
    there = np.zeros(len(words), bool)
    for shift in range(PIECE):
        end = shift + (len(disk) - shift) // PIECE * PIECE
        there |= np.isin(words, np.frombuffer(disk[shift:end], "<u8"))
    return int(there.sum())
