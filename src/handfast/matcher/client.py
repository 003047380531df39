"""Asking a matcher in another process: the keys and the matcher as the server knows them, one question at a time."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from handfast.base.decision import Assurance, Decision
from handfast.base.errors import MatcherAway, SetupError
from handfast.base.search import SearchCode
from handfast.base.template import Template
from handfast.consent.purpose import Purpose
from handfast.decision.policy import Policy
from handfast.gallery.references import Held, Rows
from handfast.gallery.search_set import Turned
from handfast.matcher.answers import Answers
from handfast.matcher.calls import answer, calls, question
from handfast.matcher.matcher import Among, Looked, Probes
from handfast.matcher.wire import Garbled, receive, send
from handfast.storage.keys.opened import key_id_of
from handfast.storage.keys.store import INSTALLATION
from handfast.storage.tables.search_codes import SearchCodeRow
from handfast.storage.tables.templates import TemplateRow

PATIENCE = 60.0  # seconds for an answer: a find compares a dozen people
START_PATIENCE = 30.0  # seconds for a matcher that is starting too
ONCE = frozenset({"create_programme", "create_person"})
"""Questions that are not asked again when a connection turns out to be dead: they may have been heard."""

P = ParamSpec("P")
T = TypeVar("T")


class Line:
    """Connections to one matcher, one for each thread that asks at the same time."""

    def __init__(self, path: Path, store_id: str, *, used: bool) -> None:
        self._path = path
        self._greeting = [store_id, used]
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()
        self._keep(self._first())

    def ask(self, what: Callable[Concatenate[Answers, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer to one question. MatcherAway if none comes; whatever was raised there."""
        if kwargs:
            raise TypeError("questions take their arguments in order")
        call = calls()[what.__name__]
        message, blobs = question(call, args)
        told = self._told(message, blobs, again=call.name not in ONCE)
        try:
            found: T = answer(call, *told)
        except Garbled as error:
            raise MatcherAway("the matcher's answer is not understood") from error
        return found

    def close(self) -> None:
        with self._lock:
            for one in self._idle:
                one.close()
            self._idle.clear()

    def _told(self, message: Any, blobs: Sequence[bytes], *, again: bool) -> tuple[Any, tuple[bytes, ...]]:
        kept = self._kept()
        if kept is not None:
            try:
                return self._exchange(kept, message, blobs)
            except MatcherAway:
                self.close()  # every connection of that matcher is dead
                if not again:
                    raise
        return self._exchange(self._connect(), message, blobs)

    def _exchange(self, over: socket.socket, message: Any, blobs: Sequence[bytes]) -> tuple[Any, tuple[bytes, ...]]:
        try:
            send(over, message, blobs)
            told = receive(over)
        except (OSError, Garbled) as error:
            over.close()
            raise MatcherAway("the matcher is being started again") from error
        if told is None:
            over.close()
            raise MatcherAway("the matcher is being started again")
        self._keep(over)
        return told

    def _first(self) -> socket.socket:
        """The first connection, for which a matcher that starts beside this server is waited for."""
        ends = time.monotonic() + START_PATIENCE
        while True:
            try:
                return self._connect()
            except MatcherAway:
                if time.monotonic() > ends:
                    raise
                time.sleep(0.02)

    def _connect(self) -> socket.socket:
        """A connection on which the matcher answers for this database. MatcherAway, SetupError."""
        over = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        over.settimeout(PATIENCE)
        try:
            over.connect(str(self._path))
            send(over, self._greeting, [])
            told = receive(over)
        except (OSError, Garbled) as error:
            over.close()
            raise MatcherAway("the matcher is being started again") from error
        match told:
            case ([True, int()], _):
                return over
            case ([False, [str(), str(words)]], _):
                over.close()
                raise SetupError(words)
        over.close()
        raise MatcherAway("this matcher does not take this server's questions")

    def _kept(self) -> socket.socket | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _keep(self, one: socket.socket) -> None:
        with self._lock:
            self._idle.append(one)


@dataclass(frozen=True, slots=True)
class AskedProgramme:
    """Fulfils ProgrammeKeys."""

    line: Line
    programme_id: str

    def lookup(self, reference: str) -> bytes:
        return self.line.ask(Answers.lookup, self.programme_id, reference)

    def seal(self, plain: bytes, *place: str) -> bytes:
        return self.line.ask(Answers.seal_for_programme, self.programme_id, plain, place)

    def unseal(self, sealed: bytes, *place: str) -> bytes:
        return self.line.ask(Answers.unseal_for_programme, self.programme_id, sealed, place)

    def webhook_secret(self) -> bytes:
        return self.line.ask(Answers.webhook_secret, self.programme_id)

    def link_token(self, session_id: str) -> bytes:
        return self.line.ask(Answers.link_token, self.programme_id, session_id)


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """Fulfils PersonKeys."""

    line: Line
    programme_id: str
    subject_id: str

    def seal(self, plain: bytes, *place: str) -> bytes:
        return self.line.ask(Answers.seal, self.programme_id, self.subject_id, plain, place)

    def unseal(self, sealed: bytes, *place: str) -> bytes:
        return self.line.ask(Answers.unseal, self.programme_id, self.subject_id, sealed, place)

    def use_key(self, state: bytes) -> bytes:
        return self.line.ask(Answers.use_key, self.programme_id, self.subject_id, state)

    def pseudonym(self) -> str:
        return self.line.ask(Answers.pseudonym, self.programme_id, self.subject_id)


@dataclass(frozen=True, slots=True)
class AskedSigner:
    """Fulfils Signer."""

    line: Line
    name: str
    public: bytes

    @property
    def key_id(self) -> str:
        return key_id_of(self.public)

    def sign(self, message: bytes) -> bytes:
        return self.line.ask(Answers.sign, self.name, message)


class AskedKeys:
    """Fulfils Keyring."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def create_programme(self, programme_id: str) -> AskedProgramme:
        self._line.ask(Answers.create_programme, programme_id)
        return AskedProgramme(self._line, programme_id)

    def programme(self, programme_id: str) -> AskedProgramme:
        self._line.ask(Answers.find_programme, programme_id)
        return AskedProgramme(self._line, programme_id)

    def installation(self) -> AskedProgramme:
        return AskedProgramme(self._line, INSTALLATION)

    def create_person(self, programme_id: str, subject_id: str) -> AskedPerson:
        self._line.ask(Answers.create_person, programme_id, subject_id)
        return AskedPerson(self._line, programme_id, subject_id)

    def person(self, programme_id: str, subject_id: str) -> AskedPerson:
        self._line.ask(Answers.find_person, programme_id, subject_id)
        return AskedPerson(self._line, programme_id, subject_id)

    def destroy_person(self, subject_id: str) -> bool:
        return self._line.ask(Answers.destroy_person, subject_id)

    def destroyed(self) -> frozenset[str]:
        return self._line.ask(Answers.destroyed)

    def destroy_programme(self, programme_id: str) -> bool:
        return self._line.ask(Answers.destroy_programme, programme_id)

    def people(self) -> tuple[str, ...]:
        return self._line.ask(Answers.people)

    def programmes(self) -> tuple[str, ...]:
        return self._line.ask(Answers.programmes)

    def signer(self, name: str) -> AskedSigner:
        return AskedSigner(self._line, name, self._line.ask(Answers.public_key, name))

    def peppered(self, word: str) -> bytes:
        return self._line.ask(Answers.peppered, word)

    def close(self) -> None:
        self._line.close()


class Asked:
    """Fulfils Matcher."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def sealed(self, rows: Sequence[TemplateRow], templates: Sequence[Template]) -> Rows:
        return self._line.ask(Answers.sealed, rows, templates)

    def resealed(self, held: Held, rows: Sequence[TemplateRow]) -> Rows:
        return self._line.ask(Answers.resealed, held, rows)

    def decide(
        self, held: Held | None, probes: Probes, policy: Policy, assurance: Assurance, *, programme_live: bool
    ) -> Decision:
        return self._line.ask(Answers.decide, held, probes, policy, assurance, programme_live)

    def find(self, probes: Probes | Held, people: Sequence[Held], among: Among, purpose: Purpose, live: bool) -> Looked:
        return self._line.ask(Answers.find, probes, people, among, purpose, live)

    def least_face(self) -> float | None:
        return self._line.ask(Answers.least_face)

    def sealed_code(self, row: SearchCodeRow, codes: Sequence[SearchCode]) -> SearchCodeRow:
        return self._line.ask(Answers.sealed_code, row, codes)

    def recoded(self, held: Held, row: SearchCodeRow) -> SearchCodeRow:
        return self._line.ask(Answers.recoded, held, row)

    def turned(self, programme_id: str, epoch: bytes, codes: Sequence[SearchCode]) -> tuple[SearchCode, ...]:
        return self._line.ask(Answers.turned, programme_id, epoch, codes)

    def opened(self, programme_id: str, epoch: bytes, rows: Sequence[SearchCodeRow]) -> tuple[Turned, ...]:
        return self._line.ask(Answers.opened, programme_id, epoch, rows)
