"""Everybody with everybody beside searching and comparing: what the records of each person cost.

    PYTHONPATH=tests .venv/bin/python bench/everybody_job.py [--people 200]

A whole service on scripted engines, whose searches and comparisons take next to nothing: what is left is asking for
leave to compare, opening the sealed references of whoever was found, a face each, and the leaf in the log. Processor
and clock time a person, the median of all after the first tenth.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from handfast.consent.purpose import Purpose
from handfast.service.everybody import everybody
from support.found import agree
from support.scripted import Desk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
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
        faces = sum(engine.compared for engine in desk.engines.values())  # type: ignore[attr-defined]
        desk.close()
    kept = slice(asked.people // 10, None)
    Console().print(
        f"{asked.people} people, {faces / asked.people:.1f} comparisons each: {1e3 * np.median(spent[kept]):.1f} ms of "
        f"processor time, {1e3 * np.median(waited[kept]):.1f} ms by the clock"
    )


if __name__ == "__main__":
    main()
