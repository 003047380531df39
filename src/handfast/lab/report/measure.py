"""The figures of a report as one JSON-ready structure. The page shows nothing that is not in it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from handfast.decision.policy import DEFAULT_POLICY, Policy
from handfast.decision.tables import Tables
from handfast.lab.figures import Intervals, figures
from handfast.lab.gate.groups import People
from handfast.lab.rates.identification import search_points, searches
from handfast.lab.rates.intervals import FEWEST_PEOPLE, words_for
from handfast.lab.rates.metrics import TARGETS
from handfast.lab.rates.paired import paired
from handfast.lab.report.curves import det_points, discard_curve, distribution, reliability
from handfast.lab.report.differing import differing
from handfast.lab.report.transacted import transacted
from handfast.lab.runs import Run, Scored

FORMAT = "handfast-report:1"
DEFAULT_INTERVALS = Intervals()
Json = dict[str, Any]


def measure(
    runs: Sequence[Run],
    groups: People | None = None,
    intervals: Intervals = DEFAULT_INTERVALS,
    *,
    policy: Policy = DEFAULT_POLICY,
    tables: Tables | None = None,
) -> Json:
    """One run, or two side by side; `groups` holds the columns of the first run's people.

    policy, tables   what whole transactions would come to; not told without tables
    """
    body: Json = {"format": FORMAT, "runs": [_run(run, intervals) for run in runs]}
    body["transactions"] = transacted(runs, policy, tables) if tables else []
    body |= differing(runs[0], groups)
    if len(runs) == 2:
        body["paired"] = _paired(runs[0], runs[1])
    return body


def _run(run: Run, intervals: Intervals) -> Json:
    keys = ("software", "machine", "modality", "kind", "models", "comparators", "protocol", "counts")
    return {
        "name": run.name,
        **{key: run.summary.get(key) for key in keys},
        "failures_to_acquire": run.summary.get("failures_to_acquire"),
        "failures_to_enrol": run.summary.get("failures_to_enrol"),
        "latency": _latency(run.captures),
        "levels": {level.level: _level(level, run, intervals) for level in run.levels},
    }


def _level(scored: Scored, run: Run, intervals: Intervals) -> Json:
    mated, nonmated = scored.comparisons.split
    which = scored.comparisons.mated
    people = len(np.unique(scored.comparisons.reference[which]))
    enough = people >= FEWEST_PEOPLE
    body: Json = figures(scored.comparisons, intervals if enough else Intervals(0, intervals.seed))
    fvc = run.summary.get("results", {}).get(scored.level, {}).get("fvc")
    calibration = reliability(scored.llr[which], scored.llr[~which])
    return body | {
        "cannot_say": cannot_say(body, people),
        "fvc": fvc,
        "det": det_points(mated, nonmated),
        "distribution": distribution(mated, nonmated),
        "reliability": None if calibration is None else asdict(calibration),
        "search": _search(scored),
        "discard": discard_curve(mated, scored.quality[which]),
    }


def _search(scored: Scored) -> list[Json]:
    """FNIR by gallery size; nothing of single fingers, which nobody is ever found by."""
    if scored.level == "finger":
        return []
    keys = np.array([key.split(" ") for key in scored.keys])
    made = searches(scored.comparisons.score, keys[:, 0], keys[:, 1])
    return [
        asdict(point) | {"fnir": point.fnir, "rests_on": words_for(point.misses, point.mated)}
        for point in search_points(made)
    ]


def cannot_say(figures: Mapping[str, Any], people: int) -> list[str]:
    """What these figures rest on too little for: the rules of 3 and of 30, and too few people."""
    said: list[str] = []
    if people < FEWEST_PEOPLE:
        said.append(
            f"{people} people are fewer than {FEWEST_PEOPLE}: this checks that nothing went backwards, and claims no "
            "rate for anybody else. No bootstrap interval is printed."
        )
    points = figures["tmr_at_fmr"]
    thin = [point for point in points if point["false_matches"] < 30]
    if thin:
        first = thin[0]
        said.append(
            f"FMR from {100 * first['fmr_target']:g} % down: {words_for(first['false_matches'], figures['nonmated'])}."
        )
        if first["false_matches"] and thin[-1]["false_matches"] == 0:
            said.append(f"FMR {100 * thin[-1]['fmr_target']:g} %: {words_for(0, figures['nonmated'])}.")
    misses = [point["false_non_matches"] for point in points]
    if min(misses) < 30:
        least, most = min(misses), max(misses)
        if most == 0:
            said.append(f"TMR at every FMR: {words_for(0, figures['mated'])}.")
        elif least == most:
            said.append(f"TMR: {words_for(least, figures['mated'])}.")
        else:
            said.append(f"TMR: rests on {least} to {most} errors; the rule of 30 asks for 30.")
    return said


def _latency(captures: Sequence[Mapping[str, str]]) -> Json | None:
    """Milliseconds a capture, by step and in all: median, 95th percentile, longest."""
    times: dict[str, list[float]] = defaultdict(list)
    for row in captures:
        for column, value in row.items():
            if value and (column == "ms" or column.startswith("ms_")) and float(value) > 0.0:
                times["all" if column == "ms" else column.removeprefix("ms_")].append(float(value))
    if not times:
        return None
    steps = {
        step: {
            "captures": len(values),
            "median": float(np.median(values)),
            "p95": float(np.quantile(values, 0.95)),
            "most": max(values),
        }
        for step, values in times.items()
    }
    return dict(sorted(steps.items(), key=lambda item: -item[1]["median"]))


def _paired(first: Run, second: Run) -> Json:
    """A test for each level on the comparisons that both runs made; runs salted differently have none in common."""
    levels: dict[str, Json] = {}
    others = {scored.level: scored for scored in second.levels}
    for one in first.levels:
        other = others.get(one.level)
        if other is None:
            continue
        common, here, there = np.intersect1d(one.keys, other.keys, assume_unique=True, return_indices=True)
        entry: Json = {
            "in_both": len(common),
            "only_first_made": len(one.keys) - len(common),
            "only_second_made": len(other.keys) - len(common),
            "tests": [],
        }
        own, score = one.comparisons.take(here), other.comparisons.score[there]
        if own.mated.any() and not own.mated.all():
            tests = [paired(own.score, score, own.mated, own.reference, target) for target in TARGETS[:3]]
            entry["tests"] = [asdict(test) | {"finding": test.words} for test in tests]
        levels[one.level] = entry
    return {"levels": levels}
