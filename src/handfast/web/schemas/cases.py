"""Cases, objections, witnesses, duress."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from handfast.base.modality import Hand
from handfast.web.schemas.operators import Id, Site
from handfast.web.schemas.words import In, Out, Reference

Words = Annotated[str, StringConstraints(max_length=400, strip_whitespace=True)]
Approval = Annotated[str, StringConstraints(max_length=200)]
Decision = Literal["same", "different", "cannot-tell"]
Evidence = Literal["document", "known-person", "records", "questions", "other"]


class CaseOut(Out):
    """A case: no score, no picture, nothing of who asked. `captured`: fresh captures that were made for it."""

    id: str
    code: str
    kind: Literal["referred", "duplicate", "objection"]
    state: Literal["open", "decided"]
    site: str
    opened_on: date
    deadline_on: date
    decision: Decision | None
    captured: int


class ShownPictureOut(Out):
    """A crop kept for review, `jpeg` in base64. `who`: 1 or 2, in the order of the case; hand is null for the face."""

    who: int
    taken_at: Literal["enrolment", "check"]
    modality: Literal["face", "finger"]
    hand: Literal["left", "right"] | None
    taken_on: date
    jpeg: str


class ControlIn(In):
    """A control case: a volunteer comes as themselves, or by appointment with another's card."""

    programme: Id
    reference: Reference
    site: Site
    truth: Literal["same", "different"]


class DecisionIn(In):
    """What a reviewer decides, what else they went by, and why; `approval` to merge two enrolments."""

    decision: Decision
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=5)] = ()
    note: Words
    approval: Approval | None = None


class DecidedOut(Out):
    """The case, and the caller's reference where it is the person."""

    case: CaseOut
    reference: str | None


class ReversalIn(In):
    """Why a decision is taken back."""

    note: Words


class WitnessIn(In):
    """The second person's yes."""

    approval: Approval


class DuressIn(In):
    """The hand that calls for help, or none."""

    hand: Hand | None


class ObjectionIn(In):
    """What the person objects to, in their own words."""

    words: Words = ""


class SessionCaseOut(Out):
    """The case that a referred session became."""

    id: str
    code: str
    state: Literal["open", "decided"]
    decision: Decision | None
