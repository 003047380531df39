"""Attacks on a session being good for one answer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from handfast.audit.leaf import LeafKind
from handfast.base.errors import Conflict, LogBroken, SessionExpired, SessionSpent, SessionUnknown
from handfast.storage.tables.access import hash_secret
from handfast.storage.tables.sessions import SessionKind, SessionMode, SessionRow, SessionState, Standing
from support.keeping import Keeping, Person, keeping
from support.raw import refusal


@pytest.fixture
def installation(tmp_path: Path, each_store: str) -> Iterator[Keeping]:
    del each_store
    with keeping(tmp_path) as opened:
        yield opened


@pytest.fixture
def ada(installation: Keeping) -> Person:
    return installation.enrol(installation.add_programme(), "file 1")


def start(installation: Keeping, ada: Person, session_id: str = "ses_1", key: bytes | None = None) -> SessionRow:
    now = installation.clock.now()
    session = SessionRow(
        id=session_id,
        programme_id=ada.programme_id,
        kind=SessionKind.CHECK,
        mode=SessionMode.ATTENDED,
        state=SessionState.OPEN,
        actor="key_test",
        desk="desk 1",
        link_hash=hash_secret(f"link of {session_id}"),
        idempotency_hash=key,
        request_hash=key,
        subject_id=ada.subject_id,
        sealed=b"sealed wishes",
        answer_sealed=None,
        created_at=now,
        expires_at=now + timedelta(minutes=10),
    )
    with installation.store.write() as unit:
        unit.sessions.add(session)
    return session


def test_a_session_is_claimed_once(installation: Keeping, ada: Person) -> None:
    session = start(installation, ada)
    now = installation.clock.now()
    with installation.store.write() as unit:
        assert unit.sessions.claim(session.id, now).state is SessionState.CLAIMED
    with installation.store.write() as unit, pytest.raises(SessionSpent):
        unit.sessions.claim(session.id, now)


def test_a_session_cannot_be_claimed_when_its_time_is_over(installation: Keeping, ada: Person) -> None:
    session = start(installation, ada)
    with installation.store.write() as unit, pytest.raises(SessionExpired):
        unit.sessions.claim(session.id, session.expires_at)


def test_where_a_session_stands_is_told_as_it_is_committed(installation: Keeping, ada: Person) -> None:
    session, store = start(installation, ada), installation.store
    assert store.standing(session.link_hash) == Standing(session.id, SessionState.OPEN, session.expires_at)
    with store.write() as unit:
        unit.sessions.claim(session.id, installation.clock.now())
        assert store.standing(session.link_hash).state is SessionState.OPEN
    assert store.standing(session.link_hash).state is SessionState.CLAIMED
    with pytest.raises(SessionUnknown):
        store.standing(hash_secret("another link"))


def test_an_unknown_session_cannot_be_claimed(installation: Keeping) -> None:
    with installation.store.write() as unit, pytest.raises(SessionUnknown):
        unit.sessions.claim("ses_none", installation.clock.now())


def test_one_idempotency_key_makes_one_session_in_a_programme(installation: Keeping, ada: Person) -> None:
    session = start(installation, ada, key=b"k")
    with pytest.raises(Conflict):
        start(installation, ada, "ses_2", key=b"k")
    with installation.store.read() as reader:
        assert reader.sessions.by_idempotency(ada.programme_id, b"k") == session


def test_an_answered_session_does_not_say_whose_it_was(installation: Keeping, ada: Person) -> None:
    session = start(installation, ada)
    with installation.store.write() as unit:
        unit.sessions.claim(session.id, installation.clock.now())
        unit.sessions.answer(session.id, b"sealed answer", installation.clock.now(), compared=True)
        person = installation.keys.person(ada.programme_id, ada.subject_id)
        installation.log.append_for(unit, person, LeafKind.CHECK, "key_test", {})
    with installation.store.read() as reader:
        row = reader.sessions.get(session.id)
    assert (row.subject_id, row.sealed, row.answer_sealed) == (None, None, b"sealed answer")
    refusal(installation.folder, f"UPDATE sessions SET subject_id = '{ada.subject_id}'")  # noqa: S608


def test_an_answer_after_a_comparison_needs_its_leaf(installation: Keeping, ada: Person) -> None:
    session = start(installation, ada)
    with installation.store.write() as unit:
        unit.sessions.claim(session.id, installation.clock.now())
    with pytest.raises(LogBroken, match="without a leaf"), installation.store.write() as unit:
        unit.sessions.answer(session.id, b"sealed answer", installation.clock.now(), compared=True)
    with installation.store.read() as reader:
        assert reader.sessions.get(session.id).state is SessionState.CLAIMED


def test_a_session_is_answered_once_and_only_when_claimed(installation: Keeping, ada: Person) -> None:
    session = start(installation, ada)
    now = installation.clock.now()
    with installation.store.write() as unit:
        with pytest.raises(SessionSpent):
            unit.sessions.answer(session.id, b"before its claim", now, compared=False)
        unit.sessions.claim(session.id, now)
        unit.sessions.answer(session.id, b"first", now, compared=False)
        with pytest.raises(SessionSpent):
            unit.sessions.answer(session.id, b"second", now, compared=False)


def test_a_claim_that_a_crash_left_is_seen_and_closed_with_a_leaf(installation: Keeping, ada: Person) -> None:
    session = start(installation, ada)
    with installation.store.write() as unit:
        unit.sessions.claim(session.id, installation.clock.now())
    with installation.store.read() as reader:
        assert [row.id for row in reader.sessions.claimed()] == [session.id]
        leaves = reader.log.tree().size
    assert installation.recover().abandoned_sessions == 1
    with installation.store.read() as reader:
        assert reader.sessions.get(session.id).state is SessionState.ABANDONED
        assert reader.sessions.get(session.id).subject_id is None
        assert reader.log.tree().size == leaves + 1


def test_a_withdrawal_takes_the_person_out_of_their_open_sessions(installation: Keeping, ada: Person) -> None:
    session = start(installation, ada)
    with installation.store.write() as unit:
        person = installation.keys.person(ada.programme_id, ada.subject_id)
        installation.log.append_for(unit, person, LeafKind.WITHDRAW, "key_test", {})
        unit.subjects.withdraw(ada.subject_id)
    with installation.store.write() as unit:
        claimed = unit.sessions.claim(session.id, installation.clock.now())
    assert (claimed.subject_id, claimed.state) == (None, SessionState.CLAIMED)


def test_finished_sessions_are_purged_and_others_stay(installation: Keeping, ada: Person) -> None:
    done, waiting = start(installation, ada), start(installation, ada, "ses_2")
    with installation.store.write() as unit:
        unit.sessions.claim(done.id, installation.clock.now())
        unit.sessions.answer(done.id, b"answer", installation.clock.now(), compared=False)
        assert unit.sessions.purge(done.expires_at + timedelta(seconds=1)) == 1
    with installation.store.read() as reader:
        assert reader.sessions.get(waiting.id) == waiting
        with pytest.raises(SessionUnknown):
            reader.sessions.get(done.id)
