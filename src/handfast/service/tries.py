"""Tries at being checked: limited for the person by their programme's policy, and for the desk that opens them.

A try counts from before its comparison, so that many at once are as many. One that ends accepted, or in which nothing
was captured, is taken back: it taught nobody anything. A desk's tries count by the day and no pass clears them.
"""

from dataclasses import dataclass

from handfast.base.decision import Outcome
from handfast.service.context import Context
from handfast.service.link import Link
from handfast.service.owner.policies import policy_of
from handfast.storage.tables.programmes import Programme


@dataclass(frozen=True, slots=True)
class Counted:
    """Under which keys a try counts, and how many are free."""

    person: str
    attempts: int
    desk: str
    desk_tries: int


def counted(context: Context, programme: Programme, limit_key: str, actor: str) -> Counted:
    """The keys of one session's tries."""
    policy = policy_of(programme)
    desk = f"actor {actor} {context.clock.now().date()}"
    return Counted(limit_key, policy.attempts, desk, policy.operator_tries)


def counted_for(context: Context, link: Link) -> Counted:
    """The same for a session that is open."""
    return counted(context, link.programme, link.wishes.limit_key, link.row.actor)


def check(context: Context, keys: Counted) -> None:
    """Raises TooManyTries while a pause of the person or of the desk lasts."""
    context.limits.check(keys.person, keys.attempts)
    context.limits.check(keys.desk, keys.desk_tries)


def take(context: Context, keys: Counted) -> None:
    """Count one try. Raises TooManyTries while a pause lasts."""
    context.limits.take(keys.person, keys.attempts)
    try:
        context.limits.take(keys.desk, keys.desk_tries)
    except BaseException:
        context.limits.take_back(keys.person)
        raise


def settle(context: Context, keys: Counted, outcome: Outcome | None) -> None:
    """Take the try back where it ended well or taught nothing; None where it ended in an error before comparing."""
    if outcome is Outcome.ACCEPTED:
        context.limits.passed(keys.person)
    if outcome in (None, Outcome.NOT_CAPTURED):
        context.limits.take_back(keys.person)
    if outcome in (None, Outcome.NOT_CAPTURED, Outcome.ACCEPTED):
        context.limits.take_back(keys.desk)
