"""The steps of an enrolment: what was agreed, whether the capture will do, and keeping it all in one unit of work."""

from dataclasses import dataclass, replace

from handfast.audit.leaf import LeafKind
from handfast.audit.private_code import code_lookup
from handfast.audit.ratchet import first_state
from handfast.base.decision import Lowered
from handfast.base.errors import RequestError
from handfast.base.modality import FOUR_FINGERS, Hand, Modality
from handfast.consent.purpose import Purpose
from handfast.consent.record import Agreement
from handfast.service import duress
from handfast.service.comparison import Probes
from handfast.service.context import Context
from handfast.service.ending import end, unfinished
from handfast.service.link import Link
from handfast.service.person.cards import Card
from handfast.service.uses import details_of
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.store import Unit
from handfast.storage.tables import cards as card_rows
from handfast.storage.tables.sessions import SessionMode
from handfast.storage.tables.subjects import Subject, SubjectState


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Who is being enrolled: their keys, the secret of their private code, their card."""

    keys: PersonKeys
    code: bytes
    card: Card


def agreement_of(context: Context, link: Link) -> Agreement:
    """The person's yes, bound to the nonce of the challenge that they were captured with. Raises RequestError."""
    live = context.live.of(link.id, link.row.expires_at)
    if live.said is None or live.capture is None:
        raise RequestError("the person has not said yes, or was not captured")
    said = live.said.said
    return Agreement(
        session_id=link.id,
        nonce=live.capture.challenge.nonce,
        act=said.act.kind,
        act_at=live.said.heard_at,
        language=said.language,
        notice_version=said.notice_version,
        notice_hash=said.notice_hash,
        answers=said.questions,
    )


def wanting(link: Link, probes: Probes) -> str | None:
    """What to do about a capture that will not do, as one word; None if it will.

    With an operator beside them, someone who cannot follow the steps is enrolled all the same.
    """
    if not probes.templates:
        return "try-again"
    alone = link.row.mode is SessionMode.SELF
    if alone and (not probes.live or Lowered.NO_MOVEMENT in probes.lowered):
        return "follow-the-steps"
    return "one-person" if Lowered.HAND_DIFFERS in probes.lowered else None


def keep(context: Context, unit: Unit, link: Link, person: NewPerson, agreement: Agreement, probes: Probes) -> None:
    """Keep person, consent, templates, card, code, leaf and answer. Raises Conflict if the reference is taken."""
    keys, today = person.keys, context.clock.now().date()
    unit.subjects.add(_subject(context, link, person, probes))
    modalities = tuple(modality for modality in Modality if probes.of(modality))
    consent = context.ledger.record(unit, keys, link.programme, Purpose.VERIFY, modalities, agreement)
    grant = context.ledger.authorise(
        unit, programme_id=keys.programme_id, subject_id=keys.subject_id, purpose=Purpose.VERIFY, session_id=link.id
    )
    context.references.put(unit, grant, probes.templates)
    unit.cards.add_card(card_rows.Card(person.card.id, keys.programme_id, keys.subject_id, issued_on=today))
    unit.cards.add_private_code(card_rows.PrivateCodeRow(code_lookup(person.code), keys.programme_id, keys.subject_id))
    duress.begin(unit, keys)
    context.log.begin(unit, keys, first_state(person.code, keys.subject_id))
    also = _agreed_also(context, unit, link, keys, modalities, agreement)
    told = details_of(context, link.row, "enrolled") | also
    logged = context.log.append_for(unit, keys, LeafKind.ENROL, link.row.actor, told, consent.record_hash)
    answer = replace(
        unfinished(link, "enrolled", None), reference=link.wishes.reference, log_index=logged.n, lowered=probes.lowered
    )
    end(context, unit, link, answer, compared=True)


def _agreed_also(
    context: Context,
    unit: Unit,
    link: Link,
    keys: PersonKeys,
    modalities: tuple[Modality, ...],
    agreement: Agreement,
) -> dict[str, object]:
    """A consent record for each further purpose that the person said yes to; for the leaf, the hash of each."""
    live = context.live.of(link.id, link.row.expires_at)
    also = live.said.said.also if live.said else ()
    recorded = {p: context.ledger.record(unit, keys, link.programme, p, modalities, agreement) for p in also}
    return {"also": {p.value: consent.record_hash.hex() for p, consent in recorded.items()}} if recorded else {}


def _subject(context: Context, link: Link, person: NewPerson, probes: Probes) -> Subject:
    reference, today = str(link.wishes.reference), context.clock.now().date()
    taken = {template.position for template in probes.of(Modality.FINGER)}
    hands = tuple(hand for hand in Hand if taken & set(FOUR_FINGERS[hand]))
    return Subject(
        id=person.keys.subject_id,
        programme_id=person.keys.programme_id,
        state=SubjectState.PENDING,
        before_freeze=None,
        reference_lookup=context.keys.programme(link.programme.id).lookup(reference),
        reference_sealed=person.keys.seal(reference.encode(), "reference"),
        hands=hands,
        missing=tuple(p for hand in hands for p in FOUR_FINGERS[hand] if p not in taken),
        enrolled_on=today,
        last_used_on=today,
    )
