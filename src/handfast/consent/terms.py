"""The terms of a programme that its consents and its public page state, beside purpose and retention."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta

from handfast.base.errors import RequestError
from handfast.storage.tables.programmes import Programme

LEGAL_BASIS = "The person's explicit consent (GDPR articles 6 (1) a and 9 (2) a)."
UNDO_HOURS = 24
KEY_COPIES_DAYS = 7
"""How long a copy of the keys is kept: after it, no backup opens anything of someone who withdrew."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a programme promises.

    inactivity_days   someone who did not come for so long is withdrawn; None: only the retention counts
    undo_hours        how long a withdrawal can be taken back, 0 or 24; all use stops at once all the same
    sites             where it is used; empty where that is not stated
    """

    legal_basis: str = LEGAL_BASIS
    inactivity_days: int | None = None
    undo_hours: int = 0
    sites: tuple[str, ...] = ()

    def as_settings(self) -> dict[str, object]:
        """For the programme's settings."""
        return {"terms": {**asdict(self), "sites": list(self.sites)}}


def terms_of(programme: Programme) -> Terms:
    """The terms of a programme; the defaults for what it does not state."""
    kept = programme.settings.get("terms")
    if not isinstance(kept, Mapping):
        return Terms()
    return Terms(kept["legal_basis"], kept["inactivity_days"], kept["undo_hours"], tuple(kept["sites"]))


def check_terms(terms: Terms, retention_days: int, longest: int) -> None:
    """RequestError names what cannot be promised."""
    if not 0 < len(terms.legal_basis.strip()) <= longest:
        raise RequestError(f"legal_basis must be said in 1 to {longest} letters")
    if terms.inactivity_days is not None and not 0 < terms.inactivity_days <= retention_days:
        raise RequestError("inactivity_days must be 1 to retention_days")
    if terms.undo_hours not in (0, UNDO_HOURS):
        raise RequestError(f"undo_hours is 0 or {UNDO_HOURS}")
    if not all(site.strip() for site in terms.sites):
        raise RequestError("a site has a name")


def undo_span(terms: Terms) -> timedelta:
    """How long a withdrawal can be taken back."""
    return timedelta(hours=terms.undo_hours)
