"""A whole installation's keeping in a folder: store, keys, log, ledger and references, and people to put in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from handfast.audit.leaf import LeafKind
from handfast.audit.log import Log, Logged
from handfast.audit.private_code import code_lookup, new_private_code, read_private_code
from handfast.audit.ratchet import first_state
from handfast.audit.recovery import Recovery, recover
from handfast.base.clock import Clock
from handfast.base.grant import Grant
from handfast.base.ids import new_id
from handfast.base.modality import FingerPosition, Hand, Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.randomness import Randomness, SystemRandomness
from handfast.base.template import Template
from handfast.consent.ledger import Consent, Ledger
from handfast.consent.purpose import Purpose
from handfast.consent.record import Agreement
from handfast.decision.tables import Tables
from handfast.gallery.opened import OpenReferences, open_references
from handfast.gallery.references import References
from handfast.matcher.matching import Comparing, Matching
from handfast.storage.keys.store import Keys, open_keys
from handfast.storage.store import Reader, Store, open_store
from handfast.storage.tables.cards import Card, PrivateCodeRow
from handfast.storage.tables.programmes import Programme, ProgrammeMode, ProgrammeStatus
from handfast.storage.tables.subjects import Subject, SubjectState
from support.postgres import place_of
from support.service import FixedClock

ROOT = bytes(range(32))
VECTORS = frozenset({"handfast-face:1"})


@dataclass(frozen=True)
class Person:
    """Somebody enrolled: where they are, their private code and what was logged."""

    programme_id: str
    subject_id: str
    code: str
    consent: Consent
    logged: Logged

    @property
    def secret(self) -> bytes:
        return read_private_code(self.code)


class Keeping:
    """One installation, opened in a folder."""

    def __init__(self, folder: Path, clock: Clock | None = None, randomness: Randomness | None = None) -> None:
        self.folder = folder
        self.clock = clock or FixedClock()
        self.randomness = randomness or SystemRandomness()
        self.store: Store = open_store(place_of(folder), self.randomness)
        self.keys: Keys = open_keys(folder / "keys.db", ROOT, self.store.identity, self.randomness)
        self.log = Log(self.keys.signer("log"), self.clock, self.randomness)
        self.ledger = Ledger(self.keys, self.clock, self.randomness)
        comparing = Comparing({}, Tables.of([]), {}, VECTORS)
        self.matcher = Matching(self.keys, comparing, self.clock, self.randomness)
        self.references = References(self.clock, self.randomness, self.matcher)

    def recover(self) -> Recovery:
        return recover(self.store, self.keys, self.log)

    def close(self) -> None:
        self.store.close()
        self.keys.close()

    def add_programme(self, programme_id: str = "prg_clinic", retention_days: int = 365) -> Programme:
        programme = Programme(
            id=programme_id,
            name="Clinic",
            purpose="To find the right file.",
            who_sees="The clinic.",
            policy={"name": "default"},
            notice={"en": "hash"},
            languages=("en",),
            another_way=("Ask at the desk.",),
            retention_days=retention_days,
            mode=ProgrammeMode.TRIAL,
            status=ProgrammeStatus.OPEN,
            return_urls=(),
            webhook_urls=(),
            settings={},
            created_at=self.clock.now(),
        )
        keys = self.keys.create_programme(programme_id)
        with self.store.write() as unit:
            unit.programmes.add(programme)
            self.log.append(unit, keys, LeafKind.PROGRAMME, "adm_test", {"name": programme.name})
        return programme

    def enrol(self, programme: Programme, reference: str, templates: tuple[Template, ...] = ()) -> Person:
        """The order of writes of an enrolment: key first, then everything in one unit of work."""
        subject_id, card_id = new_id("sub", self.randomness), new_id("crd", self.randomness)
        code = new_private_code(self.randomness)
        person = self.keys.create_person(programme.id, subject_id)
        lookup = self.keys.programme(programme.id).lookup(reference)
        today = self.clock.now().date()
        with self.store.write() as unit:
            unit.subjects.add(
                Subject(
                    id=subject_id,
                    programme_id=programme.id,
                    state=SubjectState.ACTIVE,
                    before_freeze=None,
                    reference_lookup=lookup,
                    reference_sealed=person.seal(reference.encode(), "reference"),
                    hands=(Hand.RIGHT,),
                    missing=(FingerPosition.RIGHT_LITTLE,),
                    enrolled_on=today,
                    last_used_on=today,
                )
            )
            consent = self.ledger.record(
                unit, person, programme, Purpose.VERIFY, (Modality.FACE, Modality.FINGER), self.agreement()
            )
            grant = self.ledger.authorise(
                unit, programme_id=programme.id, subject_id=subject_id, purpose=Purpose.VERIFY, session_id="ses_e"
            )
            self.references.put(unit, grant, templates or (finger(b"ridges"),))
            unit.cards.add_card(Card(card_id, programme.id, subject_id, today))
            unit.cards.add_private_code(PrivateCodeRow(code_lookup(read_private_code(code)), programme.id, subject_id))
            self.log.begin(unit, person, first_state(read_private_code(code), subject_id))
            logged = self.log.append_for(
                unit, person, LeafKind.ENROL, "key_test", {"desk": "desk 1"}, consent.record_hash
            )
        return Person(programme.id, subject_id, code, consent, logged)

    def open(self, reader: Reader, grant: Grant) -> OpenReferences:
        """The references of a grant's person, as the matcher opens them."""
        held = self.references.of(reader, grant)
        return open_references(self.keys.person(held.programme_id, held.subject_id), held.templates, VECTORS)

    def agreement(self) -> Agreement:
        return Agreement("ses_e", self.randomness.bytes(32), "press", self.clock.now(), "en", "1", "hash", (0, 1))

    def use(self, person: Person, outcome: str = "accepted") -> Logged:
        """One check of a person, as far as the log is concerned."""
        with self.store.write() as unit:
            keys = self.keys.person(person.programme_id, person.subject_id)
            details = {"outcome": outcome, "desk": "desk 1"}
            return self.log.append_for(unit, keys, LeafKind.CHECK, "key_test", details, person.consent.record_hash)

    def authorise(self, reader: Reader, person: Person, purpose: Purpose = Purpose.VERIFY) -> Grant:
        return self.ledger.authorise(
            reader,
            programme_id=person.programme_id,
            subject_id=person.subject_id,
            purpose=purpose,
            session_id="ses_c",
        )


@contextmanager
def keeping(folder: Path, clock: Clock | None = None) -> Iterator[Keeping]:
    """An installation that is closed at the end of the block."""
    opened = Keeping(folder, clock)
    try:
        yield opened
    finally:
        opened.close()


def finger(data: bytes, position: FingerPosition = FingerPosition.RIGHT_INDEX) -> Template:
    """A finger template of any bytes."""
    return Template(Modality.FINGER, position, SampleKind.HAND, "iso-19794-2:2005", "leader:1", data, Quality(70.0))


def face(data: bytes) -> Template:
    """A face template of a float32 vector as bytes."""
    return Template(Modality.FACE, None, SampleKind.PORTRAIT, "handfast-face:1", "sface:1", data, Quality(80.0))
