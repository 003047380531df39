"""Programmes: one purpose, one retention rule, one policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from handfast.audit.leaf import LeafKind
from handfast.base import base64url
from handfast.base.errors import NotFound, RequestError
from handfast.base.ids import new_id
from handfast.consent.terms import KEY_COPIES_DAYS, Terms, check_terms, terms_of
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.memory.searching import checks_duplicates, keeps_review_pictures, may_find
from handfast.service.owner.api_keys import fresh_key
from handfast.service.owner.go_live import GateShown, gate_shown
from handfast.service.owner.policies import PolicyFigures, figures, new_policy, policy_of
from handfast.service.study import begin_study, check_study
from handfast.storage.tables import programmes as rows
from handfast.storage.tables.programmes import ProgrammeMode, ProgrammeStatus

MAX_RETENTION_DAYS = 3650
MAX_TEXT = 400  # characters; it is read aloud to everyone
MAX_STEPS = 8


@dataclass(frozen=True, slots=True)
class NewProgramme:
    """What an administrator states. return_urls are exact; another_way is at least one plain step.

    policy   what is to differ from the default policy, by its fields' names
    find              whether people who agree to it may be found without card and number
    duplicate_check   whether an enrolment looks for the same person among those who agreed to that
    review_pictures   whether people are asked to let a few pictures be kept for whoever decides a case
    voice             "recorded" where every prompt must be spoken by a person, "draft" where a machine's voice will do
    study_ends_on     makes it a study, which keeps pictures until this day; retention_days then counts for nothing
    """

    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: tuple[str, ...]
    languages: tuple[str, ...] = ("en",)
    return_urls: tuple[str, ...] = ()
    webhook_url: str | None = None
    policy: Mapping[str, Any] | None = None
    find: bool = False
    duplicate_check: bool = False
    review_pictures: bool = False
    voice: str = "draft"
    terms: Terms = field(default_factory=Terms)
    study_ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme as its administrator and callers see it."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: tuple[str, ...]
    languages: tuple[str, ...]
    return_urls: tuple[str, ...]
    webhook_url: str | None
    trial: bool
    policy: str
    created_at: datetime
    find: bool
    duplicate_check: bool
    review_pictures: bool
    study_ends_on: date | None


@dataclass(frozen=True, slots=True)
class PublicProgramme:
    """What anyone may read of a programme."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: tuple[str, ...]
    trial: bool
    policy: PolicyFigures
    gate: GateShown | None
    legal_basis: str
    inactivity_days: int | None
    undo_hours: int
    key_copies_days: int
    sites: tuple[str, ...]
    study_ends_on: date | None


@dataclass(frozen=True, slots=True)
class CreatedProgramme:
    """A new programme with its first API key and the secret its webhooks are signed with; both shown once."""

    programme: Programme
    api_key: str
    webhook_secret: str


def create(context: Context, actor: Actor, new: NewProgramme) -> CreatedProgramme:
    """Create a programme with its keys. Administrators only (NotAllowed); RequestError names what is missing."""
    actor.must_administer()
    new = _checked(context, new)
    row = rows.Programme(
        id=new_id("prg", context.randomness),
        name=new.name.strip(),
        purpose=new.purpose.strip(),
        who_sees=new.who_sees.strip(),
        policy=new_policy(context, new.policy),
        notice={},
        languages=new.languages,
        another_way=new.another_way,
        retention_days=new.retention_days,
        mode=ProgrammeMode.TRIAL,
        status=ProgrammeStatus.OPEN,
        return_urls=new.return_urls,
        webhook_urls=(new.webhook_url,) if new.webhook_url else (),
        settings={
            "find": new.find,
            "duplicate_check": new.duplicate_check,
            "review_pictures": new.review_pictures,
            "voice": new.voice,
            **new.terms.as_settings(),
            **_study_settings(new),
        },
        created_at=context.clock.now(),
    )
    keys = context.keys.create_programme(row.id)
    with context.store.write() as unit:
        unit.programmes.add(row)
        key, first = fresh_key(context, row.id, "first")
        unit.access.add_api_key(key)
        context.log.append(unit, keys, LeafKind.PROGRAMME, actor.key_id, {"name": row.name, "purpose": row.purpose})
        if new.study_ends_on is not None:
            begin_study(context, unit, keys, new.study_ends_on, actor.key_id)
    return CreatedProgramme(seen_by_owner(row), first.api_key, webhook_secret(context, row.id))


def listed(context: Context, actor: Actor) -> tuple[Programme, ...]:
    """All programmes for an administrator, the caller's own for a caller."""
    with context.store.read() as reader:
        return tuple(seen_by_owner(row) for row in reader.programmes.all() if actor.may_see(row.id))


def public_page(context: Context, programme_id: str) -> PublicProgramme:
    """The programme's public face. Raises NotFound."""
    with context.store.read() as reader:
        row = reader.programmes.get(programme_id)
    trial, terms = row.mode is ProgrammeMode.TRIAL, terms_of(row)
    return PublicProgramme(
        id=row.id,
        name=row.name,
        purpose=row.purpose,
        who_sees=row.who_sees,
        retention_days=row.retention_days,
        another_way=row.another_way,
        trial=trial,
        policy=figures(policy_of(row)),
        gate=gate_shown(row),
        legal_basis=terms.legal_basis,
        inactivity_days=terms.inactivity_days,
        undo_hours=terms.undo_hours,
        key_copies_days=KEY_COPIES_DAYS,
        sites=terms.sites,
        study_ends_on=_last_day(row),
    )


def open_programme(context: Context, programme_id: str) -> rows.Programme:
    """The row of a programme that works. Raises NotFound."""
    with context.store.read() as reader:
        row = reader.programmes.get(programme_id)
    if row.status is not ProgrammeStatus.OPEN:
        raise NotFound("this programme is closed")
    return row


def webhook_secret(context: Context, programme_id: str) -> str:
    """What the programme's webhooks are signed with; follows from its key, so it is kept nowhere else."""
    secret = context.keys.programme(programme_id).webhook_secret()
    return base64url.encode(secret)


def seen_by_owner(row: rows.Programme) -> Programme:
    """The row as its owner sees it."""
    return Programme(
        id=row.id,
        name=row.name,
        purpose=row.purpose,
        who_sees=row.who_sees,
        retention_days=row.retention_days,
        another_way=row.another_way,
        languages=row.languages,
        return_urls=row.return_urls,
        webhook_url=row.webhook_urls[0] if row.webhook_urls else None,
        trial=row.mode is ProgrammeMode.TRIAL,
        policy=policy_of(row).name,
        created_at=row.created_at,
        find=may_find(row),
        duplicate_check=checks_duplicates(row),
        review_pictures=keeps_review_pictures(row),
        study_ends_on=_last_day(row),
    )


def _study_settings(new: NewProgramme) -> dict[str, object]:
    """What the impact assessment reads; the guards read the table of studies."""
    return {} if new.study_ends_on is None else {"study_ends_on": new.study_ends_on.isoformat()}


def _last_day(row: rows.Programme) -> date | None:
    """The last day of a study, as its page and its desk show it."""
    stated = row.settings.get("study_ends_on")
    return None if stated is None else date.fromisoformat(str(stated))


def _checked(context: Context, new: NewProgramme) -> NewProgramme:
    """What is to be created, once it can be; RequestError names what cannot."""
    if new.study_ends_on is not None:
        today, searches = context.clock.now().date(), new.find or new.duplicate_check or new.review_pictures
        check_study(new.study_ends_on, today, searches=searches, undo_hours=new.terms.undo_hours)
        new = replace(new, retention_days=(new.study_ends_on - today).days)
    _check(new)
    return new


def _check(new: NewProgramme) -> None:
    texts = {"name": new.name, "purpose": new.purpose, "who_sees": new.who_sees}
    for name, text in texts.items():
        if not 0 < len(text.strip()) <= MAX_TEXT:
            raise RequestError(f"{name} must be said in 1 to {MAX_TEXT} letters")
    if not 0 < new.retention_days <= MAX_RETENTION_DAYS:
        raise RequestError(f"retention_days must be 1 to {MAX_RETENTION_DAYS}")
    if not 0 < len(new.another_way) <= MAX_STEPS or not all(step.strip() for step in new.another_way):
        raise RequestError("another_way must say how someone is served who cannot or will not be captured")
    check_terms(new.terms, new.retention_days, MAX_TEXT)
    if not new.languages:
        raise RequestError("languages must name one language at least")
    for url in (*new.return_urls, *([new.webhook_url] if new.webhook_url else [])):
        if not url.startswith("https://"):
            raise RequestError(f"only https addresses: {url}")
