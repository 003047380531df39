"""What is done at start-up, before anything is served: finish what a crash left half done."""

import json
from dataclasses import dataclass

from handfast.audit.leaf import LeafKind
from handfast.audit.log import Draft, Log
from handfast.audit.withdrawal import finish
from handfast.storage.keys.key_values import Keyring
from handfast.storage.store import Store, Unit
from handfast.storage.tables.programmes import ProgrammeStatus
from handfast.storage.tables.sessions import SessionRow


@dataclass(frozen=True, slots=True)
class Recovery:
    """How many withdrawals were finished, keys of nobody dropped, and claimed sessions closed."""

    withdrawals: int
    orphan_keys: int
    abandoned_sessions: int


def recover(store: Store, keys: Keyring, log: Log) -> Recovery:
    """Finish withdrawals, drop keys of nobody and of no programme, close claims without an answer."""
    recovery = Recovery(finish_withdrawals(store, keys, log), _drop_orphans(store, keys), _abandon(store, keys, log))
    store.truncate()
    return recovery


def finish_withdrawals(store: Store, keys: Keyring, log: Log) -> int:
    """Finish what was cut off after its first leaf: by a crash, or because the database went away; how many."""
    with store.read() as reader:
        open_ones = reader.log.erasures()
    for erasure in open_ones:
        finish(store, keys, log, erasure.subject_id, Draft(**json.loads(erasure.leaf)))
    return len(open_ones)


def _drop_orphans(store: Store, keys: Keyring) -> int:
    held = keys.people()  # before the records are read: a key is made before its person
    with store.read() as reader:
        living = {person.id for person in reader.subjects.living()}
    dropped = sum(keys.destroy_person(subject_id) for subject_id in held if subject_id not in living)
    with store.read() as reader:
        known = {p.id for p in reader.programmes.all() if p.status is ProgrammeStatus.OPEN}
    return dropped + sum(keys.destroy_programme(programme_id) for programme_id in set(keys.programmes()) - known)


def _abandon(store: Store, keys: Keyring, log: Log) -> int:
    with store.read() as reader:
        claims = reader.sessions.claimed()
    for claim in claims:
        with store.write() as unit:
            unit.sessions.abandon(claim.id)
            _tell(unit, keys, log, claim)
    return len(claims)


def _tell(unit: Unit, keys: Keyring, log: Log, claim: SessionRow) -> None:
    """A comparison may have run before the crash: the person sees the attempt; one on nobody leaves the same trace."""
    told = {"session": claim.id, "desk": claim.desk, "purpose": "verify", "outcome": "abandoned"}
    if claim.subject_id is None:
        log.append_for_nobody(unit, keys.programme(claim.programme_id), LeafKind.ABANDONED, claim.actor, told)
        return
    person = keys.person(claim.programme_id, claim.subject_id)
    consents = unit.consents.of(claim.subject_id)
    agreed = consents[-1].record_hash if consents else None
    log.append_for(unit, person, LeafKind.ABANDONED, claim.actor, told, agreed)
