"""Everybody with everybody as the job does it: what a person takes, opening all who were found or a few of them.

    PYTHONPATH=tests .venv/bin/python bench/everybody_job.py [--people 200] [--among build/scale-people.npz]

A whole service on scripted engines, whose searches and comparisons take next to nothing: what is left is asking for
leave to compare, opening the sealed references of whoever was found, the leaf in the log and the note of how far the
job is. With `--among` every search is accompanied by a real one in the gallery of bench/scale.py, 100,000 people unless
`--size` says otherwise, so that a person takes what they take in a whole job: a cascade, and with `--all` everything is
scanned. Three jobs take turns, eight people each: all twelve who were found are opened, a unit of work a person and a
unit of work for the eight; and only those whose face may support by its code. With HANDFAST_TEST_SEPARATE set, the
matcher is asked over its socket, as by the server. Processor and clock time a person, after the first eight.
"""

import argparse
import itertools
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scale import DAY, build

from handfast.base.ids import new_id
from handfast.base.modality import Modality
from handfast.consent.purpose import Purpose
from handfast.gallery.search_set import LISTED, SearchSet
from handfast.gallery.shard import Query
from handfast.jobs.duplicates import KIND, bulk_duplicates
from handfast.jobs.worker import LEASE, Step
from handfast.service.find import everybody
from handfast.service.find.candidates import first_fingers
from handfast.storage.tables.jobs import Job, JobState
from support.found import agree
from support.scripted import Desk

CORES = 2
EIGHT = everybody.TOGETHER


@dataclass(frozen=True, slots=True)
class Way:
    """How the job does it: whether it opens everyone who was found, and how many people are one unit of work."""

    name: str
    every: bool
    together: int


WAYS = (
    Way("all who were found, one at a time", every=True, together=1),
    Way("all who were found", every=True, together=EIGHT),
    Way("who may be alike", every=False, together=EIGHT),
)


@contextmanager
def real_searches(kept: Path | None, size: int, first: int | None) -> Iterator[None]:
    """Each search of the job with a real one of as many people beside it."""
    if kept is None:
        yield
        return
    with np.load(kept) as people:
        enrolled, probes = people["enrolled"][0], people["probes"][0]
    world = build(size, enrolled, probes, CORES, len(enrolled))
    number, search = itertools.count(), SearchSet.search_turned

    def both(own: SearchSet, *asked: Any, **more: Any) -> Any:
        n = next(number)
        codes = world.searches[n % len(world.searches)][1]
        world.shards.search(Query(codes, 0, DAY, LISTED, first, f"take {n}"))
        return search(own, *asked, **more)

    with mock.patch.object(SearchSet, "search_turned", both):
        yield
    world.shards.close()


def through(desk: Desk, people: int) -> dict[Way, tuple[float, float, float]]:
    """Do a job each way, turn and turn about; processor and clock seconds and opened faces a person."""
    jobs, told = {way: taken(desk, way.name) for way in WAYS}, defaultdict[Way, list[tuple[float, float, int]]](list)
    steps = {way: bulk_duplicates(desk.context)(job) for way, job in jobs.items()}
    for _ in track(range(people // EIGHT), "everybody"):
        for way in WAYS:
            told[way].append(some_turns(desk, way, steps[way], jobs[way]))
    return {way: tuple(np.mean(told[way][1:], axis=0) / EIGHT) for way in WAYS}


def taken(desk: Desk, worker: str) -> Job:
    """A job of its own, as a worker has it."""
    now = desk.clock.now()
    job = Job(new_id("job", desk.randomness), KIND, desk.programme.id, JobState.WAITING, {}, {}, 0, 0, 0, now)
    with desk.context.store.queue() as queue:
        queue.add(job)
        return queue.take(KIND, worker, now, now + LEASE) or job


def some_turns(desk: Desk, way: Way, steps: Iterator[Step], job: Job) -> tuple[float, float, int]:
    """What the turns of EIGHT people take, noted as a worker notes them."""
    context, faces = desk.context, desk.engines[Modality.FACE]
    least = None if way.every else context.matcher.least_face()
    before = (time.process_time(), time.perf_counter(), faces.compared)  # type: ignore[attr-defined]  # scripted engines count
    with (
        mock.patch.object(context.matcher, "least_face", return_value=least),
        mock.patch.object(everybody, "TOGETHER", way.together),
    ):
        for step in itertools.islice(steps, EIGHT // way.together):
            with context.store.queue() as queue:
                queue.go_on(job, step.reached, step.done, step.total, desk.clock.now() + LEASE)
    after = (time.process_time(), time.perf_counter(), faces.compared)  # type: ignore[attr-defined]  # scripted engines count
    return after[0] - before[0], after[1] - before[1], after[2] - before[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--among", type=Path)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--all", action="store_true")
    asked = parser.parse_args()
    first = None if asked.all else first_fingers(asked.size)
    with real_searches(asked.among, asked.size, first), tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for n in track(range(asked.people), "enrolling"):
            with mock.patch("support.eyes.person_in", lambda _, n=n: n):  # pictures tell twelve people apart
                desk.enrol(f"P-{n}", n)
            agree(desk, f"P-{n}", Purpose.DUPLICATE_CHECK)
        told = through(desk, asked.people)
        desk.close()
    table = Table("opened", "faces opened a person", "cpu", "wall", f"{asked.size:,} people, wall")
    for way, (cpu, wall, faces) in told.items():
        table.add_row(
            way.name, f"{faces:.1f}", f"{1e3 * cpu:.1f} ms", f"{1e3 * wall:.1f} ms", f"{asked.size * wall / 60:.0f} min"
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
