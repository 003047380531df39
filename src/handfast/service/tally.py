"""Counts of what ended how: by day and site, by cause, by kind of phone, by how long it took. Never by person."""

import re

from handfast.service.answer import Answer
from handfast.service.context import Context
from handfast.service.link import Link
from handfast.storage.store import Unit

OPERATOR = "operator"
"""What happened at an operator's sessions; the cause is "<actor>:<what>". For the owner's page, not for the metrics."""
ASKED, DECLINED, MISUNDERSTOOD = "asked", "declined", "misunderstood"
FAILED, LATENCY, QUALITY, PHONE = "failed", "latency", "quality", "phone"
EDGES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.6, 2.4, 5.0, 10.0)
"""Upper edges in seconds, from the claim of a session to its answer."""

_FAMILIES = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")


def count_end(context: Context, unit: Unit, link: Link, answer: Answer) -> None:
    """Count how a session ended, in the caller's unit of work."""
    now = context.clock.now()
    claimed_at = unit.sessions.get(link.id).claimed_at or now

    def add(kind: str, cause: str) -> None:
        unit.counts.add(link.programme.id, now.date(), link.row.desk, kind, cause)

    add(link.row.kind.value, answer.outcome)
    count_for_operator(context, unit, link, ASKED)
    if answer.outcome == "not_captured":
        add(FAILED, answer.advice or "other")
    if answer.log_index is not None:
        add(LATENCY, f"{edge((now - claimed_at).total_seconds())}")
    add(PHONE, f"{link.phone or 'other'}:{answer.outcome}")


def count_for_operator(context: Context, unit: Unit, link: Link, what: str) -> None:
    """Count something by who opened the session, in the caller's unit of work: never by who was measured."""
    today = context.clock.now().date()
    unit.counts.add(link.programme.id, today, link.row.desk, OPERATOR, f"{link.row.actor}:{what}")


def edge(seconds: float) -> str:
    """The bucket of a duration, as it is counted: its upper edge, or "more"."""
    return next((str(upper) for upper in EDGES if seconds <= upper), "more")


def family(user_agent: str) -> str:
    """The kind of phone that a browser says it is, as coarse as is of use: it must not tell one person from another."""
    return next((name for name in _FAMILIES if re.search(rf"\b{name}\b", user_agent[:400])), "other")
