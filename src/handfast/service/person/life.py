"""What happens in a life: a lost card, a wrong reference, someone who wants to stop and has nothing with them, a death.

No capture is needed. Two people of the desk do it and say which document they saw; the log and the person's own page
name both.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from handfast.audit.leaf import LeafKind
from handfast.base.errors import NotAllowed, NotFound, RequestError
from handfast.service import withdraw as withdrawal
from handfast.service.context import Context
from handfast.service.person.cards import Card, new_card
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.tables import cards as card_rows

MAX_WORDS = 200


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """Who does it: two different key ids, at a desk of one programme, and what they saw, such as "identity card"."""

    first: str
    second: str
    programme_id: str
    desk: str
    document: str

    def __post_init__(self) -> None:
        if not self.first or not self.second or self.first == self.second:
            raise NotAllowed("this takes two people")
        if not 0 < len(self.document.strip()) <= MAX_WORDS:
            raise RequestError("say which document you saw")


def replace_card(context: Context, who: TwoPeople, reference: str) -> Card:
    """A new card for someone who lost theirs; every older one is dead from now on. Raises NotFound."""
    person = _person(context, who, reference)
    card, today = new_card(context.randomness, context.cards), context.clock.now().date()
    with context.store.write() as unit:
        unit.cards.revoke_cards(person.subject_id, today)
        unit.cards.add_card(card_rows.Card(card.id, person.programme_id, person.subject_id, issued_on=today))
        context.log.append_for(unit, person, LeafKind.CARD, who.first, _told(context, who, "replaced"))
    return card


def correct_reference(context: Context, who: TwoPeople, wrong: str, right: str) -> None:
    """Put a wrong reference right. Raises NotFound, and Conflict if the right one is somebody else's."""
    if not 0 < len(right) <= MAX_WORDS:
        raise RequestError(f"a reference has 1 to {MAX_WORDS} characters")
    person = _person(context, who, wrong)
    lookup = context.keys.programme(who.programme_id).lookup(right)
    told = {**_told(context, who, "corrected"), "from": wrong, "to": right}
    with context.store.write() as unit:
        unit.subjects.correct(person.subject_id, lookup, person.seal(right.encode(), "reference"))
        context.log.append_for(unit, person, LeafKind.CORRECT, who.first, told)


def withdraw_at_desk(context: Context, who: TwoPeople, reference: str) -> Mapping[str, object]:
    """End it for someone who asks at the desk; the signed statement for them. Raises NotFound."""
    person = _person(context, who, reference)
    return withdrawal.leave(context, person, who.first, _told(context, who, "withdrawn"))


def record_death(context: Context, who: TwoPeople, reference: str) -> Mapping[str, object]:
    """End it for someone who died, for good; the signed statement for their family. Raises NotFound."""
    person = _person(context, who, reference)
    told = _told(context, who, "died")
    return withdrawal.withdraw(context, person.programme_id, person.subject_id, who.first, told)


def _person(context: Context, who: TwoPeople, reference: str) -> PersonKeys:
    lookup = context.keys.programme(who.programme_id).lookup(reference)
    with context.store.read() as reader:
        subject = reader.subjects.by_reference(who.programme_id, lookup)
    if subject is None:
        raise NotFound("nobody is enrolled under this reference")
    return context.keys.person(who.programme_id, subject.id)


def _told(context: Context, who: TwoPeople, outcome: str) -> dict[str, object]:
    return {
        "at": context.clock.now().isoformat(timespec="seconds"),
        "desk": who.desk,
        "purpose": "help at the desk",
        "outcome": outcome,
        "by": [who.first, who.second],
        "document": who.document.strip(),
    }
