"""What comparing two prints costs, on one core, beside another version of this software in the same run.

    .venv/bin/python bench/compare_prints.py FOLDER --names '(?P<group>DB\\d)_B/(?P<person>\\d+)_(?P<sample>\\d)\\.tif'
        [--templates CACHE] [--beside OTHER/src] [--mated 560] [--others 1000] [--rounds 7]

FOLDER holds contact prints at 500 ppi; their templates are kept in CACHE, which `handfast lab compare` fills too, in
templates/. Each version is a process of its own, which goes through the same pairs turn and turn about with the other.
Microseconds are the processor's; of each pair, and of each print made ready, the best round counts, so that what else
runs hardly does. "One with many" is the time of one call in which one print is compared with many, per comparison.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

Pairs = list[tuple[int, int]]
Times = dict[str, list[float]]

ROWS = ("make a print ready", "mated", "non-mated", "one with many, non-mated")
MANY = 100  # prints that one is compared with in a call


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", required=True)
    parser.add_argument("--templates", type=Path)
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--mated", type=int, default=560)
    parser.add_argument("--others", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    records, people = templates_of(asked.folder, asked.names, asked.templates)
    task = {
        "records": [b64encode(record).decode() for record in records],
        "mated": drawn(people, asked.mated, mated=True),
        "others": drawn(people, asked.others, mated=False),
    }
    sources = [None] if asked.beside is None else [None, asked.beside]
    versions = [Version(source, task) for source in sources]
    rounds: list[list[Times]] = [[] for _ in versions]
    for _ in range(asked.rounds):
        for version, done in zip(versions, rounds, strict=True):
            done.append(version.round())
    show([best_of(done) for done in rounds], sources, len(records))


def templates_of(folder: Path, names: str, cache: Path | None) -> tuple[list[bytes], list[str]]:
    """ISO records of the prints of a folder, and whose each is."""
    from handfast.base.modality import SampleKind
    from handfast.base.settings import Settings
    from handfast.finger.engine import FingerEngine
    from handfast.lab.sets.acquire import acquire_all
    from handfast.lab.sets.acquired import Recipe
    from handfast.lab.sets.cache import TemplateCache, software_digest
    from handfast.lab.sets.captures import Grouping, make_captures
    from handfast.lab.sets.dataset import read_dataset
    from handfast.models.store import ModelStore

    captures = make_captures(read_dataset(folder, names, SampleKind.CONTACT), Grouping())
    kept = TemplateCache(cache, software_digest()) if cache else None
    factory = partial(FingerEngine, ModelStore(Settings.from_environment().models_dir))
    acquired = acquire_all(captures, Recipe(SampleKind.CONTACT, folder, ppi=500.0), factory, cache=kept)
    made = [(a.templates[0].data, str(c.person)) for a, c in zip(acquired, captures, strict=True) if a.templates]
    return [data for data, _ in made], [person for _, person in made]


def drawn(people: Sequence[str], count: int, *, mated: bool) -> Pairs:
    """So many pairs of prints, or all there are, drawn by a fixed seed."""
    every = [(i, j) for i in range(len(people)) for j in range(i) if (people[i] == people[j]) is mated]
    return random.Random(1).sample(every, min(count, len(every)))


class Version:
    """A version of this software in a process of its own: of another folder of sources, or this one."""

    def __init__(self, source: Path | None, task: dict[str, Any]) -> None:
        paths = {} if source is None else {"PYTHONPATH": str(source.resolve())}
        self._process = subprocess.Popen(
            [sys.executable, __file__, "work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **paths},
        )
        self._ask(task)

    def round(self) -> Times:
        """Microseconds of everything once."""
        return self._ask(None)

    def _ask(self, question: dict[str, Any] | None) -> Times:
        asked, told = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        asked.write(json.dumps(question) + "\n")
        asked.flush()
        answer: Times = json.loads(told.readline())
        return answer


def work() -> None:
    """The process of one version: what to compare comes first, then a line for each round."""
    from handfast.base.modality import FingerPosition, Modality, SampleKind
    from handfast.base.quality import Quality
    from handfast.base.template import Template
    from handfast.finger.comparison import compare
    from handfast.finger.records.iso19794_2_2005 import FORMAT

    task = json.loads(sys.stdin.readline())
    templates = [
        Template(
            Modality.FINGER, FingerPosition.UNKNOWN, SampleKind.CONTACT, FORMAT, "", b64decode(record), Quality(50.0)
        )
        for record in task["records"]
    ]
    compare.warm_up()
    prints = [compare.fast_form(template) for template in templates]
    pairs = {"mated": task["mated"], "non-mated": task["others"]}
    print(json.dumps({}), flush=True)
    for _ in sys.stdin:
        times = {"make a print ready": [timed(partial(compare.fast_form, t)) for t in templates]}
        for name, some in pairs.items():
            times[name] = [timed(partial(compare.compare_prints, prints[i], prints[j])) for i, j in some]
        if hasattr(compare, "compare_with_each"):
            from handfast.finger.comparison.prints import joined

            many = joined([prints[j] for _, j in task["others"][:MANY]])
            ones = [prints[i] for i, _ in task["others"][-MANY // 10 :]]
            times[ROWS[3]] = [timed(partial(compare.compare_with_each, one, many)) / len(many) for one in ones]
        print(json.dumps(times), flush=True)


def timed(call: Callable[[], object]) -> float:
    """Microseconds of processor time of one call."""
    start = time.thread_time_ns()
    call()
    return (time.thread_time_ns() - start) / 1000


def best_of(rounds: Sequence[Times]) -> Times:
    """Of each thing that was timed the best round."""
    return {name: np.min([each[name] for each in rounds], axis=0).tolist() for name in rounds[0]}


def show(versions: Sequence[Times], sources: Sequence[Path | None], prints: int) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("us on one core", title=f"{prints} prints", title_justify="left")
    for source in sources:
        for heading in ("median", "mean"):
            table.add_column(heading if source is None else f"{heading}, beside", justify="right")
    if len(versions) > 1:
        table.add_column("beside / this, medians", justify="right")
    for name in ROWS:
        cells = []
        for version in versions:
            some = version.get(name)
            cells += ["", ""] if some is None else [f"{np.median(some):.0f}", f"{np.mean(some):.0f}"]
        if len(versions) > 1 and all(name in version for version in versions):
            cells.append(f"{np.median(versions[1][name]) / np.median(versions[0][name]):.2f}")
        table.add_row(name, *cells)
    Console(width=110).print(table)


if __name__ == "__main__":
    work() if sys.argv[1:] == ["work"] else main()
