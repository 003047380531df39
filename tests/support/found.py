"""People at a scripted desk who agreed to be found, and finding them."""

from handfast.base.decision import Assurance
from handfast.base.modality import FingerPosition, Hand, Modality
from handfast.consent.purpose import Purpose
from handfast.consent.record import Agreement
from handfast.service import capturing, finish
from handfast.service.comparison import Probes
from handfast.service.context import Context
from handfast.service.find.finding import FindAnswer
from handfast.service.find.searchable import codes_to_keep, keep_searchable
from handfast.service.link import find as find_link
from handfast.service.sessions import NewSession, OpenedSession
from support.scripted import Desk

REASON = "lost their card, cannot say their number"


def subject_of(desk: Desk, reference: str) -> str:
    """The subject behind a reference."""
    return subject_behind(desk.context, desk.programme.id, reference)


def subject_behind(context: Context, programme_id: str, reference: str) -> str:
    """The subject that a programme knows by a reference."""
    lookup = context.keys.programme(programme_id).lookup(reference)
    with context.store.read() as reader:
        subject = reader.subjects.by_reference(programme_id, lookup)
    assert subject is not None
    return subject.id


def agree(desk: Desk, reference: str, purpose: Purpose = Purpose.FIND) -> str:
    """Somebody enrolled agrees to one more purpose; their subject id."""
    context, subject_id = desk.context, subject_of(desk, reference)
    person = context.keys.person(desk.programme.id, subject_id)
    session = desk.open(NewSession("check", reference=reference))
    link = find_link(context, session.token)
    event = Agreement(link.id, desk.randomness.bytes(32), "press", context.clock.now(), "en", "1", "ab" * 32, ())
    with context.store.write() as unit:
        consent = context.ledger.record(unit, person, link.programme, purpose, tuple(Modality), event)
        grant = context.ledger.authorise(
            unit,
            programme_id=desk.programme.id,
            subject_id=subject_id,
            purpose=purpose,
            session_id=link.id,
        )
        held = desk.templates(context.references.of(unit, grant))
        keep_searchable(context, unit, link, person, codes_to_keep(context, link, Probes(held, live=True)))
        context.log.append_for(unit, person, "enrol", "key_test", {}, consent.record_hash)  # type: ignore[arg-type]
    return subject_id


def enrol_findable(desk: Desk, reference: str, person: int) -> str:
    """Somebody enrols who may be found; their subject id."""
    desk.enrol(reference, person)
    return agree(desk, reference)


def open_find(desk: Desk, reason: str | None = REASON, mode: Assurance = Assurance.ATTENDED) -> OpenedSession:
    """A find as the operator opens it."""
    return desk.open_as(desk.finder, NewSession("find", mode=mode, reason=reason))


def find(
    desk: Desk,
    person: int,
    *,
    fingers_of: int | None = None,
    missing: frozenset[FingerPosition] = frozenset(),
    hands: tuple[Hand, ...] = (Hand.RIGHT, Hand.LEFT),
) -> FindAnswer:
    """Somebody stands before the camera of a find, with their own fingers or another's."""
    session = open_find(desk)
    desk.say(session.token)
    phone = desk.phone(session.token, person, hands, missing)
    task, done = 0, False
    while not done:
        if phone.challenge.tasks[task].kind == "fingers" and fingers_of is not None:
            phone.person = fingers_of
        answer = capturing.frame(desk.context, session.token, phone.frame(task))
        task = answer.task.id if answer.next is None else answer.next
        done = answer.done
    told = finish.finish(desk.context, session.token)
    assert isinstance(told, FindAnswer)
    return told
