"""The duplicate check of everybody with everybody, N x N: a few people at a time, so that it can be stopped and go on.

People who agreed to it stand on a circle, and each is looked for among the half that follows: every pair is compared
once. Whoever is compared has one leaf of it, written when it was their turn; a pair that is alike is a case. What it
will get wrong is said before it begins.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from handfast.audit.leaf import LeafKind
from handfast.base.errors import HandfastError, NotAllowed, NotFound, Overloaded
from handfast.base.search import SearchCode
from handfast.consent.purpose import Purpose
from handfast.decision.find import TARGET_FPIR
from handfast.gallery.circle import looks_at
from handfast.gallery.codes import best_first
from handfast.gallery.references import Held
from handfast.gallery.search_set import Found
from handfast.matcher.matcher import Among
from handfast.service.cases import CaseFile, open_case, opened_file
from handfast.service.context import Context
from handfast.service.find.candidates import COMPARED, first_fingers, grant_of, held_of
from handfast.storage.store import Reader
from handfast.storage.tables.cases import CaseKind

PURPOSE = Purpose.DUPLICATE_CHECK
TRIES, PAUSE = 20, 0.5  # searches, seconds between them, where a shard is lost: nobody is passed over for it
TOGETHER = 8  # people whose leaves are one unit of work: a commit waits for the disk as long as a search takes


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
    """Some more people are done: `after` is where to go on, `done` of `total`; cases opened for these."""

    after: str
    done: int
    total: int
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody's turn: they were looked for among the half that follows, and who is like them."""

    subject_id: str
    alike: tuple[str, ...]


def forecast(context: Context, programme_id: str) -> Forecast:
    """A search for somebody who is there once opens a case by mistake with probability TARGET_FPIR at most."""
    people = len(_people(context, programme_id))
    return Forecast(people, people * (people - 1) // 2, people * TARGET_FPIR)


def everybody(context: Context, programme_id: str, job_id: str, actor: str, after: str = "") -> Iterator[Progress]:
    """Look for each person among the others, in the order of their random ids, from `after` on."""
    people = _people(context, programme_id)
    waiting = [subject_id for subject_id in people if subject_id > after]
    for at in range(0, len(waiting), TOGETHER):
        some = waiting[at : at + TOGETHER]
        turns = [_turn(context, programme_id, job_id, subject_id, len(people)) for subject_id in some]
        cases = _kept(context, programme_id, job_id, actor, [turn for turn in turns if turn is not None])
        yield Progress(some[-1], len(people) - len(waiting) + at + len(some), len(people), cases)


def _people(context: Context, programme_id: str) -> tuple[str, ...]:
    with context.store.read() as reader:
        today, model = context.clock.now().date(), context.searching.model
        there = reader.searched.searchable(programme_id, model, today)
    return tuple(sorted(person.subject_id for person in there if person.duplicates_until))


def _turn(context: Context, programme_id: str, job_id: str, subject_id: str, people: int) -> Turn | None:
    try:
        own, found = _shortlist(context, programme_id, job_id, subject_id)
        return Turn(subject_id, _alike(context, programme_id, job_id, own, found, people))
    except Overloaded:
        raise
    except HandfastError:  # withdrew or froze meanwhile, or nothing of theirs can be compared
        return None


def _kept(context: Context, programme_id: str, job_id: str, actor: str, turns: Sequence[Turn]) -> tuple[str, ...]:
    """One unit of work: a leaf of each person whose turn it was, and a case for each pair that is alike."""
    told = {
        "at": context.clock.now().isoformat(timespec="seconds"),
        "session": job_id,
        "desk": "",
        "purpose": PURPOSE.value,
        "outcome": "compared",
    }
    with context.store.write() as unit:
        for turn in turns:
            with suppress(NotFound):  # withdrew meanwhile: their log has ended
                person = context.keys.person(programme_id, turn.subject_id)
                context.log.append_for(unit, person, LeafKind.FIND, actor, told)
        return tuple(
            open_case(
                context,
                unit,
                programme_id=programme_id,
                kind=CaseKind.DUPLICATE,
                site="",
                asked_by=actor,
                file=CaseFile(pair),
            )
            for pair in _new_pairs(context, unit, programme_id, turns)
            if all(grant_of(context, unit, programme_id, job_id, who, PURPOSE) for who in pair)
        )


def _new_pairs(
    context: Context, reader: Reader, programme_id: str, turns: Sequence[Turn]
) -> tuple[tuple[str, str], ...]:
    """Pairs that are alike and no case yet: those of a job that was killed are found again when it goes on."""
    pairs = [(turn.subject_id, suspect) for turn in turns for suspect in turn.alike]
    if not pairs:
        return ()
    cases = [case for case in reader.cases.of(programme_id) if case.kind is CaseKind.DUPLICATE]
    known = {frozenset(opened_file(context, case).subjects) for case in cases}
    return tuple(pair for pair in pairs if frozenset(pair) not in known)


def _shortlist(context: Context, programme_id: str, job_id: str, subject_id: str) -> tuple[Held, Found]:
    """What the person is looked for with, and who is likest. NotAllowed; Overloaded while a shard is lost; others."""
    with context.store.read() as reader:
        own = context.ledger.authorise(
            reader, programme_id=programme_id, subject_id=subject_id, purpose=PURPOSE, session_id=job_id
        )
        search = context.ledger.authorise_search(reader, programme_id=programme_id, purpose=PURPOSE, session_id=job_id)
        held = context.references.of(reader, own)
    people = context.searching.of(programme_id)
    with context.store.read() as reader:
        codes = _codes(context, reader, held, people.epoch)
    first, least = first_fingers(len(people)), context.matcher.least_face()
    for _ in range(TRIES):
        with context.store.read() as reader:
            found = people.search_turned(reader, search, codes, COMPARED, first, subject_id, least)
        if found.heard:
            return held, found
        context.searching.follow()  # mends what was lost
        context.store.wait(PAUSE, lambda: False)
    raise Overloaded("some of those who may be searched are away")


def _alike(context: Context, programme_id: str, job_id: str, own: Held, found: Found, people: int) -> tuple[str, ...]:
    """Who is so like the person that somebody should look. Raises NotAllowed and others."""
    others = [other for other in found.candidates if looks_at(own.subject_id, other)]
    held = held_of(context, programme_id, job_id, others, PURPOSE)
    if not held:
        return ()
    return context.matcher.find(own, held, Among(people, found.complete), PURPOSE, live=True).alike


def _codes(context: Context, reader: Reader, held: Held, epoch: bytes) -> tuple[SearchCode, ...]:
    """The codes that are kept of the person: making them anew takes longer than comparing them with very many."""
    row = reader.searched.code(held.subject_id, context.searching.model)
    opened = () if row is None else context.matcher.opened(held.programme_id, epoch, [row])
    if not opened:
        raise NotAllowed("this person may not be searched any more")
    return best_first(opened[0].codes, [(row.position, row.quality) for row in held.templates])
