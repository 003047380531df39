"""What comparing those in full costs that a search came up with.

    .venv/bin/python bench/full_comparison.py [--people 12] [--searches 20]

Everyone has four fingers in two captures, drawn as in scale_metrics.py, and so has who is looked for, as in a search of
everybody among everybody. Fingers only: a face is one product of two vectors. Each search decodes and prepares all of
them anew, as the matcher does, which never keeps a reference; probes it prepares once. Processor time, and time by the
clock on all cores; the median of all searches.
"""

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from rich.console import Console
from scale_metrics import drawn_prints

from handfast.base.modality import FingerPosition
from handfast.base.template import Template
from handfast.finger.comparison.compare import warm_up
from handfast.finger.comparison.comparer import FingerComparer
from handfast.service.find.candidates import COMPARED

FINGERS = tuple(FingerPosition)[1:5]
CAPTURES = 2
CORES = 2


def person(prints: list[Template]) -> list[Template]:
    """The next prints as fingers of one person; those of one finger follow each other."""
    return [replace(prints.pop(), position=finger) for finger in FINGERS for _ in range(CAPTURES)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=COMPARED)
    parser.add_argument("--searches", type=int, default=20)
    asked = parser.parse_args()
    warm_up()
    prints, _ = drawn_prints(4 * (asked.people + 1) * len(FINGERS) * CAPTURES // 2, np.random.default_rng(2))
    probes, *people = [person(prints) for _ in range(asked.people + 1)]
    spent, waited = list[float](), list[float]()
    with ThreadPoolExecutor(CORES) as cores:
        for _ in range(asked.searches):
            cpu, clock = time.process_time(), time.perf_counter()
            comparer = FingerComparer().for_one_search()
            list(cores.map(lambda references, c=comparer: c.compare(references, probes), people))
            spent.append(time.process_time() - cpu)
            waited.append(time.perf_counter() - clock)
    Console().print(
        f"{asked.people} people of {len(FINGERS)} fingers in {CAPTURES} captures: {1e3 * np.median(spent):.1f} ms of "
        f"processor time, {1e3 * np.median(waited):.1f} ms by the clock on {CORES} cores; "
        f"best {1e3 * min(spent):.1f} and {1e3 * min(waited):.1f}"
    )


if __name__ == "__main__":
    main()
