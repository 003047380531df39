"""How long a check takes: from the last byte of the last still to the outcome, over HTTP on loopback, real models.

    .venv/bin/python bench/check.py [--checks 20] [--matcher]

The person is an actor (a free test portrait and a synthetic hand). Prints one table; milliseconds.
"""

import argparse
import http.client
import json
import os
import socket
import tempfile
import threading
import time
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from rich.console import Console
from rich.progress import track
from rich.table import Table

from handfast.base.modality import FingerPosition, Hand
from handfast.base.settings import Settings
from handfast.capture.challenge import Camera, Challenge, Task, TaskKind
from handfast.capture.frames import Frame, FrameKind
from handfast.capture.progress import FrameAnswer, TaskProgress
from handfast.cli.demo_programme import DEMO, OPERATOR
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.lab.phone import Phone
from handfast.matcher.child import child_matcher
from handfast.models.store import ModelStore
from handfast.service.context import Context
from handfast.service.owner import admin, programmes
from handfast.service.start import start, stop
from handfast.web.app import create_app
from handfast.web.server import GUARDED

WORDS = {position.plain_name: position for position in FingerPosition}


class Wire:
    """One kept-alive connection to the server, as a phone has it."""

    def __init__(self, port: int, administrator: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        self._administrator = administrator
        self.still_ms = 0.0

    def ask(self, method: str, path: str, body: object = None, token: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token or self._administrator}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = uuid.uuid4().hex
        return self._sent(method, path, json.dumps(body).encode() if body is not None else None, headers)

    def frame(self, token: str, frame: Frame) -> FrameAnswer:
        path = f"/v1/capture/frames?task={frame.task}&n={frame.n}&t={frame.t}&kind={frame.kind}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/jpeg", "Handfast-Frame": frame.mac}
        began = time.perf_counter()
        said = self._sent("POST", path, frame.body, headers)
        if frame.kind is FrameKind.STILL:
            self.still_ms = (time.perf_counter() - began) * 1e3
        return FrameAnswer(
            TaskProgress(**said["task"]), said["next"], said["hint"], None, None, said["done"], said["dot"]
        )

    def _sent(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        said = json.loads(answer.read())
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path.split('?')[0]}: {said}")
        return said


def capture(wire: Wire, actor: Actor, programme: str, kind: str) -> tuple[str, float, float]:
    """One session by an actor: outcome, milliseconds of the last still, milliseconds of the finish."""
    opened = wire.ask("POST", "/v1/sessions", {"kind": kind, "programme": programme, "reference": "someone"})
    token = opened["link"].split("#")[1]
    view = wire.ask("GET", "/v1/capture", token=token)
    act = {"kind": "press", "at": "2026-01-01T00:00:00Z"}
    notice = view["notice"]
    said = {"answer": "yes", "language": "en", "notice_version": notice["version"], "notice_hash": notice["hash"]["en"]}
    wire.ask("POST", "/v1/capture/answer", said | {"act": act, "questions": [0, 1] if kind == "enrol" else []}, token)
    drawn = wire.ask("POST", "/v1/capture/challenge", {"hands": [Hand.RIGHT], "face": True}, token)
    phone = Phone(challenge_of(drawn), actor, lambda frame: wire.frame(token, frame))
    for _step in phone.follow():
        pass
    began = time.perf_counter()
    told = wire.ask("POST", "/v1/capture/finish", {}, token)
    return told["outcome"], wire.still_ms, (time.perf_counter() - began) * 1e3


def challenge_of(drawn: dict[str, Any]) -> Challenge:
    """The challenge as a phone reads it."""
    over = datetime.fromisoformat(drawn["expires_at"])
    tasks = tuple(
        Task(
            each["id"],
            TaskKind(each["kind"]),
            Camera(each["camera"]),
            Hand(each["hand"]) if each["hand"] else None,
            tuple(WORDS[word] for word in each["positions"]),
            each["stills"],
            each["retakes"],
            each["seconds"],
            count=each["count"],
        )
        for each in drawn["tasks"]
    )
    return Challenge(drawn["id"], urlsafe_b64decode(drawn["nonce"] + "=="), tasks, over, over)


@contextmanager
def served(context: Context, models_dir: Path) -> Iterator[int]:
    """The application on a port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        app = create_app(context, browser_models=models_dir / "browser", public_url=f"http://127.0.0.1:{port}")
        server = uvicorn.Server(uvicorn.Config(app, **GUARDED | {"timeout_keep_alive": 600}))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield port
        server.should_exit = True
        thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checks", type=int, default=20)
    parser.add_argument(
        "--matcher", action="store_true", help="the same with a matcher in a process of its own, in turn"
    )
    asked = parser.parse_args()
    models_dir = Settings.from_environment().models_dir
    models = ModelStore(models_dir)
    portrait = decode((models_dir / "portraits" / "person_a_1.jpg").read_bytes())
    with ExitStack() as ending:
        places = {"one process": ending.enter_context(place(models_dir, separate=False))}
        if asked.matcher:
            places["a matcher apart"] = ending.enter_context(place(models_dir, separate=True))
        for wire, programme in places.values():
            capture(wire, Actor(portrait, Person(1), models, seed=1), programme, "enrol")
        rows: dict[str, list[tuple[str, float, float]]] = {name: [] for name in places}
        for number in track(range(asked.checks), "checks", console=Console(stderr=True)):
            for name, (wire, programme) in places.items():
                actor = Actor(portrait, Person(1), models, seed=100 + number)
                rows[name].append(capture(wire, actor, programme, "check"))
    for name, measured in rows.items():
        show(name, measured)


@contextmanager
def place(models_dir: Path, *, separate: bool) -> Iterator[tuple[Wire, str]]:
    """A server with a programme of its own."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        settings = Settings(Path(folder) / "data", models_dir, Path(folder) / "root.key")
        if separate:
            settings = replace(settings, matcher=ending.enter_context(child_matcher(settings)).socket)
        context = start(settings)
        ending.callback(stop, context)
        programme = programmes.create(context, OPERATOR, DEMO).programme.id
        administrator = admin.claim(context, str(admin.first_link_token(context)))
        port = ending.enter_context(served(context, models_dir))
        yield Wire(port, administrator), programme


def show(name: str, rows: list[tuple[str, float, float]]) -> None:
    still, finish = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    table = Table("step", "p50 ms", "p95 ms", title=f"{name}: {len(rows)} checks, {len(os.sched_getaffinity(0))} cores")
    for name, values in (
        ("last still to its answer", still),
        ("finish", finish),
        ("last byte to outcome", still + finish),
    ):
        table.add_row(name, f"{np.percentile(values, 50):.0f}", f"{np.percentile(values, 95):.0f}")
    Console().print(table)
    outcomes = sorted({row[0] for row in rows})
    Console().print({outcome: sum(row[0] == outcome for row in rows) for outcome in outcomes})


if __name__ == "__main__":
    main()
