"""A check in the log: told to the person whose references they are, or to nobody in a leaf that looks the same."""

from handfast.audit.leaf import LeafKind
from handfast.audit.log import Logged
from handfast.base.errors import NotAllowed, NotFound
from handfast.base.grant import Grant
from handfast.consent.purpose import Purpose
from handfast.service.context import Context
from handfast.service.link import Link
from handfast.storage.store import Reader, Unit
from handfast.storage.tables.sessions import SessionRow
from handfast.storage.tables.subjects import SubjectState


def permission(context: Context, reader: Reader, link: Link) -> Grant | None:
    """The grant for this check; None where the reference is unknown, frozen, withdrawn or without consent."""
    if link.row.subject_id is None:
        return None
    try:
        return context.ledger.authorise(
            reader,
            programme_id=link.programme.id,
            subject_id=link.row.subject_id,
            purpose=Purpose.VERIFY,
            session_id=link.id,
        )
    except NotAllowed:
        return None


def details_of(context: Context, row: SessionRow, outcome: str) -> dict[str, object]:
    """What the person is told of a use: when, where, what for, with what outcome."""
    return {
        "at": context.clock.now().isoformat(timespec="seconds"),
        "session": row.id,
        "desk": row.desk,
        "purpose": Purpose.VERIFY.value,
        "outcome": outcome,
    }


def log_check(context: Context, unit: Unit, row: SessionRow, outcome: str, kind: LeafKind = LeafKind.CHECK) -> Logged:
    """The leaf of one check. A frozen person sees it too; for nobody, one that cannot be told from it."""
    details = details_of(context, row, outcome)
    subject_id = row.subject_id
    try:
        if subject_id is None:
            raise NotFound("nobody")
        person = context.keys.person(row.programme_id, subject_id)
        consents = unit.consents.of(subject_id)
        agreed = consents[-1].record_hash if consents else None
        return context.log.append_for(unit, person, kind, row.actor, details, agreed)
    except NotFound:
        keys = context.keys.programme(row.programme_id)
        return context.log.append_for_nobody(unit, keys, kind, row.actor, details)


def came_back(context: Context, unit: Unit, link: Link) -> str:
    """After an accepted check: an enrolment that waited for it is active. The caller's reference."""
    return reference_of(context, unit, link, str(link.row.subject_id))


def reference_of(context: Context, unit: Unit, link: Link, subject_id: str) -> str:
    """The caller's reference of somebody who stood before the camera; an enrolment that waited for it is active."""
    person = context.keys.person(link.programme.id, subject_id)
    subject = unit.subjects.get(person.subject_id)
    if subject.state is SubjectState.PENDING:
        unit.subjects.activate(subject.id)
    unit.subjects.used(subject.id, context.clock.now().date())
    return person.unseal(subject.reference_sealed or b"", "reference").decode()
