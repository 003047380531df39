"""Freezing: the card is enough, for who finds one and freezes it does little harm; allowing again takes the code."""

from handfast.audit.leaf import LeafKind
from handfast.base.errors import NotFound
from handfast.service.context import Context
from handfast.service.person.cards import card_id_of
from handfast.storage.tables.subjects import SubjectState

CARD = "card"  # who acts, in the log
_TRIES = "freeze by card"
FREE_TRIES = 60  # unknown cards in a row over the whole installation before pauses begin


def freeze_by_card(context: Context, shown: str) -> None:
    """Stop every use of the person whose card or card number this is; for an unknown one nothing happens, and looks so.

    Raises NotACard for what cannot be one, TooManyTries where numbers are being guessed.
    """
    card_id = card_id_of(shown, context.cards.public)
    context.limits.check(_TRIES, FREE_TRIES)
    with context.store.read() as reader:
        card = reader.cards.card(card_id)
    if card is None:
        context.limits.take(_TRIES, FREE_TRIES)
        return
    try:
        person = context.keys.person(card.programme_id, card.subject_id)
    except NotFound:  # withdrawn meanwhile
        return
    told = {
        "at": context.clock.now().isoformat(timespec="seconds"),
        "desk": "card",
        "purpose": "stop",
        "outcome": "frozen",
    }
    with context.store.write() as unit:
        if unit.subjects.get(person.subject_id).state is not SubjectState.FROZEN:
            unit.subjects.freeze(person.subject_id)
            context.log.append_for(unit, person, LeafKind.FREEZE, CARD, told)
