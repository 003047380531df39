"""What a person takes away: the receipt of their consent, with the log's newest checkpoint as an anchor."""

from collections.abc import Mapping

from handfast.audit.person import PersonView, Use, view
from handfast.base.errors import NotAllowed, NotFound
from handfast.consent.receipt import make_receipt
from handfast.service.context import Context
from handfast.service.memory.tokens import OpenPage

BEGUN = ("enrolled", "sitting 1")
"""Outcomes of the use with which it began: an enrolment's, and that of the first sitting of a study."""


def receipt_of(context: Context, page: OpenPage) -> bytes:
    """The signed receipt as canonical JSON. Raises NotFound if the person is gone, NotAllowed without the code."""
    if page.code is None:
        raise NotAllowed("the receipt opens with the private code")
    keys = context.keys.person(page.programme_id, page.subject_id)
    with context.store.read() as reader:
        consents = context.ledger.consents(reader, keys)
        seen = view(reader, keys, page.code)
    enrolled = next((use for use in seen.uses if use.details.get("outcome") in BEGUN), None)
    if enrolled is None:
        raise NotFound("the log does not show this enrolment")
    signer = context.keys.signer("consent")
    records = [consent.signed for consent in consents]
    return make_receipt(records, proof_of(context, seen, enrolled), context.clock.now(), signer)


def proof_of(context: Context, seen: PersonView, use: Use) -> Mapping[str, object]:
    """One use as whoever holds it can check it: leaf, what opens it, inclusion hashes, checkpoint and its key."""
    return {
        "leaf": use.raw.decode(),
        "nonce": use.nonce.hex(),
        "details": dict(use.details),
        "hashes": [hash_.hex() for hash_ in use.hashes],
        "checkpoint": seen.checkpoint,
        "log_key": context.log.verifier_key,
    }
