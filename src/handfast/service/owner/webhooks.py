"""Telling the caller: rows that wait, signed, sent by jobs with growing pauses."""

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from handfast.audit.leaf import encode_details
from handfast.base.ids import new_id
from handfast.service.answer import Answer, signed_answer
from handfast.service.context import Context
from handfast.service.owner.programmes import webhook_secret
from handfast.storage.store import Unit
from handfast.storage.tables import deliveries as rows

GIVEN_UP_AFTER = 12  # tries: about a day and a half
FIRST_PAUSE = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(hours=6)
_PLACE = "delivery"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to send: POST body (a compact JWS, application/jose) to url with header Handfast-Signature."""

    id: str
    url: str
    body: bytes
    signature: str


def queue(context: Context, unit: Unit, programme_id: str, url: str, session_id: str, answer: Answer) -> None:
    """Let the answer be sent, in the unit of work that records it."""
    delivery_id = new_id("dlv", context.randomness)
    now = context.clock.now()
    told = {"session": session_id, "at": now.isoformat(), "answer": asdict(answer)}
    sealed = context.keys.programme(programme_id).seal(encode_details(told), _PLACE, delivery_id)
    unit.deliveries.add(rows.Delivery(delivery_id, programme_id, url, sealed, tries=0, next_try_at=now))


def due(context: Context, limit: int = 20) -> tuple[Delivery, ...]:
    """Messages whose time has come, each with an answer signed afresh."""
    with context.store.read() as reader:
        waiting = reader.deliveries.due(context.clock.now(), limit)
    return tuple(_message(context, row) for row in waiting)


def mark(context: Context, delivery_id: str, *, delivered: bool) -> None:
    """Note a try: done, or again later with a growing pause, given up after a day and a half."""
    now = context.clock.now()
    with context.store.write() as unit:
        row = unit.deliveries.get(delivery_id)
        if delivered:
            unit.deliveries.delivered(delivery_id, now)
        elif row.tries + 1 >= GIVEN_UP_AFTER:
            unit.deliveries.give_up(delivery_id, now)
        else:
            unit.deliveries.retry(delivery_id, row.tries + 1, now + pause_after(row.tries + 1))


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << 2 * min(tries - 1, 10)))


def signature(secret: str, body: bytes, at: datetime) -> str:
    """What stands in Handfast-Signature: the time, and HMAC-SHA256 of "time.body" under the programme's secret."""
    seconds = int(at.timestamp())
    mac = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={mac.hexdigest()}"


def _message(context: Context, row: rows.Delivery) -> Delivery:
    told = json.loads(context.keys.programme(row.programme_id).unseal(row.body_sealed, _PLACE, row.id))
    answer, at = Answer(**told["answer"]), datetime.fromisoformat(told["at"])
    body = signed_answer(context, answer, row.programme_id, told["session"], at).encode("ascii")
    signed = signature(webhook_secret(context, row.programme_id), body, context.clock.now())
    return Delivery(row.id, row.url, body, signed)
