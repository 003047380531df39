"""Everybody with everybody beside searching and comparing: what the records of each person cost.

    PYTHONPATH=tests .venv/bin/python bench/everybody_job.py [--people 200] [--among build/scale-people.npz]

A whole service on scripted engines, whose searches and comparisons take next to nothing: what is left is asking for
leave to compare, opening the sealed references of whoever was found, a face each, and the leaf in the log. With
`--among` every search is accompanied by a real one in the gallery of bench/scale.py, 100,000 people unless `--size`
says otherwise, so that a person takes what they take in a whole job. Processor and clock time a person, mean of all
after the first tenth.
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
from scale import DAY, build

from handfast.consent.purpose import Purpose
from handfast.gallery.search_set import LISTED, SearchSet
from handfast.gallery.shard import Query
from handfast.service.candidates import first_fingers
from handfast.service.everybody import everybody
from support.found import agree
from support.scripted import Desk


@contextmanager
def real_searches(kept: Path | None, size: int) -> Iterator[None]:
    """Each search of the job with a real one of as many people beside it."""
    if kept is None:
        yield
        return
    with np.load(kept) as people:
        enrolled, probes = people["enrolled"][0], people["probes"][0]
    world = build(size, enrolled, probes, 2, len(enrolled))
    number, search = itertools.count(), SearchSet.search_turned

    def both(own: SearchSet, *asked: Any, **more: Any) -> Any:
        n = next(number)
        codes = world.searches[n % len(world.searches)][1]
        world.shards.search(Query(codes, 0, DAY, LISTED, first_fingers(size), f"take {n}"))
        return search(own, *asked, **more)

    with mock.patch.object(SearchSet, "search_turned", both):
        yield
    world.shards.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--among", type=Path)
    parser.add_argument("--size", type=int, default=100_000)
    asked = parser.parse_args()
    with real_searches(asked.among, asked.size), tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        for n in track(range(asked.people), "enrolling"):
            desk.enrol(f"P-{n}", n)
            agree(desk, f"P-{n}", Purpose.DUPLICATE_CHECK)
        spent, waited = list[float](), list[float]()
        cpu, clock = time.process_time(), time.perf_counter()
        for _ in everybody(desk.context, desk.programme.id, "job_bench", "bench"):
            spent.append(time.process_time() - cpu)
            waited.append(time.perf_counter() - clock)
            cpu, clock = time.process_time(), time.perf_counter()
        faces = sum(engine.compared for engine in desk.engines.values())  # type: ignore[attr-defined]  # scripted engines count
        desk.close()
    kept = slice(asked.people // 10, None)
    Console().print(
        f"{asked.people} people, {faces / asked.people:.1f} comparisons each: {1e3 * np.mean(spent[kept]):.1f} ms of "
        f"processor time, {1e3 * np.mean(waited[kept]):.1f} ms by the clock"
    )


if __name__ == "__main__":
    main()
