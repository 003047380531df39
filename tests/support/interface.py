"""The whole interface on a real port, over a scripted service; every answer is held against the OpenAPI document."""

import base64
import hashlib
import hmac
import http.client
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from handfast.jobs.chores import Chores
from handfast.service.owner import admin
from handfast.service.start import stop
from handfast.web.app import create_app
from support.document import Document
from support.eyes import picture
from support.listening import bound, listening
from support.scripted import Desk

Json = Any
PIN = "246810"
BOTH = ("right", "left")


@dataclass(frozen=True, slots=True)
class Told:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's stable word."""
        return str(self.json["code"])


@dataclass
class Interface:
    """A running server, its first administrator, one programme and its key; `exchanges` is all that was answered."""

    origin: str
    desk: Desk
    app: FastAPI
    administrator: str = ""
    exchanges: list[tuple[str, str, Told]] = field(default_factory=list)
    pictures: int = 0

    def __post_init__(self) -> None:
        self.document = _document(self)
        self.key = self.desk.api_key
        link = admin.first_link_token(self.desk.context)
        self.administrator = self.call("POST", "/v1/admin/claim", {"token": link}).json["token"]

    def call(
        self,
        method: str,
        path: str,
        body: Json = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Told:
        """One request on a connection of its own; fails if the document does not state the answer."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None:
            data = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=30)
        try:
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            told = Told(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()
        if path.startswith("/v1/") and path != "/v1/openapi.json":
            media_type = told.headers.get("content-type", "").partition(";")[0]
            self.document.must_allow(method, path, told.status, media_type, told.json if told.body else None)
        self.exchanges.append((method, path, told))
        return told

    def ok(self, method: str, path: str, body: Json = None, token: str | None = None, **headers: str) -> Json:
        """The same, for what must succeed."""
        told = self.call(method, path, body, token, {name.replace("_", "-"): value for name, value in headers.items()})
        assert told.status in (200, 201), told.body
        return told.json

    def open(self, token: str | None = None, **asked: Json) -> Json:
        """A session as a caller opens it."""
        return self.ok("POST", "/v1/sessions", asked, token or self.key, Idempotency_Key=uuid.uuid4().hex)

    def visit(self, person: int, token: str | None = None, **asked: Json) -> "Visit":
        """A session, opened and in the hand of a person; token: of the caller, if not this programme's key."""
        opened = self.open(token, **asked)
        return Visit(self, opened["id"], opened["link"].partition("#")[2], person)

    def enrolled(self, reference: str, person: int) -> Json:
        """Somebody enrols and chooses a PIN; what the phone was told at the end."""
        visit = self.visit(person, kind="enrol", reference=reference)
        told = visit.whole(BOTH)
        self.ok("POST", "/v1/capture/pin", {"pin": PIN}, visit.token)
        return told

    def page_of(self, enrolled: Json) -> str:
        """The token of somebody's page."""
        asked = {"private_code": enrolled["private_code"], "pin": PIN}
        return str(self.ok("POST", "/v1/me/open", asked)["token"])


@dataclass
class Visit:
    """One session on one phone in front of one person. Speaks the contract by itself, with nothing of the server's."""

    interface: Interface
    id: str
    token: str
    person: int
    challenge: Json = None
    n: int = 0

    def ask(self, method: str, step: str, body: Json = None) -> Told:
        return self.interface.call(method, f"/v1/capture{step}", body, self.token)

    def say(self, word: str = "yes") -> Told:
        notice = self.ask("GET", "").json["notice"]
        act = {"kind": "press", "at": "2026-11-23T09:00:00Z"}
        said = {"answer": word, "language": "en", "questions": [0, 1], "act": act}
        return self.ask(
            "POST", "/answer", said | {"notice_version": notice["version"], "notice_hash": notice["hash"]["en"]}
        )

    def draw(self, hands: Sequence[str] = ("right",), *, face: bool = True) -> Told:
        told = self.ask("POST", "/challenge", {"hands": list(hands), "face": face})
        self.challenge, self.n = told.json, 0
        self.drawn_at = self.interface.desk.clock.now()
        return told

    def shot(self, task: int, body: bytes | None = None) -> "Shot":
        """The next frame for a task, bound; a still where fingers are asked for."""
        desk = self.interface.desk
        desk.clock.pass_time(0.3)
        fingers = self.challenge["tasks"][task]["kind"] == "fingers"
        self.interface.pictures += 1
        body = body or picture(self.person, self.interface.pictures)
        t = int((desk.clock.now() - self.drawn_at).total_seconds() * 1000)
        shot = Shot(self.challenge["id"], task, self.n, t, "still" if fingers else "frame", body)
        self.n += 1
        return shot

    def send(self, shot: "Shot", nonce: str | None = None, **headers: str) -> Told:
        sent = {"Content-Type": "image/jpeg", "Handfast-Frame": shot.mac(nonce or self.challenge["nonce"])}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.interface.call("POST", shot.path, token=self.token, headers=sent, data=shot.body)

    def play(self) -> None:
        """Follow every step to its end."""
        task, done = 0, False
        while not done:
            told = self.send(self.shot(task))
            assert told.status == 200, told.body
            task = task if told.json["next"] is None else told.json["next"]
            done = told.json["done"]

    def captured(self, hands: Sequence[str] = ("right",)) -> None:
        """Say yes and be captured."""
        self.say()
        self.draw(hands)
        self.play()

    def whole(self, hands: Sequence[str] = ("right",)) -> Json:
        """From the welcome to the end."""
        self.captured(hands)
        told = self.ask("POST", "/finish")
        assert told.status == 200, told.body
        return told.json

    def seen_by_caller(self, token: str | None = None) -> Json:
        """What the caller polls."""
        return self.interface.ok("GET", f"/v1/sessions/{self.id}", token=token or self.interface.key)


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture on its way, as docs/interface.md says it is bound."""

    challenge: str
    task: int
    n: int
    t: int
    kind: str
    body: bytes

    @property
    def path(self) -> str:
        return f"/v1/capture/frames?task={self.task}&n={self.n}&t={self.t}&kind={self.kind}"

    def mac(self, nonce: str) -> str:
        digest = hashlib.sha256(self.body).hexdigest()
        message = f"{self.challenge}|{self.task}|{self.n}|{self.t}|{self.kind}|{digest}"
        key = base64.urlsafe_b64decode(nonce + "=")
        return base64.urlsafe_b64encode(hmac.digest(key, message.encode(), "sha256")).decode().rstrip("=")


_DOCUMENTS: list[Document] = []


def _document(running: Interface) -> Document:
    """The document as it is served, read once: it takes longer than a test."""
    if not _DOCUMENTS:
        connection = http.client.HTTPConnection(urlsplit(running.origin).netloc, timeout=30)
        connection.request("GET", "/v1/openapi.json")
        _DOCUMENTS.append(Document(json.load(connection.getresponse())))
        connection.close()
    return _DOCUMENTS[0]


@contextmanager
def interface(folder: Path, *, chores: bool = False, public_url: str | None = None) -> Iterator[Interface]:
    """Serve an empty installation with one programme until the block ends; chores: with the work beside it."""
    desk = Desk(folder)
    models = desk.settings.models_dir / "browser"
    models.mkdir(parents=True)
    (models / "hand_landmarker.task").write_bytes(b"a model")
    with bound() as (listener, origin):
        beside = Chores(desk.context) if chores else nullcontext()
        app = create_app(desk.context, browser_models=models, public_url=public_url or origin, beside=beside)
        with listening(app, listener):
            yield Interface(origin, desk, app)
    stop(desk.context)
