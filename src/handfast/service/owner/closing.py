"""Closing a programme: everyone in it is withdrawn, its key is destroyed, and the count is signed."""

import json
from collections.abc import Mapping

from handfast.audit.leaf import LeafKind, to_the_minute
from handfast.base.errors import Conflict
from handfast.consent.statement import sign_statement
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.withdraw import withdraw
from handfast.storage.tables.programmes import ProgrammeStatus

SCHEMA = "handfast-closing:1"


def close(context: Context, actor: Actor, programme_id: str) -> Mapping[str, object]:
    """Close a programme for good; the signed statement.

    Administrators only (NotAllowed, StepUpNeeded); Conflict if it is closed.
    Safe to do again after a crash anywhere: it goes on with who is left, and the key goes last.
    """
    actor.must_administer()
    actor.must_have_stepped_up(context.clock.now())
    with context.store.read() as reader:
        if reader.programmes.get(programme_id).status is not ProgrammeStatus.OPEN:
            raise Conflict("this programme is closed")
        people = reader.subjects.standing(programme_id)
    # 1 Everyone in it: each withdrawal is whole by itself.
    at = context.clock.now()
    told = {"at": at.isoformat(timespec="seconds"), "outcome": "withdrawn", "purpose": "programme closed"}
    for subject_id in people:
        withdraw(context, programme_id, subject_id, actor.key_id, told)
    # 2 The programme: its sessions and messages end with it.
    keys = context.keys.programme(programme_id)
    with context.store.write() as unit:
        if unit.subjects.standing(programme_id):
            raise Conflict("somebody was enrolled meanwhile; close it again")
        unit.programmes.set_status(programme_id, ProgrammeStatus.CLOSED)
        unit.sessions.end_all(programme_id)
        unit.deliveries.drop(programme_id)
        counted = {"closed": True, "people": sum(unit.subjects.count(programme_id).values()), "now": len(people)}
        logged = context.log.append(unit, keys, LeafKind.PROGRAMME, actor.key_id, counted)
    # 3 Its key; start-up does it again for a programme that is closed.
    context.keys.destroy_programme(programme_id)
    # 4 What the owner shows whoever asks.
    statement = {
        "schema_version": SCHEMA,
        "closed_at": to_the_minute(at),
        "programme": programme_id,
        "people_ever": counted["people"],
        "people_now": counted["now"],
        "programme_key": "destroyed",
        "leaf": logged.raw.decode(),
        "checkpoint": logged.checkpoint,
        "log_key": context.log.verifier_key,
    }
    signed: Mapping[str, object] = json.loads(sign_statement(statement, context.keys.signer("consent")))
    return signed
