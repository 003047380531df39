"""A card as it is shown and printed."""

from handfast.service.person.cards import Card
from handfast.web.qr import qr_svg
from handfast.web.schemas.capture import CardOut


def card_out(card: Card, checkpoint: str) -> CardOut:
    """The card with its QR code, and the log's newest checkpoint as its anchor."""
    return CardOut(number=card.number, payload=card.payload, qr_svg=qr_svg(card.payload), checkpoint=checkpoint)
