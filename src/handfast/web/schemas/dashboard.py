"""The owner's page."""

from datetime import date, datetime
from typing import Literal

from handfast.web.schemas.words import Out


class NumbersOut(Out):
    """A day, a site or a kind of phone, with what ended how."""

    name: str
    enrolled: int
    accepted: int
    referred: int
    not_accepted: int
    not_captured: int
    declined: int


class NamedOut(Out):
    """A word with its number."""

    name: str
    number: int


class OperatorNumbersOut(Out):
    """Sessions of an operator or API key: how many, with a no, with a question missed; whether nobody ever says no."""

    operator: str
    asked: int
    declined: int
    misunderstood: int
    unheard: bool


class DriftOut(Out):
    """The mean quality of a modality's samples on a day, 0..100."""

    day: date
    modality: str
    mean: float


class CaseNumbersOut(Out):
    """What waits, what was decided, and how often reviewers were right where the truth was known."""

    open: int
    overdue: int
    same: int
    different: int
    cannot_tell: int
    controls: int
    controls_right: int


class UnusualOut(Out):
    """Somebody did something more often than others."""

    operator: str
    what: Literal["finds", "nights", "overrides"]
    number: int
    share: float | None


class ExpiringOut(Out):
    """Something that ends within a month."""

    what: str
    name: str
    day: date


class AlarmOut(Out):
    """Somebody showed the hand that calls for help."""

    at: datetime
    desk: str


class DashboardOut(Out):
    """Counts by day, site and kind of phone; nothing that opens to a person. p50 and p95 in seconds."""

    programme: str
    name: str
    since: date
    today: date
    people: list[NamedOut]
    days: list[NumbersOut]
    sites: list[NumbersOut]
    phones: list[NumbersOut]
    failed: list[NamedOut]
    p50: float | None
    p95: float | None
    quality: list[DriftOut]
    cases: CaseNumbersOut
    no_declines: list[str]
    operators: list[OperatorNumbersOut]
    unusual: list[UnusualOut]
    expiring: list[ExpiringOut]
    alarms: list[AlarmOut]
