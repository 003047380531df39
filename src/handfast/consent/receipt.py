"""The receipt: what a person takes home after enrolling; signed, and an anchor of the log."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from handfast.consent.statement import sign_statement
from handfast.storage.keys.key_values import Signer

SCHEMA = "handfast-receipt:1"


def make_receipt(
    signed_records: Sequence[bytes], log: Mapping[str, object], issued_at: datetime, signer: Signer
) -> bytes:
    """A signed receipt as canonical JSON.

    signed_records   the signed consent records
    log              the enrolment's leaf with what opens it, "checkpoint" and "log_key"
    """
    receipt = {
        "schema_version": SCHEMA,
        "issued_at": issued_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "records": [json.loads(signed) for signed in signed_records],
        "log": dict(log),
    }
    return sign_statement(receipt, signer)
