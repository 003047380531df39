"""A process made to be killed: it enrols, checks and withdraws people without end, and says so before and after.

One JSON line before an act ("doing") and one after it was acknowledged ("done").
"""

import contextlib
import json
import os
import random
from datetime import timedelta
from pathlib import Path

from handfast.audit.leaf import LeafKind
from handfast.audit.withdrawal import withdraw
from handfast.base.clock import SystemClock
from handfast.base.errors import DatabaseAway, NotFound
from handfast.base.ids import new_id
from handfast.storage.tables.access import hash_secret
from handfast.storage.tables.programmes import Programme
from handfast.storage.tables.sessions import SessionKind, SessionMode, SessionRow, SessionState
from support.keeping import Keeping, Person, face, finger

_out = 1


def say(**words: object) -> None:
    """One line, written at once: a file keeps what was written when the writer is killed."""
    os.write(_out, (json.dumps(words) + "\n").encode())


def programme_of(installation: Keeping) -> Programme:
    """The programme of the campaign, made at the first start."""
    try:
        with installation.store.read() as reader:
            return reader.programmes.get("prg_campaign")
    except NotFound:
        return installation.add_programme("prg_campaign")


def enrol(installation: Keeping, chance: random.Random) -> Person:
    say(doing="enrol")
    fingers = tuple(finger(chance.randbytes(chance.choice([300, 900, 4_000]))) for _ in range(2))
    reference = new_id("ref", installation.randomness)
    person = installation.enrol(programme_of(installation), reference, (face(bytes(512)), *fingers))
    say(
        done="enrol",
        subject=person.subject_id,
        code=person.code,
        checkpoint=person.logged.checkpoint,
    )
    return person


def check(installation: Keeping, programme_id: str, subject_id: str) -> None:
    """Claim a session in one unit of work, answer it with its leaf in another."""
    now = installation.clock.now()
    session_id = new_id("ses", installation.randomness)
    say(doing="check", subject=subject_id)
    keys = installation.keys.person(programme_id, subject_id)
    with installation.store.write() as unit:
        unit.sessions.add(
            SessionRow(
                id=session_id,
                programme_id=programme_id,
                kind=SessionKind.CHECK,
                mode=SessionMode.ATTENDED,
                state=SessionState.OPEN,
                actor="key_test",
                desk="desk 1",
                link_hash=hash_secret(session_id),
                idempotency_hash=None,
                request_hash=None,
                subject_id=subject_id,
                sealed=b"wishes",
                answer_sealed=None,
                created_at=now,
                expires_at=now + timedelta(minutes=10),
            )
        )
        unit.sessions.claim(session_id, now)
    with installation.store.write() as unit:
        unit.sessions.answer(session_id, b"answer", now, compared=True)
        logged = installation.log.append_for(unit, keys, LeafKind.CHECK, "key_test", {"outcome": "accepted"})
    say(done="check", subject=subject_id, checkpoint=logged.checkpoint)


def leave(installation: Keeping, programme_id: str, subject_id: str) -> None:
    say(doing="withdraw", subject=subject_id)
    withdrawal = withdraw(
        installation.store, installation.keys, installation.log, programme_id, subject_id, "key_test", {}
    )
    say(done="withdraw", subject=subject_id, checkpoint=withdrawal.erased.checkpoint)


def work(folder: Path, seed: int, said: Path) -> None:
    """Work until killed; where the database goes away, go away too."""
    global _out
    _out = os.open(said, os.O_APPEND | os.O_WRONLY)
    chance = random.Random(seed)
    installation = Keeping(folder, clock=SystemClock())
    installation.recover()
    programme_id = programme_of(installation).id
    people: list[str] = json.loads((folder / "people.json").read_text(encoding="utf-8"))
    say(done="start")
    with contextlib.suppress(DatabaseAway):
        while True:
            act = chance.random()
            if act < 0.4 or not people:
                people.append(enrol(installation, chance).subject_id)
            elif act < 0.7:
                check(installation, programme_id, chance.choice(people))
            else:
                leave(installation, programme_id, people.pop(chance.randrange(len(people))))
