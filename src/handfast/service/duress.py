"""The hand that says "I am forced": chosen at enrolment, it gives an ordinary not_captured and a sealed alert.

A person chooses a hand and not one finger: a capture takes four fingers in one picture, and a finger left out of it
cannot be told from a poor picture, so a single finger would raise false alarms or none.
Nothing at rest tells who chose one: everyone enrolled has a row, and every failed capture an envelope, of one size.
"""

import json
from dataclasses import replace
from datetime import datetime

from handfast.audit.leaf import encode_details
from handfast.base.decision import Decision, Outcome
from handfast.base.errors import Conflict, NotFound
from handfast.base.grant import Grant
from handfast.base.ids import new_id
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.base.roles import Role
from handfast.service.comparison import Probes
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.link import Link
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.store import Unit
from handfast.storage.tables.cases import Alert, DuressRow

ADVICE = "try-again"
ENVELOPE = 256  # bytes before sealing
_PLACE = "duress"


def begin(unit: Unit, person: PersonKeys, hand: Hand | None = None) -> None:
    """Keep what a person chose; nothing, to begin with."""
    chosen = (hand.value if hand else "").ljust(8).encode()
    unit.cases.set_duress(DuressRow(person.subject_id, person.seal(chosen, _PLACE)))


def choose(context: Context, token: str, hand: Hand | None) -> None:
    """Choose, or choose no more, within the session that enrolled. Raises NotAuthorised, Conflict without two hands."""
    page = context.enrolled.page(token)
    person = context.keys.person(page.programme_id, page.subject_id)
    with context.store.write() as unit:
        hands = unit.subjects.get(page.subject_id).hands
        if hand is not None and (hand not in hands or len(hands) < len(Hand)):
            raise Conflict("this takes two enrolled hands: one for every day, one that calls for help")
        begin(unit, person, hand)


def heeded(context: Context, grant: Grant | None, probes: Probes, decision: Decision) -> tuple[Decision, bool]:
    """The decision as it is told, and whether to raise an alarm; the same work is done for everyone."""
    shown = {template.position for template in probes.templates}
    chosen = _chosen(context, grant)
    forced = chosen is not None and bool(shown & set(FOUR_FINGERS[chosen]))
    if not forced or decision.outcome not in (Outcome.ACCEPTED, Outcome.REFERRED):
        return decision, False
    return replace(decision, outcome=Outcome.NOT_CAPTURED, advice=ADVICE, quality=()), True


def seal_alert(context: Context, unit: Unit, link: Link, outcome: Outcome, *, alarm: bool) -> None:
    """One envelope for every check in which nothing was captured, in the caller's unit of work."""
    if outcome is Outcome.NOT_CAPTURED:
        now, alert_id = context.clock.now(), new_id("alt", context.randomness)
        told = {"at": now.isoformat(timespec="seconds"), "desk": link.row.desk} if alarm else {}
        plain = encode_details(told).ljust(ENVELOPE)
        details = context.keys.programme(link.programme.id).seal(plain, _PLACE, alert_id)
        unit.cases.add_alert(Alert(alert_id, link.programme.id, now.date(), details))


def alerts(context: Context, actor: Actor, programme_id: str) -> tuple[tuple[datetime, str], ...]:
    """When and at which desk somebody was forced, newest first; not who. Owners only."""
    actor.must(programme_id, Role.OWNER)
    keys = context.keys.programme(programme_id)
    with context.store.read() as reader:
        told = [json.loads(keys.unseal(a.details, _PLACE, a.id)) for a in reader.cases.alerts(programme_id)]
    return tuple(sorted(((datetime.fromisoformat(t["at"]), t["desk"]) for t in told if t), reverse=True))


def _chosen(context: Context, grant: Grant | None) -> Hand | None:
    if grant is None:
        return None
    with context.store.read() as reader:
        row = reader.cases.duress(grant.subject_id)
    try:
        person = context.keys.person(grant.programme_id, grant.subject_id)
    except NotFound:
        return None
    chosen = person.unseal(row.details, _PLACE).decode().strip() if row else ""
    return Hand(chosen) if chosen else None
