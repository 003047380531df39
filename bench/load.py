"""Checks arriving as they come, over HTTP on loopback: latency by rate up to saturation, then twice as many.

    .venv/bin/python bench/load.py [--rates 0.5,1,1.5,2] [--seconds 20] [--overload 60] [--database URL]

Open loop: a check begins when its time has come, whether or not others have ended. Each is the whole capture of a face
and four fingers by real models, its pictures drawn beforehand; a phone sends a frame when the last one is answered,
but not more often than --fps. Server and phones are two processes on the same cores. Where the server says 503, the
phone waits as long as Retry-After says; then it sends the next picture, or the same photo under a new number and time,
as the page does, and no picture sooner after another than the server wants it. Latency: from the last byte of the last
still to the outcome.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import struct
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from check import challenge_of, served
from rich.console import Console
from rich.progress import track
from rich.table import Table

from handfast.base import base64url
from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.base.settings import Settings
from handfast.capture.challenge import Aim, Camera, Challenge, Task, TaskKind
from handfast.capture.frames import MAX_BYTES, Frame, FrameKind, binding
from handfast.cli.demo_programme import DEMO, OPERATOR
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.imaging.encode import jpeg
from handfast.lab.actor import Actor
from handfast.models.store import ModelStore
from handfast.service import admin, programmes
from handfast.service.start import start, stop

GIVE_UP = 120.0  # seconds after which a phone stops trying
PREVIEWS = 3
ENROLLING_FPS = 5.0
STILLS = 5  # different photos of a hand: an enrolment takes several
POLICY = {"target_far": 1e-2, "attempts": 50, "operator_tries": 100_000}


def serve(settings: Settings, told: Connection) -> None:
    """The server's process: tells where it is, serves until it is told to stop, then tells what it kept."""
    context = start(settings)
    programme = programmes.create(context, OPERATOR, replace(DEMO, policy=POLICY)).programme.id
    administrator = admin.claim(context, str(admin.first_link_token(context)))
    with served(context, settings.models_dir) as port:
        told.send((port, programme, administrator))
        while told.recv() == "cpu":
            told.send(time.process_time())
        with context.store.read() as reader:
            leaves = Counter(json.loads(leaf)["kind"] for leaf in reader.log.leaves())
            told.send((leaves["check"], leaves["abandoned"]))
    stop(context)


class Film:
    """An actor's pictures of every task there can be, as JPEG, drawn once."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._drawn: dict[object, list[bytes]] = {}

    def draw_all(self) -> None:
        for kind in TaskKind:
            hands = (Hand.RIGHT,) if kind in (TaskKind.HAND, TaskKind.FINGERS) else (None,)
            for hand in hands:
                fingers = FOUR_FINGERS[Hand.RIGHT] if kind is TaskKind.FINGERS else ()
                task = Task(0, kind, Camera.FRONT, hand, fingers, 1, 1, 30, count=2 if kind is TaskKind.COUNT else 0)
                if kind is TaskKind.FINGERS:
                    self._still(task)
                for aim in Aim if kind is TaskKind.FOLLOW else (None,):
                    self.frames(task, aim)

    def frames(self, task: Task, aim: Aim | None = None) -> list[bytes]:
        key = (task.kind, task.hand, task.count, aim)
        if key not in self._drawn:
            images = self._actor.frames(task, dot=lambda: aim)
            self._drawn[key] = [_jpeg(image, MAX_BYTES[FrameKind.FRAME]) for image in images]
        return self._drawn[key]

    def still(self, task: Task, number: int) -> bytes:
        return self._still(task)[number % STILLS]

    def _still(self, task: Task) -> list[bytes]:
        key = ("still", task.hand)
        if key not in self._drawn:
            self._drawn[key] = [_jpeg(self._actor.still(task), MAX_BYTES[FrameKind.STILL]) for _ in range(STILLS)]
        return self._drawn[key]


def _jpeg(image: Image, limit: int) -> bytes:
    return next(body for quality in (88, 80, 70, 60, 50) if len(body := jpeg(image, quality)) <= limit)


def fresh(body: bytes) -> bytes:
    """The same picture as bytes that were never sent before: a comment after the start of the image."""
    return body[:2] + b"\xff\xfe" + struct.pack(">H", 18) + os.urandom(16) + body[2:]


@dataclass
class Told:
    """How one check went."""

    due: float
    outcome: str = "lost"
    latency: float = 0.0
    whole: float = 0.0
    refused: int = 0
    ended: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Phone:
    """One check of somebody, or their enrolment, from its link to its outcome."""

    def __init__(
        self, server: "Server", film: Film, fps: float, due: float, reference: str, kind: str = "check"
    ) -> None:
        self._reference = reference
        self._kind = kind
        self._server = server
        self._film = film
        self._pause = 1 / fps
        self.told = Told(due)
        self._line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._stop = due + GIVE_UP

    def check(self) -> None:
        try:
            self._check()
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            self.told.wrong.append(repr(error)[:200])
        finally:
            self.told.ended = time.monotonic()
            self._line.close()

    def _check(self) -> None:
        began = time.monotonic()
        new = {"kind": self._kind, "programme": self._server.programme, "reference": self._reference}
        link = self._ask("POST", "/v1/sessions", new, self._server.administrator)["link"]
        token = link.split("#")[1]
        notice = self._ask("GET", "/v1/capture", None, token)["notice"]
        act = {"kind": "press", "at": "2026-01-01T00:00:00Z"}
        version = {"notice_version": notice["version"], "notice_hash": notice["hash"]["en"]}
        said = {"answer": "yes", "language": "en", "act": act} | version
        said["questions"] = [0, 1] if self._kind == "enrol" else []
        self._ask("POST", "/v1/capture/answer", said, token)
        drawn = self._ask("POST", "/v1/capture/challenge", {"hands": [Hand.RIGHT], "face": True}, token)
        last = self._show(challenge_of(drawn), token)
        told = self._ask("POST", "/v1/capture/finish", {}, token)
        now = time.monotonic()
        self.told.outcome, self.told.latency, self.told.whole = told["outcome"], now - last, now - began

    def _show(self, challenge: Challenge, token: str) -> float:
        """Do every task; when the last byte of the last still was sent."""
        began, number, sent, pause = time.monotonic(), count(), 0.0, self._pause
        for task in challenge.tasks:
            self._dot: str | None = None
            for kind, picture in self._pictures(task):
                answer = None
                while answer is None:
                    sent = time.monotonic()
                    elapsed = round((sent - began) * 1000)
                    loose = Frame(task=task.id, n=next(number), t=elapsed, kind=kind, body=fresh(picture), mac="")
                    mac = base64url.encode(binding(challenge.id, challenge.nonce, loose))
                    answer = self._frame(token, replace(loose, mac=mac))
                    if kind is not FrameKind.STILL:  # as the page does it: the next picture will count instead
                        break
                if answer is not None:
                    self._dot, pause = answer["dot"], max(self._pause, answer["next_in_ms"] / 1000)
                    if answer["task"]["state"] != "going":
                        break
                if kind is not FrameKind.STILL:
                    time.sleep(max(0.0, sent + pause - time.monotonic()))
        return sent

    def _pictures(self, task: Task) -> Iterator[tuple[FrameKind, bytes]]:
        if task.kind is TaskKind.FINGERS:
            yield from ((FrameKind.PREVIEW, picture) for picture in self._film.frames(task)[-PREVIEWS:])
            yield from ((FrameKind.STILL, self._film.still(task, n)) for n in range(task.stills + task.retakes))
        elif task.kind is TaskKind.FOLLOW:
            aim, shown = None, 0
            for _ in range(200):
                now = Aim(self._dot) if self._dot else None
                aim, shown = (aim, shown + 1) if now == aim else (now, 0)
                frames = self._film.frames(task, aim or Aim.LEFT)
                yield FrameKind.FRAME, frames[0 if aim is None else min(shown, len(frames) - 1)]
        else:
            for _ in range(5):
                yield from ((FrameKind.FRAME, picture) for picture in self._film.frames(task))

    def _ask(self, method: str, path: str, body: object, token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers["Idempotency-Key"] = uuid.uuid4().hex
        return self._sent(method, path, json.dumps(body).encode() if body is not None else None, headers)

    def _frame(self, token: str, frame: Frame) -> Any:
        path = f"/v1/capture/frames?task={frame.task}&n={frame.n}&t={frame.t}&kind={frame.kind}"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/jpeg", "Handfast-Frame": frame.mac}
        return self._sent("POST", path, frame.body, headers, again=False)

    def _sent(self, method: str, path: str, body: bytes | None, headers: dict[str, str], *, again: bool = True) -> Any:
        """What the server says; None where it was busy and this is not to be sent again as it is."""
        while True:
            self._line.request(method, path, body, headers)
            answer = self._line.getresponse()
            said = answer.read()
            if answer.status < 400:
                return json.loads(said)
            after = answer.headers.get("Retry-After")
            if answer.status != 503 or after is None or time.monotonic() > self._stop:
                raise RuntimeError(f"{answer.status} {path.split('?')[0]} {said[:160].decode()}")
            self.told.refused += 1
            time.sleep(int(after) + random.random())
            if not again:
                return None


@dataclass
class Server:
    """Where the server is and how to ask its process."""

    port: int
    programme: str
    administrator: str
    told: Connection
    people: int
    comes: Iterator[int] = field(default_factory=count)

    def next_person(self) -> str:
        """The reference of whoever comes next."""
        return f"person {next(self.comes) % self.people}"

    def cpu(self) -> float:
        """Seconds of processor that it has used."""
        self.told.send("cpu")
        return float(self.told.recv())


def arrive(server: Server, film: Film, rate: float, seconds: float, fps: float) -> tuple[list[Told], float, float]:
    """Checks at a rate for so long, until the last has ended; how each went, server CPU and seconds in all."""
    chance, began, used = random.Random(rate), time.monotonic(), server.cpu()
    due, phones, threads = began, [], []
    while (due := due + chance.expovariate(rate)) < began + seconds:
        phone = Phone(server, film, fps, due, server.next_person())
        phones.append(phone)
        time.sleep(max(0.0, due - time.monotonic()))
        thread = threading.Thread(target=phone.check, daemon=True)
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return [phone.told for phone in phones], server.cpu() - used, time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--rates", default="0.5,1,1.5,2,2.5")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--overload", type=float, default=0, help="seconds at twice the highest rate")
    parser.add_argument("--fps", type=float, default=4)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    models_dir = Settings.from_environment().models_dir
    models = ModelStore(models_dir)
    portraits = [decode((models_dir / "portraits" / f"person_a_{n}.jpg").read_bytes()) for n in (1, 2)]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "data", models_dir, Path(folder) / "root.key", asked.database)
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, there))
        process.start()
        server = Server(*here.recv(), told=here, people=asked.people)
        films = [Film(Actor(portraits[n], Person(1), models, seed=1 + n)) for n in range(2)]
        enrol(server, films[0])
        films[1].draw_all()
        run(server, films[1], asked)
        here.send("stop")
        process_leaves(here.recv())
        process.join()


def enrol(server: Server, film: Film) -> None:
    """Everyone, one after the other. RuntimeError where somebody was not enrolled."""
    film.draw_all()
    for _ in track(range(server.people), "enrolling", console=Console(stderr=True)):
        phone = Phone(server, film, ENROLLING_FPS, time.monotonic(), server.next_person(), "enrol")
        phone.check()
        if phone.told.outcome != "enrolled":
            raise RuntimeError(f"not enrolled: {phone.told}")


def run(server: Server, film: Film, asked: argparse.Namespace) -> None:
    arrive(server, film, 0.5, 6, asked.fps)  # warm
    table = Table(
        "checks/s", "checks", "done/s", "p50 s", "p95 s", "whole p50", "503", "CPU s/check", "outcomes", "wrong"
    )
    rates = [float(rate) for rate in asked.rates.split(",")]
    for rate in rates:
        told, cpu, seconds = arrive(server, film, rate, asked.seconds, asked.fps)
        row(table, f"{rate:g}", told, cpu, seconds)
    if asked.overload:
        rate = 2 * rates[-1]
        told, cpu, seconds = arrive(server, film, rate, asked.overload, asked.fps)
        row(table, f"{rate:g} for {asked.overload:.0f} s", told, cpu, seconds)
        drained = max(each.ended for each in told) - max(each.due for each in told)
        told, cpu, seconds = arrive(server, film, 0.5, 10, asked.fps)
        row(table, "0.5 after", told, cpu, seconds)
        Console().print(f"the last of the overload ended {drained:.1f} s after it had come")
    Console(width=150).print(table)


def row(table: Table, name: str, told: list[Told], cpu: float, seconds: float) -> None:
    done = [each for each in told if each.outcome != "lost"]
    latency = np.array([each.latency for each in done] or [np.nan])
    whole = np.median([each.whole for each in done] or [np.nan])
    outcomes = dict(Counter(each.outcome for each in told))
    wrong = Counter(line for each in told for line in each.wrong)
    table.add_row(
        name,
        str(len(told)),
        f"{len(done) / seconds:.2f}",
        f"{np.percentile(latency, 50):.2f}",
        f"{np.percentile(latency, 95):.2f}",
        f"{whole:.1f}",
        str(sum(each.refused for each in told)),
        f"{cpu / max(1, len(told)):.2f}",
        str(outcomes),
        str(dict(wrong)) if wrong else "none",
    )


def process_leaves(kept: tuple[int, int]) -> None:
    print(f"the log tells of {kept[0]} checks and {kept[1]} abandoned ones")


if __name__ == "__main__":
    main()
