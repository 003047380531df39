"""Withdrawal: all use stops at once; the keys go at once too, or after the hours that the consent promised."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from handfast.audit import withdrawal
from handfast.audit.leaf import LeafKind, to_the_minute
from handfast.audit.log import Logged
from handfast.base.errors import Conflict, NotAuthorised, NotFound
from handfast.consent.record import verify_record
from handfast.consent.statement import sign_statement
from handfast.consent.terms import KEY_COPIES_DAYS
from handfast.service.context import Context
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.tables.leavings import Leaving
from handfast.storage.tables.subjects import SubjectState

SCHEMA = "handfast-withdrawal:1"
LEAVING_SCHEMA = "handfast-leaving:1"
_PLACE = "leaving"


def withdraw(
    context: Context, programme_id: str, subject_id: str, actor: str, details: Mapping[str, object]
) -> Mapping[str, object]:
    """Withdraw a person for good; the signed statement. Raises NotAuthorised if they are gone."""
    # 1 Stop all use and log it; destroy the keys; log that.
    try:
        done = withdrawal.withdraw(context.store, context.keys, context.log, programme_id, subject_id, actor, details)
    except (NotFound, Conflict) as error:
        raise NotAuthorised("nothing is held any more") from error
    # 2 Nothing stays open.
    context.pages.close(subject_id)
    context.enrolled.close(subject_id)
    # 3 What the person takes away: nobody else can open these leaves from now on.
    now = context.clock.now()
    return _signed(
        context,
        {
            "schema_version": SCHEMA,
            "withdrawn_at": to_the_minute(now),
            "programme": programme_id,
            "withdrawn": _leaf(done.withdrawn),
            "erased": _leaf(done.erased),
            "key_copies_end_on": (now + timedelta(days=KEY_COPIES_DAYS)).date().isoformat(),
            "checkpoint": done.erased.checkpoint,
            "log_key": context.log.verifier_key,
        },
    )


def leave(context: Context, person: PersonKeys, actor: str, details: Mapping[str, object]) -> Mapping[str, object]:
    """Withdraw, or begin to where the consent promised that it can be taken back; the signed statement of it."""
    hours = promised_hours(context, person)
    if not hours:
        return withdraw(context, person.programme_id, person.subject_id, actor, details)
    final_at = context.clock.now() + timedelta(hours=hours)
    sealed = person.seal(final_at.isoformat().encode(), _PLACE)
    with context.store.write() as unit:
        unit.leavings.add(Leaving(person.subject_id, person.programme_id, sealed))
        unit.subjects.freeze(person.subject_id)
        logged = context.log.append_for(unit, person, LeafKind.LEAVE, actor, details)
    return _signed(
        context,
        {
            "schema_version": LEAVING_SCHEMA,
            "asked_at": to_the_minute(context.clock.now()),
            "final_at": to_the_minute(final_at),
            "programme": person.programme_id,
            "asked": _leaf(logged),
            "checkpoint": logged.checkpoint,
            "log_key": context.log.verifier_key,
        },
    )


def final_at(context: Context, person: PersonKeys) -> datetime | None:
    """When a withdrawal that was asked for becomes final; None for who is not leaving."""
    with context.store.read() as reader:
        leaving = reader.leavings.of(person.subject_id)
    return None if leaving is None else _opened(person, leaving)


def end_leavings(context: Context, actor: str) -> int:
    """Make final every withdrawal whose time to be taken back is over; how many."""
    with context.store.read() as reader:
        leavings = reader.leavings.all()
    return sum(_end(context, leaving, actor) for leaving in leavings)


def promised_hours(context: Context, person: PersonKeys) -> int:
    """How long this person's own consent says that a withdrawal can be taken back: the least of all that it says."""
    with context.store.read() as reader:
        consents = context.ledger.consents(reader, person)
        state = reader.subjects.get(person.subject_id).state
    if state is SubjectState.WITHDRAWN or not consents:
        return 0
    records = [verify_record(each.signed, context.ledger.public_key).record for each in consents]
    return min(_hours(record) for record in records)


def _hours(record: Mapping[str, object]) -> int:
    processing = record["pii_processing"]
    hours = processing.get("withdrawal_reversible_hours", 0) if isinstance(processing, Mapping) else 0
    return hours if isinstance(hours, int) else 0


def _end(context: Context, leaving: Leaving, actor: str) -> bool:
    person = context.keys.person(leaving.programme_id, leaving.subject_id)
    if context.clock.now() < _opened(person, leaving):
        return False
    details = {"at": context.clock.now().isoformat(timespec="seconds"), "outcome": "withdrawn", "purpose": "my page"}
    withdraw(context, leaving.programme_id, leaving.subject_id, actor, details)
    return True


def _opened(person: PersonKeys, leaving: Leaving) -> datetime:
    return datetime.fromisoformat(person.unseal(leaving.final_at_sealed, _PLACE).decode())


def _signed(context: Context, statement: Mapping[str, object]) -> Mapping[str, object]:
    signed: Mapping[str, object] = json.loads(sign_statement(statement, context.keys.signer("consent")))
    return signed


def _leaf(logged: Logged) -> Mapping[str, object]:
    opening = logged.opening
    opened = {"nonce": opening.nonce.hex(), "details": opening.details.decode()} if opening else {}
    return {"leaf": logged.raw.decode(), **opened}
