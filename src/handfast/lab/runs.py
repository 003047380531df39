"""What a run left in its folder, read back for a report."""

import csv
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import RequestError
from handfast.base.modality import SampleKind
from handfast.decision.tables import Table, Tables
from handfast.lab.files import SCORE_COLUMNS
from handfast.lab.rates.intervals import Comparisons
from handfast.lab.rates.metrics import Values
from handfast.lab.sets.comparing import level_of

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The comparisons of one level ("face", "finger", "hand"), in the file's order.

    people    (P,) salted ids, in the order of the comparisons' numbers
    keys      (N,) reference, probe and unit of each comparison: the same in two runs for the same two captures
    llr       (N,) log10 likelihood ratios, NaN where no table holds
    quality   (N,) the lower quality of the two samples, 0..100, NaN where not known
    """

    level: str
    comparisons: Comparisons
    people: tuple[str, ...]
    keys: NDArray[np.str_]
    llr: Values
    quality: Values


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One folder: its summary, comparisons by level, rows of captures.csv (none for scores of others), scores.csv."""

    name: str
    summary: Mapping[str, Any]
    levels: tuple[Scored, ...]
    captures: tuple[Row, ...]
    rows: tuple[Row, ...] = ()


def read_run(folder: Path, tables: Tables) -> Run:
    """Read the folder that `lab compare` or `lab scores` wrote; RequestError if it is none.

    Where the run itself knew no ratios, those of the tables given are used.
    """
    if not (folder / "summary.json").is_file() or not (folder / "scores.csv").is_file():
        raise RequestError(f"{folder} has no summary.json and scores.csv: give a folder that `lab compare` wrote")
    summary: dict[str, Any] = json.loads((folder / "summary.json").read_text("utf-8"))
    captures = _rows(folder / "captures.csv") if (folder / "captures.csv").is_file() else []
    rows = _rows(folder / "scores.csv")
    if not rows or not set(SCORE_COLUMNS) <= rows[0].keys():
        raise RequestError(f"{folder.name}/scores.csv has not the columns {', '.join(SCORE_COLUMNS)}, or no row")
    by_level: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_level[level_of(row["unit"])].append(row)
    quality = {(row["id"], row["unit"]): float(row["quality"]) for row in captures if row.get("quality")}
    table = _table(summary, tables)
    try:
        levels = tuple(_scored(level, own, quality, table) for level, own in sorted(by_level.items()))
    except ValueError as error:
        raise RequestError(f"{folder.name}/scores.csv: {error}") from None
    return Run(folder.resolve().name, summary, levels, tuple(captures), tuple(rows))


def _scored(level: str, rows: Sequence[Row], quality: Mapping[tuple[str, str], float], table: Table | None) -> Scored:
    sides = [[row[side].split(".", 1)[0] for row in rows] for side in ("reference", "probe")]
    people = tuple(sorted(set(sides[0]) | set(sides[1])))
    number = {name: n for n, name in enumerate(people)}
    reference, probe = (np.array([number[name] for name in side], dtype=np.int32) for side in sides)
    score = np.array([float(row["score"]) for row in rows])
    llr = np.array([float(row["llr"]) if row["llr"] else np.nan for row in rows])
    if np.isnan(llr).all() and table and level != "hand":
        llr = np.clip(np.interp(score, table.scores, table.llrs), *table.limits)
    known = [[quality.get((row[side], row["unit"]), np.nan) for row in rows] for side in ("reference", "probe")]
    return Scored(
        level,
        Comparisons(score, reference == probe, reference, probe, len(people)),
        people,
        np.array([f"{row['reference']} {row['probe']} {row['unit']}" for row in rows]),
        llr,
        np.minimum(np.array(known[0]), np.array(known[1])),
    )


def _table(summary: Mapping[str, Any], tables: Tables) -> Table | None:
    comparators = summary.get("comparators", [])
    if len(comparators) != 1 or summary.get("kind") not in {kind.value for kind in SampleKind}:
        return None
    kind = SampleKind(summary["kind"])
    return tables.by_key.get((comparators[0], kind, kind))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
