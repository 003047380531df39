"""From photo to print: misses of the engine and of a naive chain on the same synthetic hands, one difficulty at a time.

    .venv/bin/python bench/photos.py FOLDER [--people 8] [--plot docs/images/photos.svg] [--json FILE]

Draws the photos into FOLDER where they are not there yet, reads them on two processes, prints one table. Each finger is
compared with three photos taken as guided; the better score counts, for both. Thresholds are each system's own, at a
false match rate of 0.1 % over all conditions. A miss is a mated comparison below it, or a fingertip that gave nothing.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from hand_readings import NAIVE, Readings, read
from hand_sweep import HAND, REFERENCES, Entry, entries
from naive_chain import compare_naive
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sweep_plot import draw_sweeps

from handfast.base.modality import FOUR_FINGERS, FingerPosition
from handfast.finger.comparison.compare import compare_prints
from handfast.finger.comparison.prints import Prints, prepare

FMR = 1e-3


@dataclass(frozen=True, slots=True)
class Trial:
    """One probe finger against one person's references; nan where there was nothing to compare."""

    entry: Entry
    position: FingerPosition
    mated: bool
    engine: float
    naive: float
    refused: bool


def trials(readings: Mapping[Entry, Readings], most: int = REFERENCES) -> list[Trial]:
    """Every probe finger against its own `most` references, and against every finger of everybody else."""
    references = [entry for entry in readings if entry.condition is None and entry.take < most]
    prints = {(e, p): prepare(r.minutiae) for e, rs in readings.items() for p, r in rs.engine.items()}
    result = []
    probes = [entry for entry in readings if entry.condition is not None]
    for entry in track(probes, "comparing", console=Console(stderr=True)):
        for person in sorted({entry.person for entry in readings}):
            theirs = [r for r in references if r.person == person]
            for position, other in product(FOUR_FINGERS[HAND], repeat=2):
                if person == entry.person and position is not other:
                    continue
                sight = readings[entry].engine.get(position)
                refused = sight is None or sight.refused is not None
                engine = _best_engine(prints, readings, (entry, position), theirs, other)
                naive = _best_naive(readings, (entry, position), theirs, other)
                result.append(Trial(entry, position, person == entry.person, engine, naive, refused))
    return result


def _best_engine(
    prints: Mapping[tuple[Entry, FingerPosition], Prints],
    readings: Mapping[Entry, Readings],
    probe: tuple[Entry, FingerPosition],
    references: Sequence[Entry],
    position: FingerPosition,
) -> float:
    """Best score over the references that passed the gate; the probe's own refusal is for the caller to see."""
    if probe not in prints:
        return float("nan")
    scores = [
        compare_prints(prints[r, position], prints[probe])
        for r in references
        if position in readings[r].engine and readings[r].engine[position].refused is None
    ]
    return max(scores, default=float("nan"))


def _best_naive(
    readings: Mapping[Entry, Readings],
    probe: tuple[Entry, FingerPosition],
    references: Sequence[Entry],
    position: FingerPosition,
) -> float:
    mine = readings[probe[0]].naive.get(probe[1])
    if mine is None:
        return float("nan")
    theirs = [readings[r].naive.get(position) for r in references]
    return max((compare_naive(other, mine) for other in theirs if other is not None), default=float("nan"))


@dataclass(frozen=True, slots=True)
class Row:
    """Misses in one condition, of all mated fingers and of those that the gate let through."""

    sweep: str
    level: str
    mated: int
    naive: int
    refused: int
    engine: int
    ungated: int


def rows(found: Sequence[Trial]) -> tuple[list[Row], dict[str, float]]:
    """A row a condition, the last one over all, and the thresholds."""
    limits = {"engine": limit([t.engine for t in found if not t.mated and not t.refused])}
    limits["ungated"] = limit([t.engine for t in found if not t.mated])
    limits["naive"] = limit([t.naive for t in found if not t.mated])
    mated = [t for t in found if t.mated]
    titles = list(dict.fromkeys(t.entry.title for t in mated))
    made = [_row(title, [t for t in mated if t.entry.title == title], limits) for title in titles]
    return [*made, _row(("all", ""), mated, limits)], limits


def limit(nonmated: Sequence[float]) -> float:
    """The lowest threshold at which at most this share of the non-mated comparisons match."""
    scores = np.sort(np.array(nonmated)[~np.isnan(nonmated)])[::-1]
    return float(np.nextafter(scores[int(FMR * len(scores))], np.inf))


def _row(title: tuple[str, str], some: Sequence[Trial], limits: Mapping[str, float]) -> Row:
    return Row(
        *title,
        mated=len(some),
        naive=sum(not t.naive >= limits["naive"] for t in some),
        refused=sum(t.refused for t in some),
        engine=sum(not t.engine >= limits["engine"] for t in some if not t.refused),
        ungated=sum(not t.engine >= limits["ungated"] for t in some),
    )


def show(made: Sequence[Row], console: Console) -> None:
    table = Table("", "", "mated", "naive misses", "engine refuses", "engine misses", "engine misses, no gate")
    for row in made:
        passed = max(1, row.mated - row.refused)
        shares = (
            f"{row.naive} ({row.naive / row.mated:.0%})",
            f"{row.refused} ({row.refused / row.mated:.0%})",
            f"{row.engine} ({row.engine / passed:.1%})",
            f"{row.ungated} ({row.ungated / row.mated:.0%})",
        )
        table.add_row(row.sweep, row.level, str(row.mated), *shares)
    console.print(table)


def wrong_fingers(readings: Mapping[Entry, Readings]) -> int:
    """Fingertips that passed the gate under a name that is not theirs."""
    tips = [tip for some in readings.values() for tip in some.engine.values() if tip.refused is None]
    return sum(tip.right < 0.5 for tip in tips)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--tag", default="engine", help="folder in FOLDER where the engine's readings are kept")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    wanted, console = list(entries(arguments.people)), Console()
    with ProcessPoolExecutor(arguments.workers) as pool:
        jobs = [
            [pool.submit(read, entry, arguments.folder, name) for name in (arguments.tag, NAIVE)] for entry in wanted
        ]
        both = [[job.result() for job in some] for some in track(jobs, "reading", console=Console(stderr=True))]
    readings = {e: Readings(one.engine, one.failed, two.naive) for e, (one, two) in zip(wanted, both, strict=True)}
    found = trials(readings)
    table, limits = rows(found)
    show(table, console)
    count = sum(not t.mated for t in found)
    console.print(
        f"{count} non-mated comparisons; thresholds {limits}; wrong fingers passed: {wrong_fingers(readings)}"
    )
    for most in range(1, REFERENCES):
        fewer = rows(trials(readings, most))[0][-1]
        console.print(f"with {most} of the references: {fewer.engine} engine misses, {fewer.naive} naive misses")
    if arguments.plot:
        draw_sweeps(arguments.plot, table)
    if arguments.json:
        rows_as_json = [{name: getattr(row, name) for name in Row.__slots__} for row in table]
        arguments.json.write_text(json.dumps(rows_as_json, indent=1) + "\n")


if __name__ == "__main__":
    main()
