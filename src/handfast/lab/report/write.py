"""Writing a report: the page, and the same figures as JSON and CSV beside it."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from handfast.lab.report.page import page

Json = Mapping[str, Any]


def write_report(path: Path, body: Json) -> tuple[Path, ...]:
    """Write `path` and its companions (`NAME.json`, `NAME.points.csv`, ...); gives all that were written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(body), "utf-8")
    data = path.with_suffix(".json")
    data.write_text(json.dumps(body, indent=1, ensure_ascii=False) + "\n", "utf-8")
    levels = [(run["name"], name, level) for run in body["runs"] for name, level in run["levels"].items()]
    written = [path, data]
    for what, columns, rows in (
        ("points", ("run", "level", *_POINT), (_point(*level) for level in levels)),
        ("det", ("run", "level", "fmr", "fnmr"), ([(r, n, *p) for p in own["det"]] for r, n, own in levels)),
        ("scores", ("run", "level", "from", "to", "mated", "nonmated"), (_bins(*level) for level in levels)),
        ("search", ("run", "level", *_SEARCH), (_searches(*level) for level in levels)),
        ("discard", ("run", "level", "discarded", "fnmr"), (_discard(*level) for level in levels)),
        ("calibration", ("run", "level", *_RATIO), (_ratios(*level) for level in levels)),
        ("transactions", _TRANSACTION, (_transacted(found) for found in body["transactions"])),
        ("groups", _GROUP, [_groups(body, "differentials")]),
        ("conditions", _GROUP, [_groups(body, "conditions")]),
    ):
        lines = [row for part in rows for row in part]
        if lines:
            written.append(_csv(path.with_suffix(f".{what}.csv"), columns, lines))
    return tuple(written)


_POINT = ("fmr_target", "fmr", "threshold", "tmr", "false_non_matches", "false_matches")
_RATIO = ("told", "observed", "low", "high", "mated", "nonmated")
_SEARCH = ("size", "fpir_target", "fpir", "threshold", "fnir", "misses", "mated", "people")
_TRANSACTION = ("runs", "attempts", "whom", "outcome", "transactions", "count", "rate", "low", "high")
_GROUP = (
    *("column", "value", "measure", "people", "trials", "errors", "rate", "low", "high"),
    *("others", "p", "p_holm", "finding"),
)


def _point(run: str, level: str, own: Json) -> Iterable[Sequence[object]]:
    return [(run, level, *(point[column] for column in _POINT)) for point in own["tmr_at_fmr"]]


def _searches(run: str, level: str, own: Json) -> Iterable[Sequence[object]]:
    return [(run, level, *(point[column] for column in _SEARCH)) for point in own["search"]]


def _bins(run: str, level: str, own: Json) -> Iterable[Sequence[object]]:
    d = own["distribution"]
    return [(run, level, *row) for row in zip(d["edges"], d["edges"][1:], d["mated"], d["nonmated"], strict=False)]


def _discard(run: str, level: str, own: Json) -> Iterable[Sequence[object]]:
    found = own["discard"] or {"discarded": (), "fnmr": ()}
    return [(run, level, *row) for row in zip(found["discarded"], found["fnmr"], strict=True)]


def _ratios(run: str, level: str, own: Json) -> Iterable[Sequence[object]]:
    found = own["reliability"]
    if found is None:
        return []
    ends = [interval or ("", "") for interval in found["interval"]]
    counted = zip(found["told"], found["observed"], ends, found["counts"], strict=True)
    return [(run, level, told, "" if seen is None else seen, *end, *count) for told, seen, end, count in counted]


def _transacted(found: Json) -> Iterable[Sequence[object]]:
    runs = " + ".join(found["runs"])
    return [
        (runs, row["attempts"], whom, name, row[whom]["transactions"], own["count"], own["rate"], *own["interval"])
        for row in found["rows"]
        for whom in ("strangers", "rightful")
        for name, own in row[whom].items()
        if name != "transactions"
    ]


def _groups(body: Json, of: str) -> Iterable[Sequence[object]]:
    groups = body.get(of, {}).get("groups", ())
    return [(*(group[c] for c in _GROUP[:7]), *group["interval"], *(group[c] for c in _GROUP[9:])) for group in groups]


def _csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path
