"""What the server spends on a capture besides judging its pictures: processor milliseconds by step, over HTTP.

    PYTHONPATH=tests .venv/bin/python bench/besides.py [--against FOLDER] [--rounds 12] [--frames 11] [--phones 4]

A whole server on scripted eyes and engines in a process of its own. Its pictures are 18 kB that are never decoded, so
that what is left is reading requests, knowing whose they are, the database, the keys, the log and the answers. One
capture after another is timed by step; then as many at once as `--phones` says, for the whole. With `--against`, a
checkout of another version, whose server takes turns with this one's, capture by capture: same bench, same Python.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from check import challenge_of
from load_line import Line
from rich.console import Console
from rich.table import Table

from handfast.base import base64url
from handfast.capture.challenge import Task, TaskKind
from handfast.capture.frames import Frame, FrameKind, binding

HERE = Path(__file__).resolve().parents[1]
STEPS = ("session", "welcome", "yes", "challenge", "frames", "finish")
FRAME_BYTES, STILL_BYTES = 18_000, 250_000


def serve(folder: Path, frames: int) -> None:
    """The server's process: says where it is, and serves until its input ends."""
    import uvicorn

    from handfast.base.clock import SystemClock
    from handfast.base.image import Image
    from handfast.capture import receive
    from handfast.service.owner.programmes import NewProgramme, create
    from handfast.service.start import open_context, stop
    from handfast.web.app import create_app
    from handfast.web.server import GUARDED
    from support.eyes import ScriptedEyes
    from support.listening import bound
    from support.scripted import PROGRAMME, Desk

    desk = Desk(folder / "keys of a desk")
    desk.close()
    senses = replace(desk.senses(), eyes=ScriptedEyes(frames))
    settings = replace(desk.settings, data_dir=folder / "data")
    context = open_context(settings, senses, clock=SystemClock(), randomness=desk.randomness)
    policy = {"attempts": 50, "operator_tries": 100_000}
    made: NewProgramme = replace(PROGRAMME, policy=policy, webhook_url=None)
    created = create(context, desk.admin, made)
    image = Image(np.full((48, 48, 3), 20, np.uint8))
    receive.decode = lambda *_: image  # type: ignore[attr-defined]  # what the bench leaves out
    (folder / "browser").mkdir()
    with bound() as (listener, origin):
        app = create_app(context, browser_models=folder / "browser", public_url=origin)
        server = uvicorn.Server(uvicorn.Config(app, **GUARDED))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        print(json.dumps([int(origin.rpartition(":")[2]), created.api_key]), flush=True)
        sys.stdin.read()
        server.should_exit = True
        thread.join()
    stop(context)


@dataclass
class Server:
    """One version's server: where it is, and what it has spent by step."""

    name: str
    port: int
    key: str
    clock: int
    spent: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def cpu(self) -> float:
        """Milliseconds of processor that it has used."""
        return time.clock_gettime(self.clock) * 1e3


@contextmanager
def running(name: str, tree: Path, frames: int) -> Iterator[Server]:
    """The server of a checkout, until the block ends."""
    path = os.pathsep.join((str(tree / "src"), str(tree / "tests")))
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(Path(__file__)), "--serve", folder, "--frames", str(frames)]
        process = subprocess.Popen(
            command, env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no pipes")
        port, key = json.loads(process.stdout.readline())
        yield Server(name, port, key, (~process.pid << 3) | 2)  # the clock of a process, as clock_getcpuclockid(3) does
        process.stdin.close()
        process.wait()


class Phone:
    """One capture: asks what the page asks, in its order; `step` hears which request comes, and of the end."""

    def __init__(self, server: Server, step: Callable[[str], None] = lambda _: None) -> None:
        self._line, self._key, self._step = Line(server.port), server.key, step
        self._times = count()

    def capture(self, kind: str, reference: str) -> None:
        """From its session to its end. RuntimeError where it does not end well."""
        self._step("session")
        headers = {"Idempotency-Key": f"{time.monotonic_ns()}"}
        link = self._ask("POST", "/v1/sessions", {"kind": kind, "reference": reference}, self._key, headers)["link"]
        token = link.partition("#")[2]
        self._step("welcome")
        notice = self._ask("GET", "/v1/capture", None, token)["notice"]
        self._step("yes")
        said = {"notice_version": notice["version"], "notice_hash": notice["hash"]["en"], "language": "en"}
        said |= {"answer": "yes", "act": {"kind": "press", "at": "2026-01-01T00:00:00Z"}, "questions": [0, 1]}
        self._ask("POST", "/v1/capture/answer", said, token)
        self._step("challenge")
        hands = ["right", "left"] if kind == "enrol" else ["right"]
        drawn = challenge_of(self._ask("POST", "/v1/capture/challenge", {"hands": hands, "face": True}, token))
        pictures = [(task, os.urandom(FRAME_BYTES)) for task in drawn.tasks]
        self._step("frames")
        began = time.monotonic()
        for task, picture in pictures:
            self._show(task, picture, token, drawn.id, drawn.nonce, began)
        self._step("finish")
        told = self._ask("POST", "/v1/capture/finish", {}, token)
        self._step("")
        if told["outcome"] not in ("accepted", "enrolled"):
            raise RuntimeError(f"{kind}: {told}")

    def _show(self, task: Task, picture: bytes, token: str, challenge: str, nonce: bytes, began: float) -> None:
        while True:
            n, still = next(self._times), task.kind is TaskKind.FINGERS
            body = n.to_bytes(8) + (os.urandom(STILL_BYTES) if still else picture)
            kind = FrameKind.STILL if still else FrameKind.FRAME
            t = round(1e3 * (time.monotonic() - began))
            frame = Frame(task.id, n, t, kind, body, "")
            mac = base64url.encode(binding(challenge, nonce, frame))
            path = f"/v1/capture/frames?task={task.id}&n={n}&t={t}&kind={kind}"
            headers = BROWSER | {"Content-Type": "image/jpeg", "Handfast-Frame": mac}
            said = self._sent("POST", path, body, headers | {"Authorization": f"Bearer {token}"})
            if said["task"]["state"] != "going":
                return

    def _ask(self, method: str, path: str, body: object, token: str, more: dict[str, str] | None = None) -> Any:
        headers = BROWSER | {"Content-Type": "application/json", "Authorization": f"Bearer {token}"} | (more or {})
        return self._sent(method, path, json.dumps(body).encode() if body is not None else None, headers)

    def _sent(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        while (said := self._line.ask(method, path, body, headers)).status == 503 and said.retry_after:
            time.sleep(said.retry_after)  # where four at once are not let in at once
        if said.status >= 400:
            raise RuntimeError(f"{method} {path}: {said.status} {said.body.decode()}")
        return json.loads(said.body)


BROWSER = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
    "Accept": "*/*",
    "Accept-Language": "en-GB,en;q=0.9",
    "Accept-Encoding": "gzip, deflate, br",
    "Origin": "https://desk.example",
    "Referer": "https://desk.example/c",
    "Sec-Fetch-Dest": "empty",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Site": "same-origin",
}
"""What a browser sends of its own accord."""


def one(server: Server) -> None:
    """One check by itself, timed by step."""
    now, was = server.cpu(), ""

    def step(name: str) -> None:
        nonlocal now, was
        then, now = now, server.cpu()
        if was:
            server.spent[was].append(now - then)
        was = name

    Phone(server, step).capture("check", "person")


def several(server: Server, phones: int) -> None:
    """As many checks at once, and what each took."""
    began = server.cpu()
    threads = [threading.Thread(target=Phone(server).capture, args=("check", "person")) for _ in range(phones)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.spent[f"{phones} at once, each"].append((server.cpu() - began) / phones)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, help="a checkout of another version")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--frames", type=int, default=11, help="of each step of face and hand")
    parser.add_argument("--phones", type=int, default=4)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(asked.serve, asked.frames)
        return
    with ExitStack() as ending:
        trees = {"this": HERE} | ({"other": asked.against} if asked.against else {})
        servers = [ending.enter_context(running(name, tree, asked.frames)) for name, tree in trees.items()]
        for server in servers:
            Phone(server).capture("enrol", "person")
            one(server)  # warm
            server.spent.clear()
        for _ in range(asked.rounds):
            for server in servers:
                one(server)
        for _ in range(max(1, asked.rounds // 2)):
            for server in servers:
                several(server, asked.phones)
        Console().print(table(servers))


def table(servers: list[Server]) -> Table:
    """Medians by step, and the ratio of this version to the other."""
    told = Table("processor, ms", *(server.name for server in servers), *["ratio"] * (len(servers) > 1))
    for server in servers:
        server.spent["a capture"] = [sum(each) for each in zip(*(server.spent[name] for name in STEPS), strict=True)]
    for name in (*STEPS, "a capture", *(name for name in servers[0].spent if " at once" in name)):
        medians = [float(np.median(server.spent[name])) for server in servers]
        ratio = [f"{medians[0] / medians[1]:.2f}"] if len(medians) > 1 else []
        told.add_row(name, *(f"{median:.1f}" for median in medians), *ratio)
    return told


if __name__ == "__main__":
    main()
