"""A search in the log: one leaf of the operator's with the reason, and one for each person compared in full."""

from collections.abc import Sequence

from handfast.audit.leaf import LeafKind
from handfast.audit.log import Logged
from handfast.base.errors import NotFound
from handfast.consent.purpose import Purpose
from handfast.decision.find import FindDecision
from handfast.service.context import Context
from handfast.service.link import Link
from handfast.storage.store import Unit


def log_find(
    context: Context,
    unit: Unit,
    link: Link,
    decision: FindDecision,
    compared: Sequence[str],
    purpose: Purpose = Purpose.FIND,
) -> Logged:
    """The operator's leaf. A person is told that they were found, or that they were compared and it was not them."""
    told: dict[str, object] = {
        "at": context.clock.now().isoformat(timespec="seconds"),
        "session": link.id,
        "desk": link.row.desk,
        "purpose": purpose.value,
    }
    for subject_id in compared:
        outcome = "found" if subject_id == decision.subject_id else "compared"
        _log_for(context, unit, link, subject_id, told | {"outcome": outcome}, purpose)
    said = told | {"outcome": decision.outcome.value, "reason": link.wishes.reason or "", "compared": len(compared)}
    return context.log.append(unit, context.keys.programme(link.programme.id), LeafKind.FIND, link.row.actor, said)


def _log_for(
    context: Context, unit: Unit, link: Link, subject_id: str, details: dict[str, object], purpose: Purpose
) -> None:
    try:
        person = context.keys.person(link.programme.id, subject_id)
        agreed = [c for c in unit.consents.of(subject_id) if c.purpose == purpose]
        consent = agreed[-1].record_hash if agreed else None
        context.log.append_for(unit, person, LeafKind.FIND, link.row.actor, details, consent)
    except NotFound:  # withdrew while they were compared: their log has ended
        return
