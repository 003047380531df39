"""Consent records after ISO/IEC TS 27560:2023 with the terms of the W3C Data Privacy Vocabulary (DPV), signed.

The signature binds the record to the session's nonce and to the person's own act in that session.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from handfast.base import base64url
from handfast.base.errors import NoConsent, RecordError
from handfast.base.modality import Modality
from handfast.consent.purpose import DPV_PURPOSE, Purpose
from handfast.consent.statement import canonical, sign_statement, verify_statement
from handfast.consent.terms import KEY_COPIES_DAYS, terms_of
from handfast.storage.keys.key_values import Signer
from handfast.storage.tables.programmes import Programme

SCHEMA = "handfast-consent:1"
_DPV = "https://w3id.org/dpv#"
_PERSONAL_DATA = {Modality.FACE: "FacialPrint", Modality.FINGER: "Fingerprint"}
_DECIDES = "AutomatedDecisionMaking"
_METHODS = {Purpose.STUDY: "Analyse", Purpose.REVIEW_PICTURES: "Consult"}
"""What is done with the pictures where no decision about the person comes of it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A person's yes, as the session took it.

    nonce      the session's 32 random bytes
    act        what they did: "press", "key" or "voice", and when the server saw it
    answers    the options they chose in the questions about the notice
    """

    session_id: str
    nonce: bytes
    act: str
    act_at: datetime
    language: str
    notice_version: str
    notice_hash: str
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record, the SHA-256 of its canonical JSON without signature, and the whole with it."""

    record: Mapping[str, object]
    record_hash: bytes
    signed: bytes


def make_record(
    consent_id: str,
    subject_id: str,
    programme: Programme,
    purpose: Purpose,
    modalities: tuple[Modality, ...],
    agreement: Agreement,
    expires_on: date,
) -> dict[str, object]:
    """The record of one consent to one purpose, in the sections of ISO/IEC TS 27560."""
    terms = terms_of(programme)
    return {
        "schema_version": SCHEMA,
        "record_id": consent_id,
        "pii_principal_id": subject_id,
        "pii_processing": {
            "privacy_notice": {"version": agreement.notice_version, "sha256": agreement.notice_hash},
            "language": agreement.language,
            "purpose": purpose.value,
            "purpose_type": DPV_PURPOSE[purpose],
            "purpose_text": programme.purpose,
            "lawful_basis": f"{_DPV}ExplicitlyExpressedConsent",
            "pii_information": [
                {"pii_type": f"https://w3id.org/dpv/pd#{_PERSONAL_DATA[modality]}", "special_category": True}
                for modality in modalities
            ],
            "collection_method": "camera of a phone, in the person's presence and by their own act",
            "processing_method": f"{_DPV}{_METHODS.get(purpose, _DECIDES)}",
            "pii_controller": {"programme_id": programme.id, "name": programme.name},
            "recipients": programme.who_sees,
            "storage_locations": ["the controller's own server"],
            "processing_locations": list(terms.sites),
            "retention_period": f"P{programme.retention_days}D",
            "retention_days": programme.retention_days,
            "withdrawal_method": "private code and PIN on the person's own page, or at any desk",
            "withdrawal_reversible_hours": terms.undo_hours,
            "key_copies_days": KEY_COPIES_DAYS,
            "privacy_rights": ["see", "take away", "correct", "object", "pause", "withdraw"],
        },
        "event": {
            "event_type": f"{_DPV}ExplicitlyExpressedConsent",
            "event_state": f"{_DPV}ConsentGiven",
            "event_time": _second(agreement.act_at),
            "valid_until": expires_on.isoformat(),
            "session_id": agreement.session_id,
            "session_nonce": base64url.encode(agreement.nonce),
            "act": agreement.act,
            "answers": list(agreement.answers),
        },
    }


def modalities_of(record: Mapping[str, object]) -> frozenset[Modality]:
    """What a record lets be taken. Raises RecordError for one that is not of this form."""
    processing = record["pii_processing"]
    if not isinstance(processing, Mapping):
        raise RecordError("a consent record's pii_processing is not a section")
    types = {str(information["pii_type"]).partition("#")[2] for information in processing["pii_information"]}
    return frozenset(modality for modality, name in _PERSONAL_DATA.items() if name in types)


def sign_record(record: Mapping[str, object], signer: Signer) -> SignedRecord:
    """Sign a record."""
    return SignedRecord(record, hashlib.sha256(canonical(record)).digest(), sign_statement(record, signer))


class Proven:
    """Which signed records were found good, by their SHA-256 together with the key: a capture asks for one six times.

    Nothing of a record is kept but hashes, of `most` at most. Safe to share among threads.
    """

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._hashes: dict[bytes, bytes] = {}

    def verified(self, signed: bytes, expected_public: bytes) -> SignedRecord:
        """As `verify_record`; what was verified before is only read."""
        which = hashlib.sha256(expected_public + signed).digest()
        if (known := self._hashes.get(which)) is not None:
            record = json.loads(signed)
            del record["signature"]
            return SignedRecord(record, known, signed)
        fresh = verify_record(signed, expected_public)
        if len(self._hashes) >= self._most:
            self._hashes.clear()
        self._hashes[which] = fresh.record_hash
        return fresh


def verify_record(signed: bytes, expected_public: bytes) -> SignedRecord:
    """A signed record whose signature holds under this key; NoConsent otherwise."""
    try:
        record, body = verify_statement(signed, expected_public)
    except RecordError as error:
        raise NoConsent("this consent record was not signed by this server") from error
    return SignedRecord(record, hashlib.sha256(body).digest(), signed)


def _second(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
