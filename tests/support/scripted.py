"""A whole service on scripted eyes and engines: flows from end to end without any model."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from argon2 import PasswordHasher

from handfast.base.modality import FingerPosition, Hand, Modality, SampleKind
from handfast.base.randomness import SystemRandomness
from handfast.base.roles import Right, Role
from handfast.base.sample import Acquisition, Comparer, ModalityEngine, Sample
from handfast.base.settings import Settings
from handfast.base.template import Score, Template
from handfast.capture.places import Places
from handfast.consent.purpose import Purpose
from handfast.decision.tables import Basis, Table, Tables
from handfast.gallery.opened import open_references
from handfast.gallery.references import Held
from handfast.matcher.matching import Comparing
from handfast.service import capturing, finish, sessions
from handfast.service.capturing import Act, PersonsAnswer
from handfast.service.context import Context
from handfast.service.desk.actors import Actor, authenticate
from handfast.service.enrol import EnrolAnswer
from handfast.service.owner.api_keys import add_key
from handfast.service.owner.programmes import NewProgramme, create, listed, webhook_secret
from handfast.service.sessions import NewSession, OpenedSession
from handfast.service.start import Senses, open_context, stop
from handfast.service.verify import CheckAnswer
from handfast.storage.keys.store import Keys
from handfast.storage.tables.devices import Device
from support.eyes import ScriptedEyes, ScriptedPhone
from support.matching import Beside
from support.postgres import place_of
from support.searching import number_searchers
from support.service import FixedClock, SeededRandomness

NOTICES = MappingProxyType({"en": "ab" * 32})
PROGRAMME = NewProgramme(
    name="Clinic A",
    purpose="To find your file.",
    who_sees="The people at the desk.",
    retention_days=365,
    another_way=("Show the letter you got from us.",),
    return_urls=("https://clinic.example/back",),
    webhook_url="https://clinic.example/hook",
    find=True,
    duplicate_check=True,
)


class ScriptedEngine:
    """Compares the people that scripted templates name: 1.0 for the same person, 0.0 for two."""

    def __init__(self, modality: Modality) -> None:
        self.modality = modality
        self.compared = 0

    def acquire(self, samples: Sequence[Sample]) -> Acquisition:
        raise AssertionError("scripted eyes acquire")

    def for_one_search(self) -> Comparer:
        return self

    def compare(self, references: Sequence[Template], probes: Sequence[Template]) -> tuple[Score, ...]:
        self.compared += 1
        shared = sorted({r.position for r in references} & {p.position for p in probes}, key=str)
        return tuple(self._score(position, references, probes) for position in shared)

    def _score(
        self, position: FingerPosition | None, references: Sequence[Template], probes: Sequence[Template]
    ) -> Score:
        mine, theirs = ({t.data for t in side if t.position is position} for side in (references, probes))
        kind = references[0].kind
        return Score(self.modality, position, "scripted:1", kind, kind, 1.0 if mine & theirs else 0.0)


def scripted_tables() -> Tables:
    """Two people are told apart by 4 to -4 of log10."""
    kinds = (SampleKind.PORTRAIT, SampleKind.HAND)
    return Tables.of([_table(kind) for kind in kinds])


def _table(kind: SampleKind) -> Table:
    return Table(
        id=f"scripted-{kind}",
        comparator="scripted:1",
        reference_kind=kind,
        probe_kind=kind,
        basis=Basis.STUDY,
        description="scripted",
        counts={"people": 10_000, "person_pairs": 10_000_000, "mated": 10_000, "nonmated": 10_000_000},
        floor=-4.0,
        ceiling=4.0,
        scores=(0.0, 1.0),
        llrs=(-4.0, 4.0),
    )


@dataclass
class Desk:
    """A running service with one programme, its caller, and people who come; on a folder that may have been used."""

    folder: Path
    seed: int = 0
    clock: FixedClock = field(default_factory=FixedClock)
    eyes: ScriptedEyes = field(default_factory=lambda: ScriptedEyes(frames=1))
    separate: bool = "HANDFAST_TEST_SEPARATE" in os.environ
    """Whether the matcher is asked over its socket, as where it runs in a process of its own."""

    def __post_init__(self) -> None:
        self.engines: dict[Modality, ModalityEngine] = {m: ScriptedEngine(m) for m in Modality}
        self.randomness = SeededRandomness(self.seed)
        place = place_of(self.folder)
        self.settings = Settings(
            self.folder / "data",
            self.folder / "models",
            self.folder / "etc" / "root.key",
            database=place if isinstance(place, str) else "",
        )
        self.context = self.opened()
        self.admin = Actor("administrator", "adm_test", None, "administrator")
        there = listed(self.context, self.admin)
        if there:
            self.programme = there[0]
            self.api_key = add_key(self.context, self.admin, self.programme.id, "another").api_key
        else:
            created = create(self.context, self.admin, PROGRAMME)
            self.programme, self.api_key = created.programme, created.api_key
        self.webhook_secret = webhook_secret(self.context, self.programme.id)
        self.caller = authenticate(self.context, self.api_key)
        self.pictures = 0
        self.requests = 0

    def senses(self) -> Senses:
        """What sees and compares."""
        return Senses(self.eyes, self.engines, scripted_tables(), frozenset(), searchers=number_searchers())

    def opened(self) -> Context:
        """The service opened on its folder, with a PIN hash that takes no time."""
        senses = self.senses()
        if self.separate:
            comparing = Comparing(senses.engines, senses.tables, senses.searchers, senses.vector_formats)
            self.beside = Beside(replace(self.settings, matcher=None), comparing, self.clock, SystemRandomness())
            self.settings = replace(self.settings, matcher=self.beside.socket)
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        context = open_context(self.settings, senses, clock=self.clock, randomness=self.randomness, hasher=quick)
        context.live.places = Places(cores=64)  # room for all who begin within a moment, as they do in tests
        return context

    @property
    def keys(self) -> Keys:
        """The keys themselves, which only the matcher holds."""
        keys = self.beside.keys if self.separate else self.context.keys
        assert isinstance(keys, Keys)
        return keys

    def templates(self, held: Held) -> tuple[Template, ...]:
        """Somebody's references, as only the matcher opens them."""
        person = self.keys.person(held.programme_id, held.subject_id)
        return open_references(person, held.templates, self.senses().vector_formats).plain()

    def restart(self) -> None:
        """Stop and start again on the same folder."""
        self.close()
        self.context = self.opened()

    def close(self) -> None:
        """Stop."""
        stop(self.context)
        if self.separate:
            self.beside.close()

    @property
    def finder(self) -> Actor:
        """An operator with the right to find, on a phone that is paired with this desk."""
        now, programme = self.clock.now(), self.caller.programme_id or ""
        phone = Device("dev_test", "opr_test", programme, "Desk", b"", now, now)
        return Actor("operator", "opr_test", programme, "Desk", (Right(Role.FINDER, programme),), phone)

    def open(self, new: NewSession) -> OpenedSession:
        """A session as the caller opens it."""
        return self.open_as(self.caller, new)

    def open_as(self, actor: Actor, new: NewSession) -> OpenedSession:
        """A session as somebody opens it."""
        self.requests += 1
        return sessions.open_session(self.context, actor, new, f"request {self.requests}")

    def say(self, token: str, word: str = "yes", missed: int = 0, also: tuple[Purpose, ...] = ()) -> None:
        """The person's yes or no, questions missed at the first go, further purposes agreed to."""
        act = Act("press", "2026-11-23T09:00:00Z")
        said = PersonsAnswer("yes" if word == "yes" else "no", "en", "1", NOTICES["en"], (0, 1), act, missed, also)
        capturing.answer(self.context, token, said, NOTICES)

    def phone(
        self,
        token: str,
        person: int,
        hands: tuple[Hand, ...] = (Hand.RIGHT,),
        missing: frozenset[FingerPosition] = frozenset(),
        *,
        face: bool = True,
    ) -> ScriptedPhone:
        """A phone with a fresh challenge in front of a person."""
        challenge = capturing.begin(self.context, token, hands, missing, face=face)
        self.pictures += 1000
        return ScriptedPhone(challenge, self.clock, person, self.pictures)

    def play(self, token: str, phone: ScriptedPhone) -> None:
        """Follow every step to its end."""
        task, done = 0, False
        while not done:
            answer = capturing.frame(self.context, token, phone.frame(task))
            task = answer.task.id if answer.next is None else answer.next
            done = answer.done

    def enrol(self, reference: str, person: int) -> EnrolAnswer:
        """Somebody enrols."""
        session = self.open(NewSession("enrol", reference=reference))
        self.say(session.token)
        self.play(session.token, self.phone(session.token, person, (Hand.RIGHT, Hand.LEFT)))
        answer = finish.finish(self.context, session.token)
        assert isinstance(answer, EnrolAnswer)
        return answer

    def check(self, person: int, *, reference: str | None = None, card: str | None = None) -> CheckAnswer:
        """Somebody comes to be checked against a reference or a card."""
        session = self.open(NewSession("check", reference=reference, card=card))
        self.say(session.token)
        self.play(session.token, self.phone(session.token, person))
        answer = finish.finish(self.context, session.token)
        assert isinstance(answer, CheckAnswer)
        return answer
