"""New pictures under the same consent, after an injury, say: two people at a desk, the person there and saying yes.

What was held goes as the new comes in, in one unit of work; the person reads it on their page, with both names.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from handfast.audit.leaf import LeafKind
from handfast.base.grant import Grant
from handfast.base.modality import FOUR_FINGERS, Hand, Modality
from handfast.base.search import SearchCode
from handfast.base.template import Template
from handfast.capture.state import CaptureState
from handfast.consent.record import modalities_of, verify_record
from handfast.service import duress
from handfast.service.comparison import probes_of
from handfast.service.context import Context
from handfast.service.ending import claim, end, unfinished
from handfast.service.enrol import EnrolAnswer
from handfast.service.enrolling import agreement_of, wanting
from handfast.service.find.searchable import codes_to_keep, keep_searchable
from handfast.service.link import Link
from handfast.service.memory.searching import searches
from handfast.service.memory.tokens import OpenPage
from handfast.service.uses import details_of, permission, reference_of
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.store import Reader, Unit

Ended = Literal["retaken", "not_captured", "referred"]


def retake(context: Context, link: Link, token: str) -> EnrolAnswer:
    """Put what the person shows now in the place of what is held. No unit of work is open while a model runs."""
    # 1 They said yes, in this very session, and their consent holds: what it lets be taken.
    agreement_of(context, link)
    with context.store.read() as reader:
        grant = permission(context, reader, link)
        agreed = frozenset[Modality]() if grant is None else _agreed(context, reader, _keys(context, grant))
    # 2 Use the session up.
    capture = claim(context, link)
    probes = probes_of(capture)
    kept = tuple(template for template in probes.templates if template.modality in agreed)
    if grant is None:
        return _refused(context, link, capture, "referred", None)
    advice = wanting(link, replace(probes, templates=kept))
    if advice is not None:
        return _refused(context, link, capture, "not_captured", advice)
    codes = codes_to_keep(context, link, replace(probes, templates=kept))
    # 3 One unit of work: out with the old, in with the new, the leaf that the person reads, the answer.
    with context.store.write() as unit:
        grant = permission(context, unit, link)
        if grant is not None:
            _replace(context, unit, link, grant, kept, codes)
    if grant is None:  # withdrawn meanwhile
        return _refused(context, link, capture, "referred", None)
    # 4 For a while the phone may choose anew the hand that calls for help.
    context.enrolled.add(token, OpenPage(link.programme.id, grant.subject_id, None, link.row.expires_at))
    return _told(link, capture, "retaken", None)


def _replace(
    context: Context, unit: Unit, link: Link, grant: Grant, kept: tuple[Template, ...], codes: Sequence[SearchCode]
) -> None:
    person = _keys(context, grant)
    for row in unit.templates.of(person.subject_id):
        unit.templates.remove(row.id)
    context.references.put(unit, grant, kept)
    taken = {template.position for template in kept if template.position is not None}
    hands = tuple(hand for hand in Hand if taken & set(FOUR_FINGERS[hand]))
    missing = tuple(p for hand in hands for p in FOUR_FINGERS[hand] if p not in taken)
    unit.subjects.retake(person.subject_id, hands, missing)
    duress.begin(unit, person)
    if searches(link.programme):
        unit.searched.remove(person.subject_id, context.searching.model)
        keep_searchable(context, unit, link, person, codes)
    wishes = link.wishes
    told = {**details_of(context, link.row, "retaken"), "by": list(wishes.by), "document": wishes.document}
    logged = context.log.append_for(unit, person, LeafKind.ENROL, link.row.actor, told)
    reference = reference_of(context, unit, link, person.subject_id)
    answer = replace(unfinished(link, "retaken", None), reference=reference, log_index=logged.n)
    end(context, unit, link, answer, compared=True)


def _keys(context: Context, grant: Grant) -> PersonKeys:
    return context.keys.person(grant.programme_id, grant.subject_id)


def _agreed(context: Context, reader: Reader, person: PersonKeys) -> frozenset[Modality]:
    """The modalities that the person's consents name."""
    consents = context.ledger.consents(reader, person)
    records = [verify_record(consent.signed, context.ledger.public_key).record for consent in consents]
    return frozenset(modality for record in records for modality in modalities_of(record))


def _refused(context: Context, link: Link, capture: CaptureState, outcome: Ended, advice: str | None) -> EnrolAnswer:
    with context.store.write() as unit:
        end(context, unit, link, unfinished(link, outcome, advice), compared=False)
    return _told(link, capture, outcome, advice)


def _told(link: Link, capture: CaptureState, outcome: Ended, advice: str | None) -> EnrolAnswer:
    failed, back = capture.failed_positions, link.wishes.return_url
    return EnrolAnswer(outcome, advice, link.trial, None, None, failed, back)
