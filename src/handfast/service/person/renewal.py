"""Renewing: a new consent by a new act of the person's own; what is held moves under it, and the old one ends."""

from handfast.audit.leaf import LeafKind
from handfast.base.grant import Grant
from handfast.consent.purpose import Purpose
from handfast.consent.record import Agreement
from handfast.service.context import Context
from handfast.service.memory.said import PersonsAnswer
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.store import Unit
from handfast.storage.tables.consents import ConsentState


def renew(context: Context, person: PersonKeys, said: PersonsAnswer, actor: str) -> None:
    """Be checked by it for another term of the programme; a consent to anything else keeps its own last day.

    Raises Ineligible for who is frozen, NoConsent without a consent that still holds.
    """
    with context.store.write() as unit:
        # 1 What is held, under the consent that holds until now.
        grant = _authorise(context, unit, person)
        held = context.references.of(unit, grant)
        # 2 The new consent takes the place of the old one, whose rows go with it.
        programme, modalities = unit.programmes.get(person.programme_id), held.modalities
        for row in unit.consents.of(person.subject_id):
            if row.state is ConsentState.LIVE and row.purpose == Purpose.VERIFY:
                unit.consents.withdraw(row.id)
        fresh = context.ledger.record(unit, person, programme, Purpose.VERIFY, modalities, _agreement(context, said))
        # 3 The same references under it.
        context.references.keep(unit, _authorise(context, unit, person), held)
        told = {"at": context.clock.now().isoformat(timespec="seconds"), "desk": "my page", "outcome": "renewed"}
        context.log.append_for(unit, person, LeafKind.RENEW, actor, told, fresh.record_hash)


def _authorise(context: Context, unit: Unit, person: PersonKeys) -> Grant:
    return context.ledger.authorise(
        unit,
        programme_id=person.programme_id,
        subject_id=person.subject_id,
        purpose=Purpose.VERIFY,
        session_id="my page",
    )


def _agreement(context: Context, said: PersonsAnswer) -> Agreement:
    return Agreement(
        session_id="my page",
        nonce=context.randomness.bytes(32),
        act=said.act.kind,
        act_at=context.clock.now(),
        language=said.language,
        notice_version=said.notice_version,
        notice_hash=said.notice_hash,
        answers=said.questions,
    )
