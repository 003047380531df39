"""Checks and finds arriving as they come, over HTTP on loopback: latency by rate up to saturation, then twice as many.

    .venv/bin/python bench/load.py [--rates 0.6,0.8,1,1.2,1.4,1.6] [--seconds 40] [--overload 60] [--finds 0.1]
        [--database URL] [--films FOLDER]

Open loop: a capture begins when its time has come, whether or not others have ended. Each is the whole capture of a
face and four fingers by real models, its pictures drawn beforehand; a phone sends a frame when the last one is
answered, but not more often than --fps. Server and phones are two processes on the same cores. A share of the captures
are finds, opened by a paired phone, of somebody who agreed to be found. Where the server says 503, the phone waits as
long as Retry-After says; then it sends the next picture, or the same photo under a new number and time, as the page
does, and no picture sooner after another than the server wants it.

done/s: captures that ended with an outcome, from the first such end to the last. CPU s, phones: seconds of processor
a capture of the server and of the phones. cores busy: both times done/s. alone: computed, not measured: captures a
second if these busy cores were the server's alone. pictures: sent a capture that ended, the median. last byte: from
the last byte of the last still to the outcome. frame: until a small picture was answered. let in after: from asking
for the challenge to its coming. 503: before the challenge came, and after it, which are pictures. gave up: told to
come back at each try for three minutes. lost: let in, or answered by anything but 503 with Retry-After, and without
an outcome.
"""

import argparse
import json
import multiprocessing
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from check import served
from load_finds import REASON, PairedPhone, pairing
from load_phone import Film, Phone, Told
from rich.console import Console
from rich.progress import track
from rich.table import Table

from handfast.base.settings import Settings
from handfast.cli.demo_programme import DEMO, OPERATOR
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.models.store import ModelStore
from handfast.service.owner import admin, programmes
from handfast.service.start import start, stop

ENROLLING_FPS = 5.0
POLICY = {"target_far": 1e-2, "attempts": 50, "operator_tries": 100_000}


def serve(settings: Settings, told: Connection) -> None:
    """The server's process: tells where it is, serves until it is told to stop, then tells what it kept."""
    context = start(settings)
    programme = programmes.create(context, OPERATOR, replace(DEMO, policy=POLICY, find=True)).programme.id
    administrator = admin.claim(context, str(admin.first_link_token(context)))
    with served(context, settings.models_dir) as port:
        told.send((port, programme, administrator, pairing(context, programme)))
        while told.recv() == "cpu":
            told.send(time.process_time())
        with context.store.read() as reader:
            leaves = Counter(json.loads(leaf)["kind"] for leaf in reader.log.leaves())
            told.send({kind: leaves[kind] for kind in ("check", "find", "abandoned")})
    stop(context)


@dataclass
class Server:
    """Where the server is and how to ask its process."""

    port: int
    programme: str
    administrator: str
    pairing: str
    told: Connection
    people: int
    comes: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._paired = PairedPhone(self.port, self.pairing)

    def phone(self, film: Film, fps: float, due: float, kind: str) -> Phone:
        """The phone of whoever comes next; of those who enrol, the first agrees to be found."""
        number = next(self.comes) % self.people
        new = {"kind": kind, "programme": self.programme}
        new |= {"reason": REASON, "mode": "attended"} if kind == "find" else {"reference": f"person {number}"}
        by = self._paired.signed if kind == "find" else self._administrates
        also = ("find",) if kind == "enrol" and number == 0 else ()
        return Phone(self.port, film, fps, Told(kind, due), lambda phone: phone.open(new, by), also)

    def _administrates(self, _body: bytes) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.administrator}"}

    def cpu(self) -> float:
        """Seconds of processor that it has used."""
        self.told.send("cpu")
        return float(self.told.recv())


@dataclass(frozen=True, slots=True)
class Arrived:
    """How those went who came at a rate, with the seconds of processor of the server and of the phones."""

    told: Sequence[Told]
    cpu: float
    phones: float


def arrive(server: Server, film: Film, rate: float, seconds: float, asked: argparse.Namespace) -> Arrived:
    """Captures at a rate for so long, until the last has ended."""
    chance, began, used, own = random.Random(rate), time.monotonic(), server.cpu(), time.process_time()
    due, phones, threads = began, [], []
    while (due := due + chance.expovariate(rate)) < began + seconds:
        phone = server.phone(film, asked.fps, due, "find" if chance.random() < asked.finds else "check")
        phones.append(phone)
        time.sleep(max(0.0, due - time.monotonic()))
        thread = threading.Thread(target=phone.capture, daemon=True)
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return Arrived([phone.told for phone in phones], server.cpu() - used, time.process_time() - own)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--rates", default="0.6,0.8,1,1.2,1.4,1.6")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--overload", type=float, default=0, help="seconds at twice the highest rate")
    parser.add_argument("--finds", type=float, default=0.1, help="share of captures that are finds")
    parser.add_argument("--fps", type=float, default=4)
    parser.add_argument("--database", default="")
    parser.add_argument("--films", type=Path, help="folder where what was drawn is kept for the next run")
    asked = parser.parse_args()
    models_dir = Settings.from_environment().models_dir
    models = ModelStore(models_dir)
    portrait = decode((models_dir / "portraits" / "person_a_1.jpg").read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(Path(folder) / "data", models_dir, Path(folder) / "root.key", asked.database)
        here, there = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, there))
        process.start()
        server = Server(*here.recv(), told=here, people=asked.people)
        films = [Film(Actor(portrait, Person(1), models, seed=seed)) for seed in (1, 2)]
        for number, film in enumerate(films):
            film.draw_all(asked.films / f"{number}.pickle" if asked.films else None)
        enrol(server, films[0])
        run(server, films[1], asked)
        here.send("stop")
        print(f"leaves of the log by kind: {here.recv()}")
        process.join()


def enrol(server: Server, film: Film) -> None:
    """Everyone, one after the other. RuntimeError where somebody was not enrolled."""
    for _ in track(range(server.people), "enrolling", console=Console(stderr=True)):
        phone = server.phone(film, ENROLLING_FPS, time.monotonic(), "enrol")
        phone.capture()
        if phone.told.outcome != "enrolled":
            raise RuntimeError(f"not enrolled: {phone.told}")


def run(server: Server, film: Film, asked: argparse.Namespace) -> None:
    arrive(server, film, 0.5, 6, asked)  # warm
    columns = (
        "come/s",
        "done/s",
        "CPU s",
        "phones",
        "cores busy",
        "alone",
        "captures",
        "pictures",
        "last byte p50",
        "p95",
        "frame p95",
        "let in after p50",
        "p95",
        "whole p50",
    )
    table = Table(*columns, "503", "gave up", "lost", "outcomes")
    rates, wrong = [float(rate) for rate in asked.rates.split(",")], Counter[str]()

    def came(name: str, rate: float, seconds: float) -> Arrived:
        arrived = arrive(server, film, rate, seconds, asked)
        rows(table, name, arrived)
        wrong.update(line for each in arrived.told for line in (*each.wrong, *each.steps))
        return arrived

    for rate in rates:
        came(f"{rate:g}", rate, asked.seconds)
    if asked.overload:
        told = came(f"{2 * rates[-1]:g} for {asked.overload:.0f} s", 2 * rates[-1], asked.overload).told
        drained = max(each.ended for each in told) - max(each.due for each in told)
        print(f"the last of the overload ended {drained:.1f} s after the last had come")
        came("0.5 after", 0.5, 10)
    Console(width=230).print(table)
    print(f"lost, and steps that did not end well: {dict(wrong) or 'none'}")


def rows(table: Table, name: str, arrived: Arrived) -> None:
    """A row for all, and one for the finds alone."""
    ends = sorted(each.ended for each in arrived.told if each.outcome)
    table.add_row(name, *_spent(ends, arrived), *_cells(arrived.told))
    finds = [each for each in arrived.told if each.kind == "find"]
    if finds:
        table.add_row("  of them finds", *[""] * 5, *_cells(finds))


def _spent(ends: Sequence[float], arrived: Arrived) -> tuple[str, ...]:
    """Captures done a second, seconds of processor a capture of server and phones, and what follows from these."""
    if len(ends) <= 2:
        return ("",) * 5
    done = (len(ends) - 1) / (ends[-1] - ends[0])
    server, phones = arrived.cpu / len(ends), arrived.phones / len(ends)
    busy = done * (server + phones)
    return f"{done:.2f}", f"{server:.2f}", f"{phones:.3f}", f"{busy:.2f}", f"{busy / server:.2f}"


def _cells(told: Sequence[Told]) -> tuple[str, ...]:
    done = [each for each in told if each.outcome]
    latency, waited, whole = (
        np.array([getattr(each, what) for each in done] or [np.nan]) for what in ("latency", "waited", "whole")
    )
    gave_up = sum(each.gave_up for each in told)
    return (
        str(len(told)),
        f"{np.median([each.pictures for each in done] or [np.nan]):.0f}",
        f"{np.percentile(latency, 50):.2f}",
        f"{np.percentile(latency, 95):.2f}",
        f"{np.percentile([seconds for each in done for seconds in each.frames] or [np.nan], 95):.2f}",
        f"{np.percentile(waited, 50):.1f}",
        f"{np.percentile(waited, 95):.1f}",
        f"{np.median(whole):.1f}",
        f"{sum(each.told_to_wait for each in told)} + {sum(each.refused for each in told)}",
        str(gave_up),
        str(len(told) - len(done) - gave_up),
        ", ".join(f"{number} {outcome}" for outcome, number in Counter(each.outcome for each in done).items()),
    )


if __name__ == "__main__":
    main()
