"""Sessions as callers see them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import HttpUrl, StringConstraints

from handfast.base.decision import Assurance
from handfast.base.modality import Hand
from handfast.web.schemas.cases import SessionCaseOut
from handfast.web.schemas.words import In, Language, Out, Reference


class SessionIn(In):
    """Exactly one of `reference` and `card`; an enrolment takes `reference`, a find neither but a `reason`."""

    kind: Literal["enrol", "check", "find"]
    programme: Annotated[str, StringConstraints(max_length=60)] | None = None
    reference: Reference | None = None
    card: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    mode: Assurance = Assurance.SELF
    return_url: HttpUrl | None = None
    webhook_url: HttpUrl | None = None
    language: Language | None = None
    hand: Hand | None = None
    approval: Annotated[str, StringConstraints(max_length=200)] | None = None
    reason: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] | None = None


class SessionOut(Out):
    """An opened session: show the link, or its QR code, to the person's phone."""

    id: str
    link: str
    qr_svg: str
    expires_at: datetime


class AnswerOut(Out):
    """An outcome; `reference` only where accepted, found or enrolled.

    Of a find, `fpir` is the share of searches for somebody who is not enrolled that may name anyone, at this gallery's
    size, and `complete` is false where a part of it could not be searched. `lowered` names what made the assurance less
    than its mode promises.
    """

    outcome: str
    advice: str | None
    trial: bool
    assurance: str
    policy: str
    reference: str | None
    log_index: int | None
    fpir: float | None
    complete: bool | None
    lowered: list[Literal["no-movement", "hand-not-bonded", "hand-differs"]]


class SessionStateOut(Out):
    """A session as its caller sees it; `jws` is the signed outcome, good for five minutes."""

    id: str
    kind: Literal["enrol", "check", "find"]
    state: Literal["welcome", "capture", "finished", "expired", "abandoned"]
    programme: str
    expires_at: datetime
    return_url: str | None
    outcome: AnswerOut | None
    jws: str | None
    another_way: list[str]
    case: SessionCaseOut | None


class KeysOut(Out):
    """The public keys that outcomes are signed with (RFC 7517)."""

    keys: list[dict[str, Any]]
