"""The few people that a search compares in full: short-listed by code, then each under a grant of their own."""

from collections.abc import Sequence
from dataclasses import replace

from handfast.base.errors import HandfastError, NotAllowed
from handfast.base.grant import Grant
from handfast.base.modality import Modality
from handfast.consent.purpose import Purpose
from handfast.decision.find import Compared, FindDecision, FindOutcome
from handfast.gallery.search_set import Found
from handfast.service.comparison import Probes, evidence_with, opened_for
from handfast.service.context import Context
from handfast.service.link import Link
from handfast.storage.store import Reader

COMPARED = 12  # people at most who are compared in full; each of them is told in their own log
FIRST_FINGERS = 2  # scanned for everyone in a large set, the others for the likeliest only
LARGE = 50_000  # people from which a search is a cascade


def shortlisted(context: Context, grant: Grant, probes: Probes) -> Found:
    """The likeliest people. Nobody is compared who may not be searched for this purpose now."""
    people = context.searching.of(grant.programme_id)
    codes = context.searching.codes(probes.templates)
    with context.store.read() as reader:
        return people.search(reader, grant, codes, COMPARED, first_fingers(len(people)))


def first_fingers(people: int) -> int | None:
    """How many fingers are scanned for everyone among so many people; None for all of them."""
    return FIRST_FINGERS if people >= LARGE else None


def compared_with(
    context: Context, link: Link, subject_ids: Sequence[str], probes: Probes, purpose: Purpose = Purpose.FIND
) -> tuple[Compared, ...]:
    """Full comparison with each of these people who may still be compared for this purpose."""
    return compared_in(context, link.programme.id, link.id, subject_ids, probes, purpose)


def compared_in(
    context: Context,
    programme_id: str,
    session_id: str,
    subject_ids: Sequence[str],
    probes: Probes,
    purpose: Purpose,
) -> tuple[Compared, ...]:
    """The same in a session, or a job, of this id."""
    compared = (_compared(context, programme_id, session_id, s, probes, purpose) for s in subject_ids)
    return tuple(person for person in compared if person is not None)


def confirmed(
    context: Context, reader: Reader, link: Link, decision: FindDecision, purpose: Purpose = Purpose.FIND
) -> FindDecision:
    """The same decision, unless whoever was found may not be found any more: then nobody was."""
    if decision.subject_id is None or _grant(context, reader, link.programme.id, link.id, decision.subject_id, purpose):
        return decision
    return replace(decision, outcome=FindOutcome.NOT_FOUND, subject_id=None)


def _compared(
    context: Context, programme_id: str, session_id: str, subject_id: str, probes: Probes, purpose: Purpose
) -> Compared | None:
    with context.store.read() as reader:
        grant = _grant(context, reader, programme_id, session_id, subject_id, purpose)
    if grant is None:
        return None
    try:
        opened = opened_for(context, grant)
        evidence = evidence_with(context, opened, opened.bring(probes.templates), live=probes.live)
    except HandfastError:  # what cannot be compared honestly supports nobody
        return None
    mine = {t.position for t in opened.templates if t.modality is Modality.FINGER}
    shown = {t.position for t in probes.of(Modality.FINGER)}
    return Compared(subject_id, evidence, len(mine & shown))


def _grant(
    context: Context, reader: Reader, programme_id: str, session_id: str, subject_id: str, purpose: Purpose
) -> Grant | None:
    try:
        return context.ledger.authorise(
            reader, programme_id=programme_id, subject_id=subject_id, purpose=purpose, session_id=session_id
        )
    except NotAllowed:
        return None
