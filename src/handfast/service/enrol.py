"""Enrolment: key first, then template, consent and leaf in one transaction; pending until the person comes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handfast.audit.private_code import code_lookup, new_private_code, read_private_code
from handfast.base.errors import Conflict
from handfast.base.ids import new_id
from handfast.base.modality import FingerPosition
from handfast.service.comparison import probes_of
from handfast.service.context import Context
from handfast.service.ending import claim, end, unfinished
from handfast.service.enrolling import NewPerson, agreement_of, keep, wanting
from handfast.service.find.duplicates import look_for_duplicates
from handfast.service.find.searchable import codes_to_keep, keep_searchable
from handfast.service.link import Link
from handfast.service.memory.tokens import OpenPage
from handfast.service.person.cards import Card, new_card, newest_checkpoint
from handfast.service.person.receipts import receipt_of


@dataclass(frozen=True, slots=True)
class EnrolAnswer:
    """What the phone is told; card, its checkpoint and the code only when enrolled.

    failed       fingers asked for that gave no print
    checkpoint   the newest of the log, for the card to carry
    """

    outcome: Literal["enrolled", "retaken", "not_captured", "referred"]
    advice: str | None
    trial: bool
    card: Card | None
    private_code: str | None
    failed: tuple[FingerPosition, ...]
    return_url: str | None
    checkpoint: str | None = None


def enrol(context: Context, link: Link, token: str) -> EnrolAnswer:
    """Enrol the person in front of the camera. No unit of work is open while a model runs."""
    # 1 What they agreed to, by their own act, in this very session.
    agreement = agreement_of(context, link)
    # 2 Use the session up; what each modality acquired while the frames arrived.
    capture = claim(context, link)
    probes = probes_of(capture)
    # 3 Nothing is kept of a capture that cannot be relied on.
    advice = wanting(link, probes)
    if advice is not None:
        return _ended(context, link, "not_captured", advice, capture.failed_positions)
    # 4 The keys first, on disk before anything is sealed under them.
    code = new_private_code(context.randomness)
    keys = context.keys.create_person(link.programme.id, new_id("per", context.randomness))
    person = NewPerson(keys, read_private_code(code), new_card(context.randomness, context.cards))
    codes = codes_to_keep(context, link, probes)
    # 5 One unit of work: person, consent, templates, card, leaf, answer.
    try:
        with context.store.write() as unit:
            keep(context, unit, link, person, agreement, probes)
            keep_searchable(context, unit, link, keys, codes)
    except Conflict:  # somebody was enrolled under this reference meanwhile
        context.keys.destroy_person(keys.subject_id)
        return _ended(context, link, "referred", None, capture.failed_positions)
    # 6 Where their consent names it: is somebody like them here already? A case for a person, never a refusal.
    look_for_duplicates(context, link, keys.subject_id, probes)
    # 7 For a while the phone may still choose the PIN and fetch the receipt.
    page = OpenPage(link.programme.id, keys.subject_id, person.code, link.row.expires_at)
    context.enrolled.add(token, page)
    failed, back = capture.failed_positions, link.wishes.return_url
    return EnrolAnswer("enrolled", None, link.trial, person.card, code, failed, back, newest_checkpoint(context))


def choose_pin(context: Context, token: str, pin: str) -> None:
    """Set the private code's PIN: once, within the session's life. Raises RequestError, NotAuthorised, Conflict."""
    code = context.enrolled.page(token).code
    if code is None:
        raise Conflict("new pictures change no private code")
    context.pins.choose(code_lookup(code), pin)


def receipt(context: Context, token: str) -> Mapping[str, object]:
    """The signed receipt of a session that enrolled, within the session's life. Raises NotAuthorised."""
    signed: Mapping[str, object] = json.loads(receipt_of(context, context.enrolled.page(token)))
    return signed


def _ended(
    context: Context,
    link: Link,
    outcome: Literal["not_captured", "referred"],
    advice: str | None,
    failed: tuple[FingerPosition, ...],
) -> EnrolAnswer:
    with context.store.write() as unit:
        end(context, unit, link, unfinished(link, outcome, advice), compared=False)
    return EnrolAnswer(outcome, advice, link.trial, None, None, failed, link.wishes.return_url)
