"""The ledger: records consents and alone turns one into permission."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from handfast.base.clock import Clock
from handfast.base.errors import Ineligible, NoConsent, NotFound, SealBroken
from handfast.base.grant import SEARCH, Grant
from handfast.base.ids import new_id
from handfast.base.modality import Modality
from handfast.base.randomness import Randomness
from handfast.consent.grant import LedgerGrant
from handfast.consent.purpose import SEARCHES, Purpose
from handfast.consent.record import Agreement, Proven, SignedRecord, make_record, sign_record
from handfast.storage.keys.key_values import Keyring, PersonKeys, Signer
from handfast.storage.store import Reader, Unit
from handfast.storage.tables.consents import ConsentRow, ConsentState
from handfast.storage.tables.programmes import Programme, ProgrammeStatus

GRANT_LIFE = timedelta(minutes=10)
_PLACE = "consent"
_PROVEN = Proven()


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent as recorded; `record_hash` goes (blinded) into the leaves of its uses."""

    id: str
    record_hash: bytes
    signed: bytes


class Ledger:
    """Records of consent, signed with the server's key for them."""

    def __init__(self, keys: Keyring, clock: Clock, randomness: Randomness) -> None:
        self._keys = keys
        self._signer: Signer = keys.signer("consent")
        self._clock = clock
        self._randomness = randomness

    @property
    def public_key(self) -> bytes:
        """What receipts are checked with: raw Ed25519, 32 bytes."""
        return self._signer.public

    def record(
        self,
        unit: Unit,
        person: PersonKeys,
        programme: Programme,
        purpose: Purpose,
        modalities: tuple[Modality, ...],
        agreement: Agreement,
    ) -> Consent:
        """Sign and keep a person's consent to one purpose, from today for as long as the programme keeps things.

        NoConsent for another purpose than a study's in a study, and for a study's anywhere else.
        """
        consent_id = new_id("con", self._randomness)
        today = self._clock.now().date()
        study = unit.studies.find(programme.id)
        if (study is None) is (purpose is Purpose.STUDY):
            raise NoConsent("a study has a consent of its own, to nothing else")
        expires_on = today + timedelta(days=programme.retention_days) if study is None else study.ends_on
        record = make_record(consent_id, person.subject_id, programme, purpose, modalities, agreement, expires_on)
        signed = sign_record(record, self._signer)
        unit.consents.add(
            ConsentRow(
                id=consent_id,
                programme_id=person.programme_id,
                subject_id=person.subject_id,
                purpose=purpose,
                state=ConsentState.LIVE,
                record_hash=signed.record_hash,
                record_sealed=person.seal(signed.signed, _PLACE, consent_id),
                given_on=today,
                expires_on=expires_on,
            )
        )
        return Consent(consent_id, signed.record_hash, signed.signed)

    def authorise(
        self, reader: Reader, *, programme_id: str, subject_id: str, purpose: Purpose, session_id: str
    ) -> Grant:
        """Permission to use this person's references for this purpose in this session, for ten minutes at most.

        Ineligible for unknown, frozen and withdrawn people alike; NoConsent without a live, signed consent to it.
        """
        now = self._clock.now()
        # 1 The programme is open, the person stands in it.
        if reader.programmes.get(programme_id).status is not ProgrammeStatus.OPEN:
            raise Ineligible("this programme is closed")
        reader.subjects.eligible(programme_id, subject_id)
        # 2 A consent to this very purpose holds today.
        row = reader.consents.live(programme_id, subject_id, purpose, now.date())
        if row is None:
            raise NoConsent(f"no live consent for {purpose}")
        # 3 Its record opens under the person's key, this server signed it, and the row says what the record says.
        try:
            person = self._keys.person(row.programme_id, row.subject_id)
        except NotFound as error:
            raise NoConsent("this consent's record does not open") from error
        prove(row, person, self.public_key)
        ends = datetime.combine(row.expires_on + timedelta(days=1), time(), UTC)
        return LedgerGrant(programme_id, subject_id, row.id, purpose, session_id, now, min(now + GRANT_LIFE, ends))

    def authorise_search(self, reader: Reader, *, programme_id: str, purpose: Purpose, session_id: str) -> Grant:
        """Permission to search those of a programme whose own consent names this purpose, for ten minutes at most.

        That they agreed, each of them, is part of the search itself. Ineligible for a closed programme, NoConsent for
        a purpose that is no search.
        """
        now = self._clock.now()
        if reader.programmes.get(programme_id).status is not ProgrammeStatus.OPEN:
            raise Ineligible("this programme is closed")
        if purpose not in SEARCHES:
            raise NoConsent(f"{purpose} is no search")
        return LedgerGrant(programme_id, SEARCH, "", purpose, session_id, now, now + GRANT_LIFE)

    def consents(self, reader: Reader, person: PersonKeys) -> tuple[Consent, ...]:
        """The live consents of a person, with their signed records."""
        rows = [row for row in reader.consents.of(person.subject_id) if row.state is ConsentState.LIVE]
        return tuple(Consent(row.id, row.record_hash, _opened(row, person, self.public_key).signed) for row in rows)


def prove(row: ConsentRow, person: PersonKeys, public_key: bytes) -> None:
    """NoConsent unless the row's record opens under the person's key, is signed, and says what the row says."""
    _same(row, _opened(row, person, public_key))


def _opened(row: ConsentRow, person: PersonKeys, public_key: bytes) -> SignedRecord:
    try:
        signed = person.unseal(row.record_sealed or b"", _PLACE, row.id)
    except SealBroken as error:
        raise NoConsent("this consent's record does not open") from error
    return _PROVEN.verified(signed, public_key)


def _same(row: ConsentRow, signed: SignedRecord) -> None:
    processing, event = signed.record["pii_processing"], signed.record["event"]
    stated = (  # of a record that this server signed: its sections are there
        signed.record["record_id"],
        signed.record["pii_principal_id"],
        processing["pii_controller"]["programme_id"],  # type: ignore[index]
        processing["purpose"],  # type: ignore[index]
        event["valid_until"],  # type: ignore[index]
        signed.record_hash,
    )
    kept = (row.id, row.subject_id, row.programme_id, row.purpose, row.expires_on.isoformat(), row.record_hash)
    if stated != kept:
        raise NoConsent("this consent's row does not say what its record says")
