"""The person's own page: what is held, every use with its proof, freeze, receipt, withdraw."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from handfast.audit.leaf import LeafKind
from handfast.audit.person import view
from handfast.audit.private_code import code_lookup, read_private_code
from handfast.base.errors import Conflict, NotAuthorised, NotFound
from handfast.base.ids import new_secret
from handfast.service import withdraw as withdrawal
from handfast.service.context import Context
from handfast.service.link import Link
from handfast.service.memory.said import PersonsAnswer
from handfast.service.memory.tokens import OpenPage
from handfast.service.person import renewal
from handfast.service.person.cards import Card, new_card, newest_checkpoint
from handfast.service.person.page_view import MyPage, my_page_of
from handfast.service.person.receipts import receipt_of
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.tables import cards as card_rows
from handfast.storage.tables.subjects import SubjectState

LIFE = timedelta(minutes=15)
THE_PERSON = "person"  # who acts, in the log


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """A bearer token for my page, good for a quarter of an hour."""

    token: str
    expires_at: datetime


def open_page(context: Context, private_code: str, pin: str) -> OpenedPage:
    """Open by code and PIN. Raises NotAuthorised (one answer for every wrong pair), TooManyTries.

    Where no PIN was chosen at the enrolment, the first one that is typed becomes it: the person must be able to stop
    every use even if their phone lost its connection at that moment.
    """
    code = read_private_code(private_code)
    _choose_first_pin(context, code_lookup(code), pin)
    row = context.pins.open(code_lookup(code), pin)
    expires_at = context.clock.now() + LIFE
    page, token = OpenPage(row.programme_id, row.subject_id, code, expires_at), new_secret(context.randomness)
    _log(context, page, LeafKind.READ, "opened")
    context.pages.add(token, page)
    return OpenedPage(token, expires_at)


def open_by_check(context: Context, link: Link) -> str:
    """A token for the page of who was just accepted, live, at a desk; past uses stay closed without their code."""
    opened = OpenPage(link.programme.id, str(link.row.subject_id), None, context.clock.now() + LIFE)
    token, told = new_secret(context.randomness), {**_told(context, "opened-by-check"), "desk": link.row.desk}
    with context.store.write() as unit:
        context.log.append_for(unit, _keys(context, opened), LeafKind.READ, link.row.actor, told)
    context.pages.add(token, opened)
    return token


def page(context: Context, token: str) -> MyPage:
    """Everything held and done. Raises NotAuthorised."""
    opened = context.pages.page(token)
    keys = _keys(context, opened)
    with context.store.read() as reader:
        study = reader.studies.find(opened.programme_id)
        return my_page_of(
            context,
            reader.programmes.get(opened.programme_id),
            reader.subjects.get(opened.subject_id),
            reader.templates.of(opened.subject_id),
            context.ledger.consents(reader, keys),
            view(reader, keys, opened.code) if opened.code else None,
            newest_checkpoint(context),
            withdrawal.final_at(context, keys),
            withdrawal.promised_hours(context, keys),
            study.ends_on if study else None,
            reader.studies.held(opened.subject_id),
            reader.review_pictures.count(opened.subject_id),
        )


def freeze(context: Context, token: str, *, frozen: bool) -> None:
    """Stop, or allow again, every use; allowing takes back a withdrawal that is not final. Raises NotAuthorised."""
    opened = context.pages.page(token)
    keys = _keys(context, opened)
    with context.store.write() as unit:
        if (unit.subjects.get(keys.subject_id).state is SubjectState.FROZEN) is frozen:
            return
        change, kind = (
            (unit.subjects.freeze, LeafKind.FREEZE) if frozen else (unit.subjects.unfreeze, LeafKind.UNFREEZE)
        )
        change(keys.subject_id)
        if not frozen:
            unit.leavings.end(keys.subject_id)
        context.log.append_for(unit, keys, kind, THE_PERSON, _told(context, "frozen" if frozen else "allowed"))


def replace_card(context: Context, token: str) -> Card:
    """A new card; every older one is dead from now on. Raises NotAuthorised."""
    keys = _keys(context, context.pages.page(token))
    card, today = new_card(context.randomness, context.cards), context.clock.now().date()
    with context.store.write() as unit:
        unit.cards.revoke_cards(keys.subject_id, today)
        unit.cards.add_card(card_rows.Card(card.id, keys.programme_id, keys.subject_id, issued_on=today))
        context.log.append_for(unit, keys, LeafKind.CARD, THE_PERSON, _told(context, "replaced"))
    return card


def withdraw(context: Context, token: str) -> Mapping[str, object]:
    """Withdraw: for good, or for as long as the consent says that it can be taken back; the signed statement of it.

    Raises NotAuthorised, and Conflict for who asked before.
    """
    keys = _keys(context, context.pages.page(token))
    return withdrawal.leave(context, keys, THE_PERSON, _told(context, "withdrawn"))


def renew(context: Context, token: str, said: PersonsAnswer) -> None:
    """Agree for another term. Raises NotAuthorised, Ineligible while frozen."""
    renewal.renew(context, _keys(context, context.pages.page(token)), said, THE_PERSON)


def receipt(context: Context, token: str) -> Mapping[str, object]:
    """The signed receipt of the consent, with the newest checkpoint. Raises NotAuthorised."""
    opened = context.pages.page(token)
    _keys(context, opened)
    signed: Mapping[str, object] = json.loads(receipt_of(context, opened))
    return signed


def download(context: Context, token: str) -> Mapping[str, object]:
    """Everything held about the person as JSON values, with proofs. Raises NotAuthorised.

    Templates are named, not copied out: a file of them on a phone would outlive the withdrawal.
    """
    opened = context.pages.page(token)
    keys = _keys(context, opened)
    with context.store.read() as reader:
        sealed = reader.subjects.get(keys.subject_id).reference_sealed
    shown = json.loads(json.dumps(asdict(page(context, token)), default=str))
    reference = keys.unseal(sealed or b"", "reference").decode()
    return {"reference": reference, "page": shown, "receipt": receipt(context, token)}


def _keys(context: Context, opened: OpenPage) -> PersonKeys:
    try:
        return context.keys.person(opened.programme_id, opened.subject_id)
    except NotFound as error:
        raise NotAuthorised("nothing is held any more") from error


def _choose_first_pin(context: Context, lookup: bytes, pin: str) -> None:
    with context.store.read() as reader:
        row = reader.cards.private_code(lookup)
    if row is not None and row.pin_hash is None:
        with contextlib.suppress(Conflict):  # chosen meanwhile: this one is then tried like any other
            context.pins.choose(lookup, pin)


def _log(context: Context, opened: OpenPage, kind: LeafKind, outcome: str) -> None:
    keys = _keys(context, opened)
    with context.store.write() as unit:
        context.log.append_for(unit, keys, kind, THE_PERSON, _told(context, outcome))


def _told(context: Context, outcome: str) -> dict[str, object]:
    at = context.clock.now().isoformat(timespec="seconds")
    return {"at": at, "desk": "my page", "purpose": "my page", "outcome": outcome}
