"""Programmes, their keys, and the first administrator."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, HttpUrl, StringConstraints

from handfast.base.modality import Modality
from handfast.web.schemas.words import In, Language, Line, Out

KeyPurpose = Literal["enrol", "check", "metrics"]
Rate = Annotated[float, Field(gt=0.0, lt=1.0)]


class PolicyIn(In):
    """What is to differ from the policy as it stands; what is left out stays."""

    target_far: Rate | None = None
    target_frr: Rate | None = None
    target_fta: Rate | None = None
    false_refusal: Rate | None = None
    required: Annotated[list[Modality], Field(min_length=1, max_length=2)] | None = None
    attended_only: bool | None = None
    vouched: bool | None = None
    who_decides: Line | None = None
    attempts: Annotated[int, Field(ge=1, le=10)] | None = None
    operator_tries: Annotated[int, Field(ge=1, le=10_000)] | None = None
    referred_far: Rate | None = None

    @property
    def asked(self) -> dict[str, object]:
        """The fields that were sent."""
        return self.model_dump(mode="json", exclude_none=True)


class PolicyOut(Out):
    """A policy in force, and what it says in words."""

    policy: str
    words: list[str]
    fields: dict[str, Any]


class PolicyFiguresOut(Out):
    """The policy as figures for the page's sentences: one person in so many."""

    name: str
    strangers: int
    tries: int
    again: int
    refused: int
    who_decides: str
    counted: bool
    face: bool
    fingers: bool
    attended_only: bool


class GoLiveIn(In):
    """A gate's file as `handfast lab gate` wrote it, and the public keys that its signatures must be of."""

    file: Annotated[str, StringConstraints(max_length=200_000)]
    lab_key: Annotated[str, StringConstraints(max_length=60)]
    owner_key: Annotated[str, StringConstraints(max_length=60)] | None = None


class GateShownOut(Out):
    """What the public page tells of a programme that is live; owner where nothing but their signature stands for it."""

    day: str
    people: int
    evidence: bool
    owner: str | None


class ProgrammeIn(In):
    """A new programme: one purpose, one retention rule, and a way for those who say no."""

    name: Line
    purpose: Line
    who_sees: Line
    retention_days: Annotated[int, Field(ge=1, le=3650)]
    another_way: Annotated[list[Line], Field(min_length=1, max_length=5)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=20)] = ("en",)
    voice: Literal["draft", "recorded"] = "draft"
    return_urls: Annotated[tuple[HttpUrl, ...], Field(max_length=10)] = ()
    webhook_url: HttpUrl | None = None
    policy: PolicyIn | None = None
    find: bool = False
    duplicate_check: bool = False
    review_pictures: bool = False
    legal_basis: Line | None = None
    inactivity_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    undo_hours: Literal[0, 24] = 0
    sites: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    study_ends_on: date | None = None


class ProgrammeOut(Out):
    """A programme as its administrator and callers see it."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: list[str]
    languages: list[str]
    return_urls: list[str]
    webhook_url: str | None
    trial: bool
    policy: str
    created_at: datetime
    find: bool
    duplicate_check: bool
    review_pictures: bool
    study_ends_on: date | None


class CreatedProgrammeOut(Out):
    """The programme with its first API key and webhook secret; both are shown once."""

    programme: ProgrammeOut
    api_key: str
    webhook_secret: str


class PublicProgrammeOut(Out):
    """What anyone may read of a programme."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: list[str]
    trial: bool
    policy: PolicyFiguresOut
    gate: GateShownOut | None
    legal_basis: str
    inactivity_days: int | None
    undo_hours: int
    key_copies_days: int
    sites: list[str]
    study_ends_on: date | None


class ClaimIn(In):
    """The secret of the one-time administrator's link."""

    token: Annotated[str, StringConstraints(max_length=200)]


class TokenOut(Out):
    """A bearer token."""

    token: str


class KeyIn(In):
    """A name for a new API key, and what it is for: its purposes, one site, a last day."""

    name: Line
    purposes: Annotated[tuple[KeyPurpose, ...], Field(min_length=1, max_length=3)] = ("enrol", "check")
    site: Line | None = None
    expires_at: AwareDatetime | None = None


class NewKeyOut(Out):
    """A new API key; the secret is in this answer and nowhere else."""

    id: str
    name: str
    api_key: str


class KeyOut(Out):
    """An API key, without its secret; `revoked_at` once it opens nothing any more."""

    id: str
    name: str
    purposes: list[KeyPurpose]
    site: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
