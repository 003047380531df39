"""Withdrawal, in the order that a crash cannot harm.

1  commit "withdrawn" and its leaf: all use stops, templates are gone, the second leaf lies ready
2  destroy the person's keys
3  commit the second leaf, which says so
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from handfast.audit.leaf import LeafKind
from handfast.audit.log import Draft, Log, Logged, Opening
from handfast.base.errors import NotFound
from handfast.storage.keys.key_values import Keyring
from handfast.storage.store import Store
from handfast.storage.tables.leaves import Erasure


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The two leaves of one withdrawal, each with what opens it; nobody but the person will have that."""

    withdrawn: Logged
    erased: Logged


def withdraw(
    store: Store, keys: Keyring, log: Log, programme_id: str, subject_id: str, actor: str, details: Mapping[str, object]
) -> Withdrawal:
    """Withdraw a person and destroy their keys. NotFound or Conflict if there is nobody to withdraw."""
    person = keys.person(programme_id, subject_id)
    with store.write() as unit:
        logged = log.append_for(unit, person, LeafKind.WITHDRAW, actor, details)
        ready, opening, _ = log.draft_for(unit, person, LeafKind.ERASE, actor, {"keys": "destroyed"})
        unit.log.add_erasure(Erasure(subject_id, programme_id, json.dumps(asdict(ready))))
        unit.subjects.withdraw(subject_id)
    return Withdrawal(logged, finish(store, keys, log, subject_id, ready, opening))


def finish(
    store: Store, keys: Keyring, log: Log, subject_id: str, ready: Draft, opening: Opening | None = None
) -> Logged:
    """Steps 2 and 3. Safe to do again after a crash anywhere, and while somebody else does it."""
    keys.destroy_person(subject_id)
    with store.write() as unit:
        if unit.log.end_erasure(subject_id):
            return log.append_draft(unit, ready, opening)
        unit.log.tree()  # read while the unit of work is open
        done = unit.log.by_tag(ready.tag or "")
        if done is None:
            raise NotFound("there is no such withdrawal to finish")
        return Logged(done.n, done.raw, unit.log.tree, opening)
