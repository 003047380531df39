"""The duplicate check of everybody with everybody, N x N: a person at a time, so that it can be stopped and go on.

People who agreed to it stand on a circle, and each is looked for among the half that follows: every pair is compared
once. Whoever is compared has one leaf of it, written when their own turn comes; a pair that is alike is a case. What it
will get wrong is said before it begins.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from handfast.audit.leaf import LeafKind
from handfast.base.errors import HandfastError, NoConsent, NotAllowed, NotFound, Overloaded
from handfast.base.search import SearchCode
from handfast.consent.purpose import Purpose
from handfast.decision.find import TARGET_FPIR
from handfast.gallery.circle import looks_at
from handfast.gallery.codes import best_first
from handfast.gallery.references import Held
from handfast.gallery.search_set import Found
from handfast.matcher.matcher import Among
from handfast.service.candidates import COMPARED, first_fingers, held_of
from handfast.service.cases import CaseFile, open_case
from handfast.service.context import Context
from handfast.storage.cases import CaseKind
from handfast.storage.store import Reader

PURPOSE = Purpose.DUPLICATE_CHECK


Look = tuple[Held, Found]
"""What a person is looked for with, and who is likest."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is known beforehand: how many people, how many pairs, and how many of these may be cases by mistake.

    expected_false   mean number of cases about two people who are not one, at most
    """

    people: int
    pairs: int
    expected_false: float


@dataclass(frozen=True, slots=True)
class Progress:
    """One person is done: `after` is where to go on, `done` of `total`; cases opened for them."""

    after: str
    done: int
    total: int
    cases: tuple[str, ...]


def forecast(context: Context, programme_id: str) -> Forecast:
    """A search for somebody who is there once opens a case by mistake with probability TARGET_FPIR at most."""
    people = len(_people(context, programme_id))
    return Forecast(people, people * (people - 1) // 2, people * TARGET_FPIR)


def everybody(context: Context, programme_id: str, job_id: str, actor: str, after: str = "") -> Iterator[Progress]:
    """Look for each person among the others, in the order of their random ids, from `after` on."""
    people = _people(context, programme_id)
    left = [subject_id for subject_id in people if subject_id > after]
    looks = _ahead(left, partial(_shortlist, context, programme_id, job_id))
    for number, (subject_id, looked) in enumerate(zip(left, looks, strict=True), len(people) - len(left) + 1):
        cases = () if looked is None else _one(context, programme_id, job_id, actor, subject_id, looked, len(people))
        yield Progress(subject_id, number, len(people), cases)


def _people(context: Context, programme_id: str) -> tuple[str, ...]:
    with context.store.read() as reader:
        today, model = context.clock.now().date(), context.searching.model
        there = reader.searched.searchable(programme_id, model, today)
    return tuple(sorted(person.subject_id for person in there if person.duplicates_until))


def _ahead(subject_ids: Sequence[str], look: Callable[[str], Look | None]) -> Iterator[Look | None]:
    """Each person's shortlist, the next one's made while those of this one are compared: a search is all arithmetic,
    opening records hardly any.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="shortlist") as aside:
        coming = deque[Future[Look | None]]()
        for subject_id in subject_ids:
            coming.append(aside.submit(look, subject_id))
            if len(coming) > 1:
                yield coming.popleft().result()
        if coming:
            yield coming.popleft().result()


def _one(
    context: Context, programme_id: str, job_id: str, actor: str, subject_id: str, look: Look, people: int
) -> tuple[str, ...]:
    own, found = look
    others = [other for other in found.candidates if looks_at(subject_id, other)]
    held = held_of(context, programme_id, job_id, others, PURPOSE)
    try:
        looked = context.matcher.find(own, held, Among(people, found.complete), PURPOSE, live=True)
    except (NoConsent, NotFound):  # withdrew since they were looked for
        return ()
    with context.store.write() as unit:
        person = context.keys.person(programme_id, subject_id)
        told = {
            "at": context.clock.now().isoformat(timespec="seconds"),
            "session": job_id,
            "desk": "",
            "purpose": PURPOSE.value,
            "outcome": "compared",
        }
        context.log.append_for(unit, person, LeafKind.FIND, actor, told)
        return tuple(
            open_case(
                context,
                unit,
                programme_id=programme_id,
                kind=CaseKind.DUPLICATE,
                site="",
                asked_by=actor,
                file=CaseFile((subject_id, suspect)),
            )
            for suspect in looked.alike
        )


def _shortlist(context: Context, programme_id: str, job_id: str, subject_id: str) -> Look | None:
    """None for who withdrew or froze meanwhile, or has nothing that can be compared. Raises Overloaded."""
    try:
        return _likest(context, programme_id, job_id, subject_id)
    except Overloaded:
        raise
    except HandfastError:
        return None


def _likest(context: Context, programme_id: str, job_id: str, subject_id: str) -> Look:
    with context.store.read() as reader:
        own = context.ledger.authorise(
            reader, programme_id=programme_id, subject_id=subject_id, purpose=PURPOSE, session_id=job_id
        )
        search = context.ledger.authorise_search(reader, programme_id=programme_id, purpose=PURPOSE, session_id=job_id)
        held = context.references.of(reader, own)
    people = context.searching.of(programme_id)
    with context.store.read() as reader:
        codes = _codes(context, reader, held, people.epoch)
        found = people.search_turned(reader, search, codes, COMPARED, first_fingers(len(people)), after=subject_id)
    return held, found


def _codes(context: Context, reader: Reader, held: Held, epoch: bytes) -> tuple[SearchCode, ...]:
    """The codes that are kept of the person: making them anew takes longer than comparing them with very many."""
    row = reader.searched.code(held.subject_id, context.searching.model)
    opened = () if row is None else context.matcher.opened(held.programme_id, epoch, [row])
    if not opened:
        raise NotAllowed("this person may not be searched any more")
    return best_first(opened[0].codes, [(row.position, row.quality) for row in held.templates])
