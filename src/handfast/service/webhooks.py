"""Telling the caller: rows that wait, signed, sent by jobs with growing pauses."""

from dataclasses import dataclass

from handfast.service.context import Context


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to send: POST body to url with header Handfast-Signature."""

    id: str
    url: str
    body: bytes
    signature: str


def due(context: Context, limit: int = 20) -> tuple[Delivery, ...]:
    """Messages whose time has come."""
    raise NotImplementedError


def mark(context: Context, delivery_id: str, *, delivered: bool) -> None:
    """Note a try: done, or again later with a growing pause, given up after a day."""
    raise NotImplementedError
