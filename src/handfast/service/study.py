"""A study: a programme of its own kind. It keeps pictures until its last day, and compares nobody."""

from dataclasses import dataclass
from datetime import date, timedelta

from handfast.audit.leaf import LeafKind
from handfast.base.errors import Conflict, NotFound, RequestError
from handfast.base.roles import Role
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.storage.keys.key_values import ProgrammeKeys
from handfast.storage.store import Unit
from handfast.storage.tables.studies import StudyRow
from handfast.storage.tables.subjects import Subject, SubjectState

MAX_DAYS = 730  # from a study's beginning to its last day
SITTINGS = 2


@dataclass(frozen=True, slots=True)
class StudyView:
    """A study as its owner sees it: no person, counts only."""

    programme: str
    name: str
    ends_on: date
    ended_on: date | None
    people: int
    pictures: int


def study_of(context: Context, programme_id: str) -> StudyRow | None:
    """The study that a programme is, or None for one of the other kind."""
    with context.store.read() as reader:
        return reader.studies.find(programme_id)


def check_study(ends_on: date, today: date, *, searches: bool, undo_hours: int) -> None:
    """RequestError names what a study cannot have."""
    if not today < ends_on <= today + timedelta(days=MAX_DAYS):
        raise RequestError(f"study_ends_on must be a day after today, {MAX_DAYS} days ahead at most")
    if searches:
        raise RequestError(
            "nobody is found in a study and nothing is decided: leave find, duplicate_check and review_pictures out"
        )
    if undo_hours:
        raise RequestError("who leaves a study leaves at once: undo_hours is 0")


def begin_study(context: Context, unit: Unit, keys: ProgrammeKeys, ends_on: date, actor: str) -> None:
    """Make a new programme a study, in the unit of work that adds it."""
    unit.studies.begin(StudyRow(keys.programme_id, ends_on))
    context.log.append(unit, keys, LeafKind.STUDY, actor, {"ends_on": ends_on.isoformat(), "outcome": "begun"})


def may_sit(context: Context, study: StudyRow, subject: Subject | None) -> int:
    """Which sitting it would be today. Conflict for a study that is over, on the day of the first, or after both."""
    today = context.clock.now().date()
    if study.ended_on is not None or today > study.ends_on:
        raise Conflict("this study is over")
    if subject is None:
        return 1
    if subject.state not in (SubjectState.PENDING, SubjectState.ACTIVE):
        raise Conflict("this person has paused or left")
    with context.store.read() as reader:
        taken = reader.studies.sittings(subject.id)
    if any(day == today for _, day in taken):
        raise Conflict("the second sitting is on another day")
    if len(taken) >= SITTINGS:
        raise Conflict("both sittings were taken")
    return len(taken) + 1


def studies(context: Context, actor: Actor) -> tuple[StudyView, ...]:
    """The studies that an actor has to do with, with counts."""
    with context.store.read() as reader:
        rows = [(each, reader.studies.find(each.id)) for each in reader.programmes.all() if actor.may_see(each.id)]
        return tuple(
            StudyView(each.id, each.name, study.ends_on, study.ended_on, *reader.studies.count(each.id))
            for each, study in rows
            if study is not None
        )


def owned_study(context: Context, actor: Actor, programme_id: str) -> StudyRow:
    """The study, for its owner. Raises NotAllowed, NotFound."""
    actor.must(programme_id, Role.OWNER)
    study = study_of(context, programme_id)
    if study is None:
        raise NotFound("this programme is no study")
    return study


def end_study(context: Context, study: StudyRow, actor: str) -> None:
    """Log that a study is over, once nothing of it is left. Conflict while somebody is in it."""
    today = context.clock.now().date()
    keys = context.keys.programme(study.programme_id)
    with context.store.write() as unit:
        people, pictures = unit.studies.count(study.programme_id)
        if pictures or unit.subjects.standing(study.programme_id):
            raise Conflict(f"{people} people are in this study")
        unit.studies.end(study.programme_id, today)
        told = {"ends_on": study.ends_on.isoformat(), "outcome": "destroyed"}
        context.log.append(unit, keys, LeafKind.STUDY, actor, told)
