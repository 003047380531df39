"""A new model of search codes: everyone's code is made again from their references, a person at a time, in service.

Searches go on meanwhile among those who are done; until all are, nobody is said not to be there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from handfast.audit.leaf import LeafKind
from handfast.base.errors import HandfastError, NotAllowed, Overloaded
from handfast.base.grant import Grant
from handfast.consent.purpose import SEARCHES
from handfast.gallery.codes import row_for
from handfast.service.comparison import held_for
from handfast.service.context import Context
from handfast.service.memory.searching import searches
from handfast.storage.store import Reader


@dataclass(frozen=True, slots=True)
class Recoded:
    """One person is done: `after` is where to go on, `done` of `total`."""

    after: str
    done: int
    total: int


def outdated(context: Context) -> tuple[str, ...]:
    """Programmes in which somebody may be searched and has no code of the model that is searched."""
    today, model = context.clock.now().date(), context.searching.model
    with context.store.read() as reader:
        programmes = [programme.id for programme in reader.programmes.all() if searches(programme)]
        return tuple(p for p in programmes if reader.searched.outdated(p, model, today))


def recode(context: Context, programme_id: str, job_id: str, actor: str, after: str = "") -> Iterator[Recoded]:
    """Make the code of each person who lacks one, in the order of their random ids, from `after` on."""
    with context.store.read() as reader:
        waiting = reader.searched.outdated(programme_id, context.searching.model, context.clock.now().date())
    people = [subject_id for subject_id in waiting if subject_id > after]
    for number, subject_id in enumerate(people, 1):
        _one(context, programme_id, job_id, actor, subject_id)
        yield Recoded(subject_id, number, len(people))


def _one(context: Context, programme_id: str, job_id: str, actor: str, subject_id: str) -> None:
    """Nothing for who withdrew or froze meanwhile, or whose references cannot be opened."""
    try:
        with context.store.read() as reader:
            grant = _grant(context, reader, programme_id, job_id, subject_id)
        held, row = held_for(context, grant), row_for(grant, context.searching.model, context.clock.now().date())
        coded = context.matcher.recoded(held, row)
        with context.store.write() as unit:
            person = context.keys.person(programme_id, subject_id)
            again = _grant(context, unit, programme_id, job_id, subject_id)
            unit.searched.put(replace(coded, consent_id=again.consent_id))
            unit.searched.remove_others(subject_id, context.searching.model)
            told = {"at": context.clock.now().isoformat(timespec="seconds"), "session": job_id, "desk": ""}
            context.log.append_for(unit, person, LeafKind.RECODE, actor, {**told, "outcome": "recoded"})
    except Overloaded:
        raise
    except HandfastError:
        return


def _grant(context: Context, reader: Reader, programme_id: str, job_id: str, subject_id: str) -> Grant:
    """For whichever search the person agreed to. Raises NotAllowed."""
    refused = NotAllowed("this person agreed to no search")
    for purpose in sorted(SEARCHES):
        try:
            return context.ledger.authorise(
                reader, programme_id=programme_id, subject_id=subject_id, purpose=purpose, session_id=job_id
            )
        except NotAllowed as error:
            refused = error
    raise refused
