"""What a person's own page shows, as values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from handfast.audit.person import PersonView
from handfast.audit.person import Use as LoggedUse
from handfast.base.errors import RecordError
from handfast.base.modality import Modality
from handfast.consent.ledger import Consent
from handfast.consent.record import verify_record
from handfast.service.context import Context
from handfast.storage.tables.programmes import Programme
from handfast.storage.tables.studies import HeldPictures
from handfast.storage.tables.subjects import Subject
from handfast.storage.tables.templates import TemplateRow

GOOD, FAIR = 50.0, 25.0  # quality, 0..100


@dataclass(frozen=True, slots=True)
class Held:
    """One template that is held; position in plain words or None for the face."""

    modality: Modality
    position: str | None
    taken_at: date
    quality_word: Literal["good", "fair", "poor"]


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What was agreed to."""

    at: datetime
    language: str
    notice_version: str
    purposes: tuple[str, ...]
    expires_at: date


@dataclass(frozen=True, slots=True)
class Proof:
    """Inclusion of one use in the log (RFC 6962).

    leaf      its canonical JSON; nonce with details opens the leaf's commitment
    hashes    hex, from the leaf to the root that the checkpoint signs
    """

    index: int
    size: int
    leaf: str
    nonce: str
    details: str
    hashes: tuple[str, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Use:
    """One use of what is held, with its proof."""

    n: int
    at: datetime
    kind: str
    purpose: str
    desk: str
    outcome: str
    proof: Proof


@dataclass(frozen=True, slots=True)
class MyPage:
    """The page; complete is False when a use is missing from the list or the log.

    listed       whether the uses are told: only the private code opens them
    final_at     when a withdrawal that was asked for becomes final; None for who is not leaving
    undo_hours   how long a withdrawal could be taken back, by what was agreed to
    review_pictures   how many pictures are held for a person who decides a case
    study_ends_on   of a study: its last day; then pictures are held, and nothing that anybody is compared with
    """

    programme: str
    programme_name: str
    another_way: tuple[str, ...]
    enrolled_at: date
    state: Literal["active", "pending", "frozen", "withdrawn"]
    held: tuple[Held, ...]
    consent: ConsentView
    uses: tuple[Use, ...]
    listed: bool
    complete: bool
    checkpoint: str
    log_key: str
    final_at: datetime | None
    undo_hours: int
    study_ends_on: date | None
    pictures: tuple[HeldPictures, ...]
    review_pictures: int


def my_page_of(
    context: Context,
    programme: Programme,
    subject: Subject,
    held: tuple[TemplateRow, ...],
    consents: tuple[Consent, ...],
    seen: PersonView | None,
    checkpoint: str,
    final_at: datetime | None,
    undo_hours: int,
    study_ends_on: date | None,
    pictures: tuple[HeldPictures, ...],
    review_pictures: int,
) -> MyPage:
    """The page of one person, from their rows and their part of the log; seen is None without their code."""
    return MyPage(
        programme=programme.id,
        programme_name=programme.name,
        another_way=programme.another_way,
        enrolled_at=subject.enrolled_on,
        state=subject.state.value,
        held=tuple(_held(row) for row in held),
        consent=_consent([verify_record(c.signed, context.ledger.public_key).record for c in consents]),
        uses=tuple(_use(use, seen) for use in seen.uses if use.details) if seen else (),
        listed=seen is not None,
        complete=seen.complete if seen else True,
        checkpoint=seen.checkpoint if seen else checkpoint,
        log_key=context.log.verifier_key,
        final_at=final_at,
        undo_hours=undo_hours,
        study_ends_on=study_ends_on,
        pictures=pictures,
        review_pictures=review_pictures,
    )


def _held(row: TemplateRow) -> Held:
    word: Literal["good", "fair", "poor"] = "good" if row.quality >= GOOD else "fair" if row.quality >= FAIR else "poor"
    return Held(row.modality, row.position.plain_name if row.position else None, row.taken_on, word)


def _consent(records: Sequence[Mapping[str, object]]) -> ConsentView:
    terms = [_section(record, "pii_processing") for record in records]
    event = _section(records[0], "event")
    return ConsentView(
        at=datetime.fromisoformat(str(event["event_time"])),
        language=str(terms[0]["language"]),
        notice_version=str(_section(terms[0], "privacy_notice")["version"]),
        purposes=tuple(str(term["purpose"]) for term in terms),
        expires_at=date.fromisoformat(str(event["valid_until"])),
    )


def _section(record: Mapping[str, object], name: str) -> Mapping[str, object]:
    section = record[name]
    if not isinstance(section, Mapping):
        raise RecordError(f"a consent record's {name} is not a section")
    return section


def _use(use: LoggedUse, seen: PersonView) -> Use:
    leaf, told = json.loads(use.raw), use.details
    return Use(
        n=use.i,
        at=datetime.fromisoformat(str(told.get("at", leaf["at"]))),
        kind=leaf["kind"],
        purpose=str(told.get("purpose", "")),
        desk=str(told.get("desk", "")),
        outcome=str(told.get("outcome", "")),
        proof=Proof(
            index=use.n,
            size=int(seen.checkpoint.split("\n")[1]),
            leaf=use.raw.decode(),
            nonce=use.nonce.hex(),
            details=json.dumps(dict(told), ensure_ascii=False, sort_keys=True, separators=(",", ":")),
            hashes=tuple(hash_.hex() for hash_ in use.hashes),
            checkpoint=seen.checkpoint,
        ),
    )
