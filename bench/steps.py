"""What each step of a check costs: processor time of a frame and a photo, and the two paths that an answer waits for.

    .venv/bin/python bench/steps.py [--rounds 5] [--parts]

An actor's session (a free test portrait, a drawn hand) is filmed once, then judged again and again as a server judges
it, without network. Prints medians: processor milliseconds for each kind of picture, wall milliseconds of four
fingertips from photo to templates on all cores, and of the face from a step's last frame to its comparison on one core.
With --parts also what models and other costly parts take in each step, each without the parts that it calls.
"""

import argparse
import importlib
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import numpy as np
from rich.console import Console
from rich.table import Table

from handfast.base.clock import SystemClock
from handfast.base.modality import Hand
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.capture.challenge import Ask, Challenge, draw
from handfast.capture.frames import Frame, FrameKind
from handfast.capture.live import LiveSessions
from handfast.capture.receive import judged
from handfast.capture.sight import LiveEyes
from handfast.capture.state import CaptureState
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.lab.phone import Phone
from handfast.models.store import ModelStore
from handfast.service.start import load_senses

PARTS = {
    "decode": "capture.receive:decode",
    "find the face": "face.detect:FaceDetector.one",
    "mesh": "face.mesh:FaceMesh.points",
    "conditions": "face.observe:conditions",
    "embed": "face.embed:FaceEmbedder.embed",
    "follow": "capture.sight:follow",
    "find palms": "finger.hand.palm:PalmDetector.detect",
    "hand landmarks": "finger.hand.landmarks:LandmarkModel.read",
    "silhouettes": "finger.hand.location:silhouettes",
    "mask by colour": "finger.cutting:finger_mask",
    "outline net": "finger.tip.shaping:read_strips",
    "strips": "finger.cutting:shaped_strips",
    "nails": "finger.cutting:beyond_nail",
    "cut tips": "finger.cutting:cut_fingertip",
    "enhance": "finger.photo:enhance",
    "measures": "finger.photo:measure",
    "LEADER": "finger.ridges.leader.trunk:LeaderTrunk.__call__",
    "its heads": "finger.ridges.leader.detect:_heads",
}
ASK = Ask(hands=(Hand.RIGHT,), missing=frozenset(), face=True, stills=1, retakes=1, attended=False)


def film(eyes: LiveEyes, actor: Actor) -> tuple[Challenge, list[Frame]]:
    """One session that was followed to its end: the challenge and every frame of it."""
    clock, frames = SystemClock(), list[Frame]()
    challenge = draw(ASK, clock=clock, randomness=SystemRandomness())
    sessions: LiveSessions[None] = LiveSessions(clock, eyes)
    session = sessions.of("film", clock.now() + timedelta(minutes=10))
    sessions.begin(session, challenge)

    def send(frame: Frame):  # type: ignore[no-untyped-def]  # what take gives
        frames.append(frame)
        return sessions.take(session, frame)

    for _step in Phone(challenge, actor, send).follow():
        pass
    return challenge, frames


class Parts:
    """Processor time of named parts in each kind of picture, without that of the parts they call."""

    def __init__(self) -> None:
        self.spent: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.picture = ""
        self._local = threading.local()
        for part, place in PARTS.items():
            module, _, path = place.partition(":")
            owner, _, name = path.rpartition(".")
            holder: object = importlib.import_module(f"handfast.{module}")
            self._watch(getattr(holder, owner) if owner else holder, name, part)

    def _watch(self, holder: object, name: str, part: str) -> None:
        plain = getattr(holder, name)

        def watched(*given: object, **named: object) -> object:
            inner = self._local.__dict__.setdefault("inner", [])
            inner.append(0.0)
            began = time.thread_time()
            try:
                return plain(*given, **named)
            finally:
                took, within = time.thread_time() - began, inner.pop()
                if inner:
                    inner[-1] += took
                self.spent[self.picture, part].append((took - within) * 1e3)

        setattr(holder, name, watched)

    def table(self, rounds: int) -> Table:
        table = Table("picture", "part", "times a check", "CPU ms, mean", "CPU ms a check", title="parts")
        for (picture, part), took in sorted(self.spent.items(), key=lambda row: (row[0][0], -sum(row[1]))):
            whole = sum(took)
            table.add_row(
                picture, part, f"{len(took) / rounds:.1f}", f"{whole / len(took):.1f}", f"{whole / rounds:.0f}"
            )
        return table


def judge(
    eyes: LiveEyes,
    challenge: Challenge,
    frames: list[Frame],
    spent: dict[str, list[float]],
    parts: "Parts | None" = None,
) -> None:
    """Judge the film again; processor milliseconds of each picture by the kind of its task."""
    state = CaptureState(challenge, began=challenge.drawn_at)
    for frame in frames:
        if state.task is None or frame.task != state.task.id:
            break
        name = f"{challenge.tasks[frame.task].kind} {frame.kind}"
        if parts:
            parts.picture = name
        began = time.process_time()
        state, _ = judged(state, frame, eyes=eyes, now=challenge.drawn_at + timedelta(milliseconds=frame.t))
        spent[name].append((time.process_time() - began) * 1e3)


def wall(run: Callable[[], object], rounds: int) -> float:
    """Median milliseconds on the clock."""
    run()
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        took.append((time.perf_counter() - began) * 1e3)
    return float(np.median(took))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", action="store_true", help="what models and other parts take, too")
    asked = parser.parse_args()
    rounds = asked.rounds
    settings = Settings.from_environment()
    eyes = load_senses(settings).eyes
    if not isinstance(eyes, LiveEyes):
        raise TypeError("the installed models give other eyes")
    portrait = decode((settings.models_dir / "portraits" / "person_a_1.jpg").read_bytes())
    challenge, frames = film(eyes, Actor(portrait, Person(1), ModelStore(settings.models_dir), seed=1))
    spent: dict[str, list[float]] = defaultdict(list)
    judge(eyes, challenge, frames, defaultdict(list))  # as warm as a server is
    parts = Parts() if asked.parts else None
    for _ in range(rounds):
        judge(eyes, challenge, frames, spent, parts)
    table = Table("picture", "of a check", "CPU ms, median", "CPU ms a check", title=f"{rounds} rounds")
    for name, values in spent.items():
        count, whole = len(values) // rounds, sum(values) / rounds
        table.add_row(name, str(count), f"{np.median(values):.0f}", f"{whole:.0f}")
    table.add_row("all", str(len(frames)), "", f"{sum(map(sum, spent.values())) / rounds:.0f}")
    Console().print(table)
    if parts:
        Console().print(parts.table(rounds))
        return
    Console().print(f"four fingertips, photo to templates: {fingers(eyes, challenge, frames, rounds):.0f} ms")
    Console().print(
        f"face, last frame of a step to comparison, one core: {face(eyes, challenge, frames, rounds):.0f} ms"
    )


def fingers(eyes: LiveEyes, challenge: Challenge, frames: list[Frame], rounds: int) -> float:
    """Bytes of the still to templates, on all cores."""
    still = next(frame for frame in frames if frame.kind is FrameKind.STILL)
    task = challenge.tasks[still.task]
    return wall(lambda: eyes.still(task, decode(still.body), None, still.t / 1000), rounds)


def face(eyes: LiveEyes, challenge: Challenge, frames: list[Frame], rounds: int) -> float:
    """Bytes of a step's last frame to the comparison of its face with the first step's, on one core; slowest step."""
    state, before = CaptureState(challenge, began=challenge.drawn_at), list[tuple[CaptureState, Frame]]()
    for frame in frames:
        if frame.kind is not FrameKind.FRAME or state.task is None or frame.task != state.task.id:
            break
        before.append((state, frame))
        state, _ = judged(state, frame, eyes=eyes, now=challenge.drawn_at + timedelta(milliseconds=frame.t))
    lasts = [(state, frame) for n, (state, frame) in enumerate(before) if n + 1 == len(before) or _next(before, n)]
    reference = next(iter(state.faces.values()))

    def path(state: CaptureState, last: Frame) -> object:
        after, _ = judged(state, last, eyes=eyes, now=challenge.drawn_at + timedelta(milliseconds=last.t))
        return eyes.face.compare(reference, after.faces[last.task])

    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        return max(wall(partial(path, *last), rounds) for last in lasts)
    finally:
        os.sched_setaffinity(0, cores)


def _next(before: list[tuple[CaptureState, Frame]], n: int) -> bool:
    """Whether another step comes after this picture."""
    return before[n + 1][1].task != before[n][1].task


if __name__ == "__main__":
    main()
