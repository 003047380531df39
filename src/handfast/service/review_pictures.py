"""Pictures for a person who decides a case: kept by a consent of their own, opened only inside an open case.

A few crops of an enrolment, and of a check that was referred. Keeping and opening are leaves of the person's own: they
read on their page when, and at which desk. They go with the consent, with the keys, and with the case.
"""

import logging
from dataclasses import dataclass
from datetime import date
from typing import Literal

from handfast.base.errors import HandfastError, Ineligible, NoConsent, NotFound, RecordError
from handfast.base.grant import Grant
from handfast.base.ids import new_id
from handfast.base.modality import Hand, Modality
from handfast.base.roles import Role
from handfast.capture.crops import crops_of
from handfast.consent.purpose import Purpose
from handfast.service import cases
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.link import Link
from handfast.service.memory.searching import keeps_review_pictures
from handfast.service.review import must_be_another, must_be_open
from handfast.storage.store import Reader, Unit
from handfast.storage.tables.cases import CaseRow
from handfast.storage.tables.review_pictures import ReviewPictureRow
from handfast.storage.tables.sessions import SessionKind

logger = logging.getLogger("handfast.service")
PLACE = "review picture"


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """One crop, opened. who: 1 or 2, in the order of the case; of a duplicate 1 is the newer enrolment."""

    who: int
    taken_at: Literal["enrolment", "check"]
    modality: Modality
    hand: Hand | None
    taken_on: date
    jpeg: bytes


def agreed(context: Context, link: Link) -> bool:
    """Whether the person in this session lets pictures be kept for review; False for who is not known."""
    if not keeps_review_pictures(link.programme):
        return False
    if link.row.kind is SessionKind.ENROL and link.row.subject_id is None:
        said = context.live.of(link.id, link.row.expires_at).said
        return said is not None and Purpose.REVIEW_PICTURES in said.said.also
    with context.store.read() as reader:
        return link.row.subject_id is not None and _grant(context, reader, link, link.row.subject_id) is not None


def keep_of_enrolment(context: Context, link: Link, subject_id: str) -> None:
    """Keep crops of what was just enrolled, in the place of older ones."""
    _keep(context, link, subject_id, None)


def keep_of_check(context: Context, link: Link) -> None:
    """Keep crops of a check that became a case, for as long as the case is known."""
    with context.store.read() as reader:
        case = reader.cases.of_session(link.id)
    if case is not None and link.row.subject_id is not None:
        _keep(context, link, link.row.subject_id, case.id)


def shown(context: Context, actor: Actor, case_id: str) -> tuple[ShownPicture, ...]:
    """Open what may be seen for an open case, by somebody else than who asked; each person reads that it was done.

    Raises NotAllowed, NotFound, Conflict where it is decided.
    """
    actor.must_be_person()
    with context.store.write() as unit:
        row = cases.known(unit, actor, case_id, Role.REVIEWER)
        must_be_open(row)
        must_be_another(actor, row)
        subjects = cases.opened_file(context, row).subjects
        opened = [_opened(context, unit, actor, row, who, subject_id) for who, subject_id in enumerate(subjects, 1)]
    return tuple(picture for pictures in opened for picture in pictures)


def end_expired(context: Context, actor: str) -> int:
    """End consents to review pictures whose last day has passed; the pictures go with them. How many there were."""
    with context.store.read() as reader:
        over = [row for row in reader.consents.expired(context.clock.now().date()) if _is_ours(row.purpose)]
    for row in over:
        try:
            person = context.keys.person(row.programme_id, row.subject_id)
            with context.store.write() as unit:
                unit.consents.withdraw(row.id)
                cases.tell(context, unit, person, actor, "", "pictures-ended")
        except RecordError as error:  # withdrawn meanwhile, or damaged: nobody else waits for it
            logger.error("the end of consent %s is not logged: %s", row.id, error.code)
    return len(over)


def _keep(context: Context, link: Link, subject_id: str, case_id: str | None) -> None:
    """In a unit of work of its own, after the answer: whatever goes wrong here keeps nothing and refuses nobody."""
    kept = context.live.of(link.id, link.row.expires_at).kept
    if not kept or not keeps_review_pictures(link.programme):
        return
    try:
        crops, today = crops_of(kept), context.clock.now().date()
        person = context.keys.person(link.programme.id, subject_id)
        with context.store.write() as unit:
            grant = _grant(context, unit, link, subject_id)
            if grant is None:
                return
            if case_id is None:
                unit.review_pictures.remove_of_enrolment(subject_id)
            for crop in crops:
                picture_id = new_id("rev", context.randomness)
                unit.review_pictures.add(
                    ReviewPictureRow(
                        id=picture_id,
                        programme_id=grant.programme_id,
                        subject_id=subject_id,
                        consent_id=grant.consent_id,
                        case_id=case_id,
                        modality=crop.modality,
                        hand=crop.hand,
                        content=person.seal(crop.jpeg, PLACE, picture_id),
                        taken_on=today,
                    )
                )
            cases.tell(context, unit, person, link.row.actor, link.row.desk, "pictures-kept")
    except HandfastError as error:
        logger.warning("no picture of session %s was kept for review: %s", link.id, error.code)


def _opened(
    context: Context, unit: Unit, actor: Actor, row: CaseRow, who: int, subject_id: str
) -> tuple[ShownPicture, ...]:
    """One person's, their leaf written; none of who left, paused or never agreed."""
    try:
        person = context.keys.person(row.programme_id, subject_id)
        context.ledger.authorise(
            unit,
            programme_id=row.programme_id,
            subject_id=subject_id,
            purpose=Purpose.REVIEW_PICTURES,
            session_id=row.id,
        )
    except (NotFound, Ineligible, NoConsent):
        return ()
    held = (*unit.review_pictures.of_enrolment(subject_id), *unit.review_pictures.of_case(row.id, subject_id))
    if held:
        cases.tell(context, unit, person, actor.key_id, actor.desk, "pictures-opened")
    return tuple(
        ShownPicture(
            who,
            "check" if each.case_id else "enrolment",
            each.modality,
            each.hand,
            each.taken_on,
            person.unseal(each.content, PLACE, each.id),
        )
        for each in held
    )


def _grant(context: Context, reader: Reader, link: Link, subject_id: str) -> Grant | None:
    try:
        return context.ledger.authorise(
            reader,
            programme_id=link.programme.id,
            subject_id=subject_id,
            purpose=Purpose.REVIEW_PICTURES,
            session_id=link.id,
        )
    except (Ineligible, NoConsent):
        return None


def _is_ours(purpose: str) -> bool:
    return purpose == Purpose.REVIEW_PICTURES
