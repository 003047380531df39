"""The one concrete Grant. Import contracts let only the ledger see this module."""

from dataclasses import dataclass
from datetime import datetime

from handfast.base.grant import Grant


@dataclass(frozen=True)
class LedgerGrant(Grant):
    """A grant as the ledger mints it."""

    programme_id: str = ""
    subject_id: str = ""
    consent_id: str = ""
    purpose: str = ""
    session_id: str = ""
    checked_at: datetime = datetime.min
    expires_at: datetime = datetime.min
