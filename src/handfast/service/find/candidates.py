"""The few people that a search compares in full: short-listed by code, then each under a grant of their own."""

from collections.abc import Sequence
from dataclasses import replace

from handfast.base.errors import NotAllowed
from handfast.base.grant import Grant
from handfast.consent.purpose import Purpose
from handfast.decision.find import FindDecision, FindOutcome
from handfast.gallery.references import Held
from handfast.gallery.search_set import Found
from handfast.matcher.matcher import Among, Looked
from handfast.service.comparison import Probes
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


def looked_at(
    context: Context, link: Link, found: Found, probes: Probes, purpose: Purpose = Purpose.FIND, but: str = ""
) -> Looked:
    """Full comparison with each of these people who may still be compared for this purpose, `but` for one."""
    people = [s for s in found.candidates if s != but]
    held = held_of(context, link.programme.id, link.id, people, purpose)
    return context.matcher.find(probes, held, Among(found.searched, found.complete), purpose, live=not link.trial)


def held_of(
    context: Context, programme_id: str, session_id: str, subject_ids: Sequence[str], purpose: Purpose
) -> tuple[Held, ...]:
    """The sealed references of each of these who may be compared in a session, or a job, of this id."""
    held = (_held(context, programme_id, session_id, subject_id, purpose) for subject_id in subject_ids)
    return tuple(person for person in held if person is not None)


def confirmed(
    context: Context, reader: Reader, link: Link, decision: FindDecision, purpose: Purpose = Purpose.FIND
) -> FindDecision:
    """The same decision, unless whoever was found may not be found any more: then nobody was."""
    if decision.subject_id is None or grant_of(
        context, reader, link.programme.id, link.id, decision.subject_id, purpose
    ):
        return decision
    return replace(decision, outcome=FindOutcome.NOT_FOUND, subject_id=None)


def grant_of(
    context: Context, reader: Reader, programme_id: str, session_id: str, subject_id: str, purpose: Purpose
) -> Grant | None:
    """Permission to compare somebody in a session, or a job, of this id; None where they may not be compared now."""
    try:
        return context.ledger.authorise(
            reader, programme_id=programme_id, subject_id=subject_id, purpose=purpose, session_id=session_id
        )
    except NotAllowed:
        return None


def _held(context: Context, programme_id: str, session_id: str, subject_id: str, purpose: Purpose) -> Held | None:
    with context.store.read() as reader:
        grant = grant_of(context, reader, programme_id, session_id, subject_id, purpose)
        return None if grant is None else context.references.of(reader, grant)
