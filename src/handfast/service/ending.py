"""How a session ends: claimed once, its answer sealed in its row, its webhook queued."""

from handfast.base.decision import Assurance
from handfast.base.errors import RequestError
from handfast.capture.state import CaptureState
from handfast.service.answer import Answer, sealed_answer
from handfast.service.context import Context
from handfast.service.link import Link
from handfast.service.owner.policies import policy_of
from handfast.service.owner.webhooks import queue
from handfast.service.tally import count_end
from handfast.storage.store import Unit


def claim(context: Context, link: Link) -> CaptureState:
    """The finished capture; the session is used up from here on, committed before anything is compared.

    Raises RequestError while steps are left (nothing is used up then), SessionSpent the second time, SessionExpired.
    """
    capture = context.live.of(link.id, link.row.expires_at).capture
    if capture is None or not capture.done:
        raise RequestError("steps of the capture are left")
    with context.store.write() as unit:
        unit.sessions.claim(link.id, context.clock.now())
    return capture


def end(context: Context, unit: Unit, link: Link, answer: Answer, *, compared: bool) -> None:
    """Record the answer in the caller's unit of work; after a comparison its leaf must be in the same unit."""
    now = context.clock.now()
    keys = context.keys.programme(link.programme.id)
    unit.sessions.answer(link.id, sealed_answer(answer, keys, link.id), now, compared=compared)
    count_end(context, unit, link, answer)
    if link.wishes.webhook_url:
        queue(context, unit, link.programme.id, link.wishes.webhook_url, link.id, answer)


def leave(context: Context, unit: Unit, link: Link) -> None:
    """End a session that the person left. Raises SessionSpent if it was claimed meanwhile: its answer is on its way."""
    unit.sessions.claim(link.id, context.clock.now())
    end(context, unit, link, unfinished(link, "not_captured", "another-way"), compared=False)


def unfinished(link: Link, outcome: str, advice: str | None) -> Answer:
    """An answer that rests on no comparison."""
    return Answer(
        outcome=outcome,
        advice=advice,
        trial=link.trial,
        assurance=Assurance(link.row.mode.value).value,
        policy=policy_of(link.programme).name,
        reference=None,
        log_index=None,
    )
