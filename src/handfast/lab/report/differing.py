"""What a report tells of groups of people, and of ways in which pictures were taken."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.lab.gate.groups import People
from handfast.lab.rates.differentials import Group, Trials, conclude, differentials, worst
from handfast.lab.rates.metrics import threshold_at
from handfast.lab.runs import Row, Run, Scored
from handfast.lab.sets.conditions import COLUMN, Taken, condition_groups

GROUPED_AT = 1e-3  # FMR of the one threshold at which groups are compared
LOST = "failure to acquire"
Json = dict[str, Any]


def differing(run: Run, groups: People | None) -> Json:
    """`differentials` of these people (columns of `people_of` the run) and `conditions` of its captures, where told.

    Holm's correction covers every question of both.
    """
    of_people = list(_of_people(run, groups)) if groups is not None else []
    of_captures = list(_of_captures(run))
    found = conclude([*of_people, *of_captures])
    body: Json = {}
    if groups is not None:
        body["differentials"] = {"people_not_named": groups.unknown, **_told(found[: len(of_people)])}
    if of_captures:
        body["conditions"] = _told(found[len(of_people) :])
    return body


def people_of(run: Run) -> tuple[str, ...]:
    """Salted ids of everybody in a run, also of those whom nothing could be captured of."""
    captured = {row["id"].split(".", 1)[0] for row in run.captures}
    return tuple(sorted(captured.union(*(scored.people for scored in run.levels))))


def _told(groups: Sequence[Group]) -> Json:
    questions = dict.fromkeys((group.column, group.measure) for group in groups)
    worse = [group for column, name in questions if (group := worst(groups, column, name)) is not None]
    return {
        "threshold_at_fmr": GROUPED_AT,
        "groups": [asdict(group) for group in groups],
        "worst": [asdict(group) for group in worse],
    }


def _of_people(run: Run, groups: People) -> Iterator[Group]:
    names = {name: n for n, name in enumerate(people_of(run))}
    for column, values in groups.columns.items():
        for scored in run.levels:
            number = np.array([names[person] for person in scored.people], dtype=np.int32)
            left, right = number[scored.comparisons.reference], number[scored.comparisons.probe]
            for measure, trials in _errors(scored, left, right):
                yield from differentials(column, values, measure, trials)
        if run.captures:
            lost = _lost(run)
            who = np.array([names[_person(row)] for row in lost], dtype=np.int32)
            yield from differentials(column, values, LOST, _not_acquired(lost, who))


def _of_captures(run: Run) -> Iterator[Group]:
    whole = {row["id"]: row for row in _lost(run)}
    columns = [name for name in next(iter(whole.values()), {}) if name.startswith(COLUMN)]
    number = {name: n for n, name in enumerate(whole)}
    for column in columns:
        taken = _taken(whole, column, apart=int(run.summary.get("protocol", {}).get("splits", 1)) == 1)
        for scored in run.levels:
            sides = np.array([key.split(" ")[:2] for key in scored.keys])
            left, right = (np.array([number[name] for name in side], dtype=np.int32) for side in sides.T)
            for measure, trials in _errors(scored, left, right):
                yield from condition_groups(column.removeprefix(COLUMN), measure, trials, taken)
        lost = _not_acquired(list(whole.values()), np.arange(len(whole), dtype=np.int32))
        yield from condition_groups(column.removeprefix(COLUMN), LOST, lost, taken)


def _errors(
    scored: Scored, left: NDArray[np.int32], right: NDArray[np.int32]
) -> tuple[tuple[str, Trials], tuple[str, Trials]]:
    """Mated and non-mated trials at one threshold for all, with the numbers given of their two sides."""
    own = scored.comparisons
    matched = own.score >= threshold_at(own.score[~own.mated], GROUPED_AT)
    return (
        (f"{scored.level} FNMR", Trials(~matched[own.mated], left[own.mated], right[own.mated])),
        (f"{scored.level} FMR", Trials(matched[~own.mated], left[~own.mated], right[~own.mated])),
    )


def _taken(captures: Mapping[str, Row], column: str, *, apart: bool) -> Taken:
    rows = list(captures.values())
    people = {name: n for n, name in enumerate(dict.fromkeys(map(_person, rows)))}
    blocks = {block: n for n, block in enumerate(dict.fromkeys((_person(row), row["unit"]) for row in rows))}
    return Taken(
        values=np.array([row[column] for row in rows]),
        person=np.array([people[_person(row)] for row in rows], dtype=np.int32),
        block=np.array([blocks[_person(row), row["unit"]] for row in rows], dtype=np.int32),
        apart=apart,
    )


def _lost(run: Run) -> list[Row]:
    """A row for each capture: of a hand the hand's."""
    return [row for row in run.captures if row["unit"].endswith("hand")] or list(run.captures)


def _not_acquired(rows: Sequence[Row], number: NDArray[np.int32]) -> Trials:
    return Trials(np.array([not row["quality"] for row in rows]), number, number)


def _person(row: Row) -> str:
    return row["id"].split(".", 1)[0]
