"""A sitting of a study: its pictures are sealed under the person's own keys. Nothing is compared, no template kept."""

from collections import Counter
from dataclasses import replace
from typing import Literal

from handfast.audit.leaf import LeafKind
from handfast.audit.private_code import code_lookup, new_private_code, read_private_code
from handfast.audit.ratchet import first_state
from handfast.base.decision import Lowered
from handfast.base.errors import Conflict, NoConsent, NotAllowed
from handfast.base.ids import new_id
from handfast.base.modality import FOUR_FINGERS, Hand, Modality
from handfast.capture.kept import KeptPicture
from handfast.capture.state import CaptureState
from handfast.consent.purpose import Purpose
from handfast.consent.record import Agreement
from handfast.service import duress
from handfast.service.context import Context
from handfast.service.ending import claim, end, unfinished
from handfast.service.enrol import EnrolAnswer
from handfast.service.enrolling import NewPerson, agreement_of
from handfast.service.link import Link
from handfast.service.memory.tokens import OpenPage
from handfast.service.person.cards import new_card, newest_checkpoint
from handfast.service.study import may_sit, study_of
from handfast.service.uses import details_of
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.store import Unit
from handfast.storage.tables import cards as card_rows
from handfast.storage.tables.sessions import SessionMode
from handfast.storage.tables.studies import StudyImageRow
from handfast.storage.tables.subjects import Subject, SubjectState

PLACE = "study picture"


def sit(context: Context, link: Link, token: str) -> EnrolAnswer:
    """Take the first or the second sitting. Raises what a claim raises; NotAllowed for who left meanwhile."""
    # 1 What they agreed to, and the pictures, which wait in memory alone.
    agreement = agreement_of(context, link)
    kept = context.live.of(link.id, link.row.expires_at).kept
    # 2 Use the session up.
    capture = claim(context, link)
    pictures = _usable(capture, kept)
    advice = _wanting(link, capture, pictures)
    if advice is not None:
        return _ended(context, link, "not_captured", advice)
    # 3 One unit of work: consent, pictures, leaf, answer. The keys come before it.
    if link.row.subject_id is not None:
        return _second(context, link, context.keys.person(link.programme.id, link.row.subject_id), pictures)
    return _first(context, link, token, agreement, pictures)


def _first(
    context: Context, link: Link, token: str, agreement: Agreement, pictures: tuple[KeptPicture, ...]
) -> EnrolAnswer:
    code = new_private_code(context.randomness)
    keys = context.keys.create_person(link.programme.id, new_id("per", context.randomness))
    person = NewPerson(keys, read_private_code(code), new_card(context.randomness, context.cards))
    try:
        with context.store.write() as unit:
            _begin(context, unit, link, person, agreement, pictures)
    except Conflict:  # somebody sat under this reference meanwhile
        context.keys.destroy_person(keys.subject_id)
        return _ended(context, link, "referred", None)
    context.enrolled.add(token, OpenPage(link.programme.id, keys.subject_id, person.code, link.row.expires_at))
    back = link.wishes.return_url
    return EnrolAnswer("enrolled", None, link.trial, person.card, code, (), back, newest_checkpoint(context))


def _begin(
    context: Context,
    unit: Unit,
    link: Link,
    person: NewPerson,
    agreement: Agreement,
    pictures: tuple[KeptPicture, ...],
) -> None:
    """Person, consent, card, code and the first sitting."""
    keys, today = person.keys, context.clock.now().date()
    unit.subjects.add(_subject(context, link, keys, pictures))
    modalities = tuple(m for m in Modality if any(_modality(p) is m for p in pictures))
    consent = context.ledger.record(unit, keys, link.programme, Purpose.STUDY, modalities, agreement)
    unit.cards.add_card(card_rows.Card(person.card.id, keys.programme_id, keys.subject_id, issued_on=today))
    code_row = card_rows.PrivateCodeRow(code_lookup(person.code), keys.programme_id, keys.subject_id)
    unit.cards.add_private_code(code_row)
    duress.begin(unit, keys)
    context.log.begin(unit, keys, first_state(person.code, keys.subject_id))
    _keep(context, unit, link, keys, consent.record_hash, pictures, sitting=1)


def _second(context: Context, link: Link, keys: PersonKeys, pictures: tuple[KeptPicture, ...]) -> EnrolAnswer:
    with context.store.read() as reader:
        subject = reader.subjects.eligible(keys.programme_id, keys.subject_id)
    study = study_of(context, keys.programme_id)
    if study is None:
        raise NotAllowed("this programme is no study")
    sitting = may_sit(context, study, subject)
    today = context.clock.now().date()
    with context.store.write() as unit:
        row = unit.consents.live(keys.programme_id, keys.subject_id, Purpose.STUDY, today)
        if row is None:
            raise NoConsent("no live consent to this study")
        if unit.subjects.get(keys.subject_id).state is SubjectState.PENDING:
            unit.subjects.activate(keys.subject_id)
        unit.subjects.used(keys.subject_id, today)
        _keep(context, unit, link, keys, row.record_hash, pictures, sitting=sitting)
    return EnrolAnswer("enrolled", None, link.trial, None, None, (), link.wishes.return_url)


def _ended(
    context: Context, link: Link, outcome: Literal["not_captured", "referred"], advice: str | None
) -> EnrolAnswer:
    with context.store.write() as unit:
        end(context, unit, link, unfinished(link, outcome, advice), compared=False)
    return EnrolAnswer(outcome, advice, link.trial, None, None, (), link.wishes.return_url)


def _keep(
    context: Context,
    unit: Unit,
    link: Link,
    keys: PersonKeys,
    record_hash: bytes,
    pictures: tuple[KeptPicture, ...],
    *,
    sitting: int,
) -> None:
    """Seal and keep the pictures under the person's consent; leaf and answer in the same unit of work."""
    today, samples = context.clock.now().date(), Counter[tuple[Modality, Hand | None]]()
    grant = context.ledger.authorise(
        unit, programme_id=keys.programme_id, subject_id=keys.subject_id, purpose=Purpose.STUDY, session_id=link.id
    )
    for picture in pictures:
        modality, hand = _modality(picture), _hand(picture)
        samples[modality, hand] += 1
        image_id = new_id("img", context.randomness)
        unit.studies.add(
            StudyImageRow(
                id=image_id,
                programme_id=keys.programme_id,
                subject_id=keys.subject_id,
                consent_id=grant.consent_id,
                sitting=sitting,
                modality=modality,
                hand=hand,
                positions=picture.task.positions,
                sample=samples[modality, hand],
                content=keys.seal(picture.body, PLACE, image_id),
                taken_on=today,
            )
        )
    told = details_of(context, link.row, f"sitting {sitting}") | {"purpose": Purpose.STUDY.value}
    logged = context.log.append_for(unit, keys, LeafKind.SITTING, link.row.actor, told, record_hash)
    answer = replace(unfinished(link, "enrolled", None), reference=link.wishes.reference, log_index=logged.n)
    end(context, unit, link, answer, compared=True)


def _usable(capture: CaptureState, kept: tuple[KeptPicture, ...]) -> tuple[KeptPicture, ...]:
    """Those of steps that were shown, and every still."""
    return tuple(p for p in kept if p.task.positions or capture.ended[p.task.id] == "done")


def _wanting(link: Link, capture: CaptureState, pictures: tuple[KeptPicture, ...]) -> str | None:
    """One word for what to do about a capture that will not do. A finger without a print is no reason: it counts."""
    if not pictures:
        return "try-again"
    if link.row.mode is SessionMode.SELF and not capture.followed:
        return "follow-the-steps"
    return "one-person" if Lowered.HAND_DIFFERS in capture.lowered else None


def _modality(picture: KeptPicture) -> Modality:
    return Modality.FINGER if picture.task.positions else Modality.FACE


def _hand(picture: KeptPicture) -> Hand | None:
    return picture.task.hand if picture.task.positions else None


def _subject(context: Context, link: Link, keys: PersonKeys, pictures: tuple[KeptPicture, ...]) -> Subject:
    reference, today = str(link.wishes.reference), context.clock.now().date()
    shown = {position for picture in pictures for position in picture.task.positions}
    hands = tuple(hand for hand in Hand if shown & set(FOUR_FINGERS[hand]))
    return Subject(
        id=keys.subject_id,
        programme_id=keys.programme_id,
        state=SubjectState.PENDING,
        before_freeze=None,
        reference_lookup=context.keys.programme(link.programme.id).lookup(reference),
        reference_sealed=keys.seal(reference.encode(), "reference"),
        hands=hands,
        missing=tuple(p for hand in hands for p in FOUR_FINGERS[hand] if p not in shown),
        enrolled_on=today,
        last_used_on=today,
    )
