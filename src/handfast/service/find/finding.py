"""What a find must rest on, and what is told of it."""

from dataclasses import dataclass, replace

from handfast.base.decision import Assurance, Lowered
from handfast.base.errors import NotAllowed, RequestError
from handfast.base.grant import Grant
from handfast.base.modality import Modality
from handfast.consent.purpose import Purpose
from handfast.decision.find import LEAST_FINGERS, FindDecision, FindOutcome
from handfast.service.answer import Answer
from handfast.service.comparison import Probes
from handfast.service.context import Context
from handfast.service.ending import end
from handfast.service.link import Link
from handfast.service.memory.searching import may_find
from handfast.storage.tables.programmes import Programme
from handfast.storage.tables.sessions import SessionMode

LEAST_REASON, MOST_REASON = 8, 200  # characters
POLICY = "find:1"


@dataclass(frozen=True, slots=True)
class FindAnswer:
    """The outcome of a find as told to the operator's phone; reference only where found."""

    outcome: FindOutcome
    advice: str | None
    trial: bool
    reference: str | None
    return_url: str | None


def check_find(programme: Programme, mode: Assurance, reason: str | None) -> None:
    """Raises NotAllowed where this programme does not find or nobody stands by, RequestError without a reason."""
    if not may_find(programme):
        raise NotAllowed("this programme does not find people")
    if mode is not Assurance.ATTENDED:
        raise NotAllowed("only an operator who stands by may find somebody")
    if reason is None or not LEAST_REASON <= len(reason.strip()) <= MOST_REASON:
        raise RequestError(f"say in {LEAST_REASON} to {MOST_REASON} characters why this person must be found")


def search_grant(context: Context, link: Link) -> Grant:
    """Permission to search, for as long as the rules of opening the session still hold. Raises NotAllowed."""
    attended = Assurance.ATTENDED if link.row.mode is SessionMode.ATTENDED else Assurance.SELF
    with context.store.read() as reader:
        check_find(reader.programmes.get(link.programme.id), attended, link.wishes.reason)
        return context.ledger.authorise_search(
            reader, programme_id=link.programme.id, purpose=Purpose.FIND, session_id=link.id
        )


def lacking(probes: Probes) -> str | None:
    """What is missing of a take that somebody may be looked for with, as one word of advice; None if nothing is."""
    if not probes.of(Modality.FACE):
        return "show-face"
    if len({template.position for template in probes.of(Modality.FINGER)}) < LEAST_FINGERS:
        return "show-fingers"
    if Lowered.HAND_DIFFERS in probes.lowered:
        return "one-person"
    return None if probes.live else "follow-the-steps"


def not_captured(context: Context, link: Link, advice: str) -> FindAnswer:
    """End a find in which nobody was looked for."""
    answer = replace(_answer(link, FindOutcome.NOT_CAPTURED, trial=link.trial), advice=advice)
    with context.store.write() as unit:
        end(context, unit, link, answer, compared=False)
    return FindAnswer(FindOutcome.NOT_CAPTURED, advice, link.trial, None, link.wishes.return_url)


def found_answer(link: Link, decision: FindDecision, reference: str | None, log_index: int) -> Answer:
    """What the caller is told: an outcome with its error rate at this gallery's size, never who else was near."""
    answer = _answer(link, decision.outcome, trial=decision.trial)
    return replace(answer, reference=reference, log_index=log_index, fpir=decision.fpir, complete=decision.complete)


def _answer(link: Link, outcome: FindOutcome, *, trial: bool) -> Answer:
    return Answer(
        outcome=outcome.value,
        advice=None,
        trial=trial,
        assurance=Assurance(link.row.mode.value).value,
        policy=POLICY,
        reference=None,
        log_index=None,
    )
