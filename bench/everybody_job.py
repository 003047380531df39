"""Everybody with everybody as the job does it: what a person takes, opening all who were found or a few of them.

    PYTHONPATH=tests .venv/bin/python bench/everybody_job.py [--people 200] [--among build/scale-people.npz]

A whole service on scripted engines, whose searches and comparisons take next to nothing: what is left is asking for
leave to compare, opening the sealed references of whoever was found, the leaf in the log and the note of how far the
job is. With `--among` every search is accompanied by a real one in the gallery of bench/scale.py, 100,000 people unless
`--size` says otherwise, so that a person takes what they take in a whole job: a cascade, and with `--all` everything is
scanned. Turn and turn about, all twelve who were found are opened, and only those whose face may support by its code.
With HANDFAST_TEST_SEPARATE set, the matcher is asked over its socket, as by the server. Processor and clock time a
person, mean of all after the first tenth.
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table
from scale import DAY, build

from handfast.base.modality import Modality
from handfast.cli.duplicates import job_of
from handfast.consent.purpose import Purpose
from handfast.gallery.search_set import LISTED, SearchSet
from handfast.gallery.shard import Query
from handfast.jobs.duplicates import KIND, bulk_duplicates
from handfast.jobs.worker import Worker
from handfast.service.candidates import first_fingers
from support.found import agree
from support.scripted import Desk

CORES = 2
WAYS = ("all who were found", "who may be alike")


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


def through(desk: Desk) -> list[tuple[float, float, int]]:
    """Do the job; processor and clock seconds and opened faces of each person, by turns one way and the other."""
    told, matcher = list[tuple[float, float, int]](), desk.context.matcher
    least, faces = matcher.least_face(), desk.engines[Modality.FACE]
    marks = [time.process_time(), time.perf_counter(), 0.0]

    def turn(*_: object) -> None:
        now = [time.process_time(), time.perf_counter(), faces.compared]  # type: ignore[attr-defined]  # scripted engines count
        told.append((now[0] - marks[0], now[1] - marks[1], int(now[2] - marks[2])))
        marks[:] = now

    turns = (way for _ in itertools.count() for way in (None, least))
    with mock.patch.object(matcher, "least_face", side_effect=turns):
        context = desk.context
        job_of(context, desk.programme.id)
        Worker(context.store, context.clock, {KIND: bulk_duplicates(context)}, "bench", turn).work_one()
    return told


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
        told = through(desk)
        desk.close()
    table = Table("opened", "people", "faces opened", "cpu a person", "wall", f"{asked.size:,} people, wall")
    for n, way in enumerate(WAYS):
        cpu, wall, faces = np.mean(told[asked.people // 10 // 2 * 2 + n :: 2], axis=0)
        table.add_row(
            way, f"{asked.people // 2}", f"{faces:.1f}", f"{1e3 * cpu:.1f} ms", f"{1e3 * wall:.1f} ms",
            f"{asked.size * wall / 60:.0f} min",
        )  # fmt: skip
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
