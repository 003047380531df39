"""Witnessing an enrolment: a second operator who was there says so with their passkey, and it counts at once."""

from handfast.audit.leaf import LeafKind
from handfast.base.errors import Conflict, NotAllowed
from handfast.base.roles import Role
from handfast.service.answer import opened_answer
from handfast.service.context import Context
from handfast.service.desk import approvals
from handfast.service.desk.actors import Actor
from handfast.service.link import known
from handfast.storage.tables.sessions import SessionKind
from handfast.storage.tables.subjects import SubjectState


def witness(context: Context, actor: Actor, session_id: str, approval: str | None) -> None:
    """Make the enrolment of a session count. Raises NotAllowed, SessionUnknown, SecondPersonNeeded, Conflict.

    Whoever enrolled the person cannot be the witness; whoever stands at the desk hands the witness's yes over.
    """
    row = known(context, session_id).row
    actor.must(row.programme_id, Role.ENROLLER)
    if row.kind is not SessionKind.ENROL or row.answer_sealed is None:
        raise Conflict("nobody was enrolled in this session")
    keys = context.keys.programme(row.programme_id)
    reference = opened_answer(row.answer_sealed, keys, row.id).reference
    second = approvals.use(context, actor, approval, "witness", row.programme_id)
    if second == row.actor:
        raise NotAllowed("whoever enrolled the person cannot be the witness")
    with context.store.write() as unit:
        subject = unit.subjects.by_reference(row.programme_id, keys.lookup(reference or ""))
        if subject is None or subject.state is not SubjectState.PENDING:
            raise Conflict("there is nothing to witness: nobody waits for it")
        unit.subjects.activate(subject.id)
        person = context.keys.person(row.programme_id, subject.id)
        at = context.clock.now().isoformat(timespec="seconds")
        told = {"at": at, "desk": actor.desk, "purpose": "witness", "outcome": "witnessed"}
        context.log.append_for(unit, person, LeafKind.ACTIVATE, second, told)
