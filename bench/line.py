"""A capture over a slow line: the real page in Chromium, its camera an actor's film, behind 1 Mbit/s, 300 ms, 2 % loss.

    PYTHONPATH=tests .venv/bin/python bench/line.py [--rounds 3] [--rate 1e6] [--round-trip 0.3] [--loss 0.02] [--trace]

As root: the browser lives in a network namespace of its own, and tests/support/slow_line.py carries each packet.
Server, browser and film share this machine, so nothing else should run on it. Each round is an enrolment with the right
hand. Printed are seconds from the link to the welcome, and from the first instruction, which is on the screen with
the live picture, to the answer that ends the last live step, beside seconds from the last press on; of each step; kB
and pictures a second over live steps and previews; and seconds of each photo from the press to the answer (and for
how long of that the server had it). `--fast` lays no line, for comparison; `--trace` tells of every picture when it
left, for how long it was away and what was said.
"""

import argparse
import json
import multiprocessing
import shlex
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from multiprocessing.connection import Connection
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.base.settings import Settings
from handfast.capture.challenge import Camera, Task, TaskKind
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.imaging.encode import jpeg
from handfast.lab.actor import Actor
from handfast.models.store import ModelStore
from handfast.service.start import load_senses
from support.browsing import PHONE, QUIET
from support.film import FOLLOWS, FPS, LOOK, SECONDS, Film, small
from support.served import Served, serving
from support.slow_line import HERE, Line, slow_line
from support.walk import ask, programme

CAMERAS = Path(__file__).parents[1] / "tests/browser/cameras.js"
CHROMIUM = "/usr/bin/chromium"
LEFT = ("left-index", "left-middle", "left-ring", "left-little")
QUICKER = "EVERY = 140", "EVERY = 50"  # ms between pictures: a real camera has thirty a second
TAKES = 4  # photos of a hand at most
MINUTES = 4  # until a round is given up
READS = 4000  # ms that the person looks at the last screen before the camera: the page's models are loaded meanwhile
SAID = (
    """Object.defineProperty(navigator, "connection", { value: { effectiveType: "3g", downlink: 1 } })"""  # by Chrome
)
NOTED = """(() => {
  const real = window.fetch;
  window.sent = [];
  window.shown = [];
  addEventListener("click", () => { window.pressed = performance.now(); }, { capture: true });
  addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
    window.shown.push({ step: document.body.dataset.step, at: performance.now() });
  }).observe(document.body, { attributeFilter: ["data-step"] }));
  window.fetch = async (path, options) => {
    const url = new URL(path, location.href);
    const each = { path: url.pathname, task: url.searchParams.get("task"), kind: url.searchParams.get("kind"),
      bytes: options?.body?.byteLength ?? 0, began: performance.now(), ended: null, status: 0, spent: 0,
      said: "" };
    if (url.pathname.startsWith("/v1/capture/")) window.sent.push(each);
    const answer = await real(path, options);
    each.status = answer.status;
    each.spent = Number(/dur=([\\d.]+)/.exec(answer.headers.get("Server-Timing") ?? "")?.[1] ?? 0);
    each.ended = performance.now();
    answer.clone().json().then((told) => {
      each.said = [told.code ?? told.task?.state, told.dot, told.hint, told.detail].filter(Boolean).join(" ");
    }, () => {});
    return answer;
  };
})()"""


@dataclass(frozen=True, slots=True)
class Round:
    """One enrolment: what was printed of it; pictures is (kB a second, answered a second) by kind."""

    page: float  # from the link to the welcome, nothing of the page being there before
    live: float  # from the first instruction
    pressed: float  # from the last press on, by which the camera is asked for
    steps: list[float]  # seconds of each live step
    pictures: dict[str, tuple[float, float]]
    photos: list[tuple[float, float, int]]  # seconds, those of them that the server had it, bytes
    outcome: str
    models: bool


def serve(folder: str, host: str, talk: Connection) -> None:
    """The server, in a process of its own; it ends when it hears something."""
    settings = Settings.from_environment()
    with serving(Path(folder), settings.models_dir, load_senses(settings), seed=7, host=host) as running:
        talk.send((running.origin, running.administrator))
        talk.recv()


@contextmanager
def server(host: str) -> Iterator[Served]:
    here, there = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        process = multiprocessing.get_context("spawn").Process(target=serve, args=(folder, host, there))
        process.start()
        origin, administrator = here.recv()
        yield Served(origin, None, administrator, Settings.from_environment())  # type: ignore[arg-type]  # it is elsewhere
        here.send("end")
        process.join()


class Living(Film):
    """A person who moves in real time, however seldom they are drawn; their photos are drawn beforehand."""

    def __init__(self, page: Page, actor: Actor) -> None:
        super().__init__(page, actor)
        fingers = Task(0, TaskKind.FINGERS, Camera.REAR, Hand.RIGHT, FOUR_FINGERS[Hand.RIGHT], 0, 0, 0)
        list(actor.frames(replace(fingers, kind=TaskKind.HAND), SECONDS, 1.0))  # the first time takes longest
        photos = [actor.still(fingers, take=take) for take in range(TAKES)]
        self._be_at(LOOK)
        self._drawn = [(jpeg(small(photo), 95), jpeg(photo, 95)) for photo in photos]

    def _fingers(self, photo: bool) -> bytes:
        return self._drawn[min(TAKES - 1, self._takes.get(self._now.id, 0))][photo]

    def _be_at(self, task: Task) -> None:
        self._now = task
        began = time.monotonic()
        seconds = FOLLOWS if task.kind is TaskKind.FOLLOW else SECONDS
        self._following = self.actor.frames(
            task, seconds, FPS, dot=lambda: self._dot, watch=lambda: time.monotonic() - began
        )

    def _acted(self) -> bytes:
        shown = next(self._following)
        return shown if isinstance(shown, bytes) else jpeg(shown, 88)


def enrolled(page: Page, served: Served, clinic: str, actor: Actor, number: int, *, traced: bool) -> Round:
    """One round, from the link to the answer."""
    film = Living(page, actor)
    wanted = {"kind": "enrol", "programme": clinic, "reference": f"file-{number}"}
    loaded: list[str] = []
    page.on("request", lambda asked: loaded.append(asked.url) if "/models/" in asked.url else None)
    page.goto(ask(served, "POST", "/v1/sessions", wanted)["link"], timeout=60_000)
    page.set_default_timeout(60_000)
    page.wait_for_selector('[data-action="yes"]')
    welcomed = float(page.evaluate("performance.now()")) / 1e3
    press(page, "yes")
    for card in range(1, 6):
        press(page, "next", f"card-{card}")
    for question, right in ((1, 0), (2, 1)):
        press(page, "option", f"question-{question}", f'[data-option="{right}"]')
    press(page, "tick", "consent")
    press(page, "agree")
    page.wait_for_selector('body[data-screen="fingers-choice"]')
    for position in LEFT:
        press(page, "finger", extra=f'[data-position="{position}"]')
    page.wait_for_timeout(READS)
    with page.expect_response("**/v1/capture/challenge") as coming:
        press(page, "go-on")
    film.follow(coming.value)
    over = time.monotonic() + 60 * MINUTES
    while page.locator("body").get_attribute("data-outcome") is None and time.monotonic() < over:
        page.wait_for_timeout(100)
    outcome = (
        page.locator("body").get_attribute("data-outcome")
        or f"none; at {page.locator('body').get_attribute('data-step')}"
    )
    sent, shown, pressed = page.evaluate("[window.sent, window.shown, window.pressed]")
    begun = next(each["at"] for each in shown if each["step"] == "look")
    if traced:
        trace(sent, begun)
    return told(sent, begun, pressed, outcome, page=welcomed, models=bool(loaded))


def press(page: Page, action: str, step: str = "", extra: str = "") -> None:
    if step:
        page.wait_for_selector(f'body[data-step="{step}"]')
    page.locator(f'[data-action="{action}"]{extra}').first.click()


def told(
    sent: list[dict[str, object]], begun: float, pressed: float, outcome: str, *, page: float, models: bool
) -> Round:
    """What the page's own clock says of everything that it sent."""

    def of(kind: str) -> list[dict[str, float]]:
        return [each for each in sent if each["kind"] == kind and each["ended"]]  # type: ignore[misc]  # numbers, as the page sent them

    frames = of("frame")
    pictures = {kind: pace(runs(sent, kind)) for kind in ("frame", "preview") if of(kind)}
    photos = [((each["ended"] - each["began"]) / 1e3, each["spent"] / 1e3, int(each["bytes"])) for each in of("still")]
    over = [each["ended"] for each in frames if str(each["said"]).startswith(("done", "failed"))]
    steps = [(end - begin) / 1e3 for begin, end in pairwise([begun, *over])]
    return Round(page, sum(steps), (over[-1] - pressed) / 1e3, steps, pictures, photos, outcome, models)


def trace(sent: list[dict[str, object]], begin: float) -> None:
    """Every picture, by the page's clock from the first instruction on."""
    for each in sent:
        began, ended = (float(str(each[at] or "nan")) - begin for at in ("began", "ended"))
        what = str(each["path"]).rpartition("/")[2] if each["kind"] is None else f"{each['kind']} {each['task']}"
        print(
            f"{began / 1e3:7.2f} s  {what:12} {int(str(each['bytes'])) / 1e3:4.0f} kB {(ended - began) / 1e3:6.2f} s"
            f"  (server {float(str(each['spent'])) / 1e3:4.2f})  {each['status']} {each['said']}"
        )


def runs(sent: list[dict[str, object]], kind: str) -> list[list[dict[str, float]]]:
    """Pictures of this kind that followed each other, between those of another."""
    pictures = [each for each in sent if each["kind"]]
    return [list(run) for of, run in groupby(pictures, lambda each: each["kind"]) if of == kind]  # type: ignore[arg-type]  # numbers


def pace(of: list[list[dict[str, float]]]) -> tuple[float, float]:
    """kB a second and answers a second while pictures of this kind were sent, from each to the next of the same run."""
    pairs = [pair for run in of for pair in pairwise(run)]
    seconds = max(0.001, sum(later["began"] - each["began"] for each, later in pairs) / 1e3)
    answered = sum(each["status"] == 200 for each, _ in pairs)
    return sum(each["bytes"] for each, _ in pairs) / 1e3 / seconds, answered / seconds


def wrapped(namespace: str, folder: Path) -> str:
    """A browser that lives in the namespace."""
    script = folder / "chromium"
    script.write_text(f'#!/bin/sh\nexec ip netns exec {shlex.quote(namespace)} {CHROMIUM} "$@"\n', "ascii")
    script.chmod(0o755)
    return str(script)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1e6)
    parser.add_argument("--round-trip", type=float, default=0.3)
    parser.add_argument("--loss", type=float, default=0.02)
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--trace", action="store_true")
    asked = parser.parse_args()
    line = Line(asked.rate, asked.round_trip, asked.loss)
    host = "127.0.0.1" if asked.fast else HERE
    table = Table(
        "round",
        "page s",
        "live steps s",
        "from the press",
        "look, dot, hand",
        "frames kB/s",
        "a second",
        "previews kB/s",
        "a second",
        "photos s (server s, kB)",
        "outcome",
    )
    rounds: list[Round] = []
    models = Settings.from_environment().models_dir
    portrait = decode((models / "portraits" / "person_b_1.jpg").read_bytes())
    with (
        tempfile.TemporaryDirectory() as folder,
        nullcontext("") if asked.fast else slow_line(line) as namespace,
        server(host) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM if asked.fast else wrapped(namespace, Path(folder)),
            args=[*QUIET, f"--unsafely-treat-insecure-origin-as-secure={served.origin}"],
        )
        clinic = programme(served)
        for number in range(asked.rounds):
            context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, permissions=["camera"])
            context.add_init_script(CAMERAS.read_text("utf-8").replace(*QUICKER))
            context.add_init_script(NOTED if asked.fast else SAID + ";" + NOTED)
            actor = Actor(portrait, Person(20 + number), ModelStore(models), seed=number)
            each = enrolled(context.new_page(), served, clinic, actor, number, traced=asked.trace)
            context.close()
            rounds.append(each)
            rate, count = each.pictures.get("frame", (0, 0)), each.pictures.get("preview", (0, 0))
            photos = ", ".join(f"{seconds:.1f} ({spent:.1f}, {size / 1e3:.0f})" for seconds, spent, size in each.photos)
            table.add_row(
                str(number + 1),
                f"{each.page:.1f}",
                f"{each.live:.1f}",
                f"{each.pressed:.1f}",
                ", ".join(f"{seconds:.1f}" for seconds in each.steps),
                f"{rate[0]:.0f}",
                f"{rate[1]:.1f}",
                f"{count[0]:.0f}",
                f"{count[1]:.1f}",
                photos,
                each.outcome + (" (page's models loaded)" if each.models else ""),
            )
        browser.close()
    Console(width=150).print(table)
    slowest = max((seconds for each in rounds for seconds, _, _ in each.photos), default=0.0)
    median = statistics.median(each.live for each in rounds)
    print(json.dumps({"live steps, median s": round(median, 1), "slowest photo s": round(slowest, 1)}))


if __name__ == "__main__":
    main()
