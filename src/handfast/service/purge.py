"""Retention that runs by itself, and what was left half done."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from handfast.audit.leaf import LeafKind
from handfast.audit.recovery import finish_withdrawals
from handfast.base.errors import NotAuthorised, RecordError
from handfast.consent.purpose import Purpose
from handfast.consent.terms import terms_of
from handfast.service.context import Context
from handfast.service.review_pictures import end_expired
from handfast.service.study import end_study
from handfast.service.uses import log_check
from handfast.service.withdraw import end_leavings, withdraw
from handfast.storage.tables.programmes import ProgrammeStatus
from handfast.storage.tables.sessions import SessionState

SESSIONS_KEPT = timedelta(hours=1)  # after their time: a row must not tell who was where
CASES_KEPT = timedelta(days=90)  # after the decision
DELIVERIES_KEPT = timedelta(days=1)
JOBS_KEPT = timedelta(days=30)
log = logging.getLogger("handfast.service")

RETENTION = "retention"  # who ended it, in the log


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of each were dealt with."""

    sessions_expired: int
    sessions_abandoned: int
    people_purged: int


def sweep(context: Context) -> Swept:
    """Expire sessions, make abandoned claims visible, end what retention ends. Safe to run at any time."""
    # 1 Sessions whose time is over: a claim without an answer is told to the person.
    expired, abandoned = _close_sessions(context)
    # 2 People whose consent has run its days, who have not come for as many as the programme waits, or who left.
    purged = sum(_purge(context, programme_id, subject_id) for programme_id, subject_id in _over(context))
    purged += end_leavings(context, RETENTION)
    purged += _end_studies(context)
    end_expired(context, RETENTION)
    # 3 Withdrawals that were cut off because the database went away: the keys go now, not at the next start.
    finish_withdrawals(context.store, context.keys, context.log)
    # 4 Rows that have done their work.
    now = context.clock.now()
    with context.store.write() as unit:
        unit.sessions.purge(now - SESSIONS_KEPT)
        unit.devices.purge(now - SESSIONS_KEPT)
        unit.cases.purge((now - CASES_KEPT).date())
        unit.deliveries.purge(now - DELIVERIES_KEPT)
        unit.jobs.purge(now - JOBS_KEPT)
    for memory in (context.live, context.pages, context.enrolled):
        memory.drop_expired()
    return Swept(expired, abandoned, purged)


def _close_sessions(context: Context) -> tuple[int, int]:
    with context.store.read() as reader:
        rows = reader.sessions.unfinished(context.clock.now())
    ended = Counter(_close(context, row.id) for row in rows)
    return ended[SessionState.OPEN], ended[SessionState.CLAIMED]


def _close(context: Context, session_id: str) -> SessionState | None:
    """Where the session stood until now; None if it cannot be closed."""
    try:
        with context.store.write() as unit:
            row = unit.sessions.get(session_id)  # it may have come to its answer meanwhile
            if row.state is SessionState.CLAIMED:
                log_check(context, unit, row, "abandoned", LeafKind.ABANDONED)
            unit.sessions.abandon(session_id)
    except RecordError as error:  # one damaged row must not hold up the retention of everyone else
        log.error("session %s cannot be closed: %s", session_id, error.code)
        return None
    return row.state


def _over(context: Context) -> list[tuple[str, str]]:
    today = context.clock.now().date()
    with context.store.read() as reader:
        ended = reader.consents.expired(today)
        waits = {p.id: terms_of(p).inactivity_days for p in reader.programmes.all() if p.status is ProgrammeStatus.OPEN}
        idle = {(p, s) for p, days in waits.items() if days for s in reader.subjects.idle(p, today - timedelta(days))}
    return sorted(idle | {(row.programme_id, row.subject_id) for row in ended if row.purpose == Purpose.VERIFY})


def _end_studies(context: Context) -> int:
    """Destroy every study whose last day has passed, and log that it is over; how many people were in them."""
    with context.store.read() as reader:
        over = reader.studies.over(context.clock.now().date())
        people = {study.programme_id: reader.subjects.standing(study.programme_id) for study in over}
    gone = 0
    for study in over:
        gone += sum(_purge(context, study.programme_id, subject_id) for subject_id in people[study.programme_id])
        end_study(context, study, RETENTION)
    return gone


def _purge(context: Context, programme_id: str, subject_id: str) -> bool:
    try:
        details = {
            "at": context.clock.now().isoformat(timespec="seconds"),
            "outcome": "withdrawn",
            "purpose": RETENTION,
        }
        withdraw(context, programme_id, subject_id, RETENTION, details)
        with context.store.write() as unit:
            unit.counts.add(programme_id, context.clock.now().date(), "", RETENTION)
    except NotAuthorised:  # withdrawn meanwhile
        return False
    except RecordError as error:
        log.error("retention cannot end %s: %s", subject_id, error.code)
        return False
    return True
