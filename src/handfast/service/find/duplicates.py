"""The duplicate check at an enrolment, among those who agreed to it: it opens a case, and refuses nobody."""

import logging
from dataclasses import replace

from handfast.audit.log import Logged
from handfast.base.errors import HandfastError, NotAllowed
from handfast.base.grant import Grant
from handfast.consent.purpose import Purpose
from handfast.decision.find import TARGET_FPIR, FindDecision, FindOutcome
from handfast.matcher.matcher import Looked
from handfast.service.cases import CaseFile, open_case
from handfast.service.comparison import Probes
from handfast.service.context import Context
from handfast.service.find.candidates import looked_at, shortlisted
from handfast.service.find.finding import lacking
from handfast.service.find.log import log_find
from handfast.service.link import Link
from handfast.service.memory.searching import checks_duplicates
from handfast.storage.store import Unit
from handfast.storage.tables.cases import CaseKind

logger = logging.getLogger("handfast.service")

PURPOSE = Purpose.DUPLICATE_CHECK


def look_for_duplicates(context: Context, link: Link, subject_id: str, probes: Probes) -> tuple[str, ...]:
    """Cases opened about who was just enrolled; the enrolment stands whatever comes of it, an error too."""
    try:
        grant = _permission(context, link, subject_id)
        if grant is None or lacking(probes) not in (None, "follow-the-steps"):
            return ()
        return _looked(context, link, subject_id, replace(probes, live=True), grant)
    except HandfastError as error:
        logger.error("no duplicate check after session %s: %s", link.id, error.code)
        return ()


def _permission(context: Context, link: Link, subject_id: str) -> Grant | None:
    """A grant to search, where the programme checks and the new person's own consent names it."""
    if not checks_duplicates(link.programme):
        return None
    programme_id, session_id = link.programme.id, link.id
    try:
        with context.store.read() as reader:
            context.ledger.authorise(
                reader, programme_id=programme_id, subject_id=subject_id, purpose=PURPOSE, session_id=session_id
            )
            return context.ledger.authorise_search(
                reader, programme_id=programme_id, purpose=PURPOSE, session_id=session_id
            )
    except NotAllowed:
        return None


def _looked(context: Context, link: Link, subject_id: str, probes: Probes, grant: Grant) -> tuple[str, ...]:
    # 1 Among those who agreed to it themselves: a few are compared in full, each under a grant of their own.
    found = shortlisted(context, grant, probes)
    looked = looked_at(context, link, found, probes, PURPOSE, but=subject_id)
    # 2 One unit of work: a leaf of the desk's and of each person compared, a case for each suspicion.
    with context.store.write() as unit:
        _log(context, unit, link, looked, complete=found.complete)
        return tuple(_opened(context, unit, link, subject_id, suspect) for suspect in looked.alike)


def _log(context: Context, unit: Unit, link: Link, looked: Looked, *, complete: bool) -> Logged:
    outcome = FindOutcome.REFERRED if looked.alike or not complete else FindOutcome.NOT_FOUND
    decision = FindDecision(outcome, None, TARGET_FPIR, complete, link.trial)
    return log_find(context, unit, link, decision, looked.compared, PURPOSE)


def _opened(context: Context, unit: Unit, link: Link, subject_id: str, suspect: str) -> str:
    return open_case(
        context,
        unit,
        programme_id=link.programme.id,
        kind=CaseKind.DUPLICATE,
        site=link.row.desk,
        asked_by=link.row.actor,
        file=CaseFile((subject_id, suspect)),
    )
