"""After a restore, before anybody is served: who withdrew since the copy was made withdraws again."""

from collections.abc import Collection
from dataclasses import dataclass

from handfast.audit.leaf import LeafKind
from handfast.audit.log import Log
from handfast.audit.recovery import recover
from handfast.audit.withdrawal import withdraw
from handfast.base.errors import NotFound, SetupError
from handfast.storage.keys.key_values import Keyring
from handfast.storage.store import Store
from handfast.storage.tables.subjects import Living

ACTOR = "restore"
MOST_ORPHANS = 16  # keys of nobody that a crash can leave; more of them mean that the records are older than the keys
_REMEDY = "they were restored from a copy; run `handfast restore --replay`"


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many people withdrew again: with their keys back from a copy, or with keys that are gone already."""

    with_keys: int
    without_keys: int


def refuse_restored(store: Store, keys: Keyring) -> None:
    """SetupError where records and keys are not of one time: nobody is served before the restore is finished."""
    with store.read() as reader:
        living = {person.id for person in reader.subjects.living()}
        known = living.union(reader.subjects.withdrawn())
    held = set(keys.people())
    if living - held:
        raise SetupError(f"{len(living - held)} people in the records have no keys: {_REMEDY}")
    if len(held - known) > MOST_ORPHANS:
        raise SetupError(f"{len(held - known)} keys are of people whom the records do not know: {_REMEDY}")


def replay(store: Store, keys: Keyring, log: Log, destroyed: Collection[str]) -> Replayed:
    """Withdraw everyone on the list of destroyed keys, and everyone whose key is gone. Safe to do again."""
    recover(store, keys, log)
    with store.read() as reader:
        living = reader.subjects.living()
    held = set(keys.people())
    back = [person for person in living if person.id in destroyed and person.id in held]
    gone = [person for person in living if person.id not in held]
    for person in back:
        withdraw(store, keys, log, person.programme_id, person.id, ACTOR, {"outcome": "withdrawn", "purpose": ACTOR})
    for person in gone:
        _end_without_keys(store, keys, log, person)
    _tell(store, keys, log, {"with_keys": len(back), "without_keys": len(gone)})
    return Replayed(len(back), len(gone))


def _end_without_keys(store: Store, keys: Keyring, log: Log, person: Living) -> None:
    """Nobody can open this person's rows any more: they go, with two leaves that carry no tag of theirs."""
    programme = keys.programme(person.programme_id)
    with store.write() as unit:
        unit.subjects.withdraw(person.id)
        for kind in (LeafKind.WITHDRAW, LeafKind.ERASE):
            log.append_for_nobody(unit, programme, kind, ACTOR, {"purpose": ACTOR})


def _tell(store: Store, keys: Keyring, log: Log, told: dict[str, object]) -> None:
    """One leaf in every programme: from here on the log does not continue what was signed after the copy."""
    with store.read() as reader:
        programmes = reader.programmes.all()
    for programme in programmes:
        try:
            opened = keys.programme(programme.id)
        except NotFound:
            continue
        with store.write() as unit:
            log.append(unit, opened, LeafKind.RESTORE, ACTOR, told)
