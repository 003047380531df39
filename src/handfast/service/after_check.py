"""What follows a check in its own unit of work: a case, a sealed envelope, counts by site and never by person."""

from handfast.base.decision import Decision
from handfast.service.cases import refer
from handfast.service.context import Context
from handfast.service.duress import seal_alert
from handfast.service.link import Link
from handfast.service.tally import QUALITY
from handfast.storage.store import Unit


def after_check(context: Context, unit: Unit, link: Link, decision: Decision, *, alarm: bool) -> None:
    """Open a case where a person must decide; seal an envelope where nothing was captured; count the quality."""
    refer(context, unit, link, decision.outcome)
    seal_alert(context, unit, link, decision.outcome, alarm=alarm)
    today = context.clock.now().date()
    for modality, quality in decision.quality:
        tenth = min(9, int(quality // 10)) * 10
        unit.counts.add(link.programme.id, today, link.row.desk, QUALITY, f"{modality}:{tenth}")
