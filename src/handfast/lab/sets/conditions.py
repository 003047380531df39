"""Differences of error rates between ways to take a picture: device, light, whatever varies within a person.

A CSV says of each picture how it was taken. A comparison is of two captures, so a group is a value ("lamp") or two
("lamp with sun"), beside all other comparisons. p comes by permuting each person's own captures: who somebody is and
how easily they are recognised stays as it is, and only how the picture was taken moves (Pesarin & Salmaso 2010, on
permutations within blocks). What never differs within anybody is told by people's groups instead (`groups`).
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from handfast.base.errors import RequestError
from handfast.lab.rates.differentials import DRAWS, FEWEST, Group, Trials, clustered_interval
from handfast.lab.sets.captures import Capture
from handfast.lab.sets.dataset import Picture

COLUMN = "of_"
"""What a column of captures.csv begins with that says how a capture was taken."""

FEW_PEOPLE = f"fewer than {FEWEST} people in both"
SEVERAL_TIMES = "pictures are in several captures: measure with one split"

Labels = NDArray[np.str_]
Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """How captures were taken, by number: (C,) each.

    values   of one column, "" where not known
    person   numbers of the people
    block    number of what labels may be permuted within: a person's captures of one hand or of the face
    apart    whether no two captures share a picture
    """

    values: Labels
    person: NDArray[np.int32]
    block: NDArray[np.int32]
    apart: bool


def read_conditions(path: Path, pictures: Sequence[Picture]) -> dict[Path, dict[str, str]]:
    """By picture (path within the set's folder) and column, from a CSV with a column picture and one or more others.

    RequestError if the file is none, or names no picture of the set.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        columns = [name for name in reader.fieldnames or () if name != "picture"]
        if "picture" not in (reader.fieldnames or ()) or not columns:
            raise RequestError(f"{path.name} needs a column picture and at least one more that says how it was taken")
        rows = {row["picture"]: {name: (row[name] or "").strip() for name in columns} for row in reader}
    nothing = dict.fromkeys(columns, "")
    if not any(picture.path.as_posix() in rows for picture in pictures):
        raise RequestError(f"{path.name} names no picture of the set: give paths within its folder, as in 'p1/1.jpg'")
    return {picture.path: rows.get(picture.path.as_posix(), nothing) for picture in pictures}


def conditions_of(capture: Capture, known: Mapping[Path, Mapping[str, str]]) -> dict[str, str]:
    """Cells of captures.csv: what holds for all pictures of the capture, "" where they differ."""
    rows = [known[picture.path] for picture in capture.pictures]
    return {COLUMN + name: value if all(row[name] == value for row in rows) else "" for name, value in rows[0].items()}


def condition_groups(
    column: str, measure: str, trials: Trials, taken: Taken, *, draws: int = DRAWS, seed: int = 1
) -> tuple[Group, ...]:
    """A group for each value and each two values of a column; `trials` holds the numbers of captures."""
    known = (taken.values[trials.left] != "") & (taken.values[trials.right] != "")
    trials = Trials(trials.errors[known], trials.left[known], trials.right[known])
    asked = tuple(combinations_with_replacement(sorted(set(taken.values.tolist()) - {""}), 2))
    own = {pair: _of(pair, trials, taken.values) for pair in asked}
    askable = [pair for pair in asked if taken.apart and _in_both(own[pair], trials, taken.person) >= FEWEST]
    p = _permuted(askable, trials, taken, np.random.default_rng(seed), draws) if askable else {}
    return tuple(
        _group(column, pair, measure, trials, own[pair], taken, p.get(pair)) for pair in asked if own[pair].any()
    )


def _group(
    column: str,
    pair: tuple[str, str],
    measure: str,
    trials: Trials,
    own: NDArray[np.bool_],
    taken: Taken,
    p: float | None,
) -> Group:
    left, right = (taken.person[side[own]] for side in (trials.left, trials.right))
    errors, others = trials.errors[own], trials.errors[~own]
    return Group(
        column=column,
        value=pair[0] if pair[0] == pair[1] else f"{pair[0]} with {pair[1]}",
        measure=measure,
        people=len(np.union1d(left, right)),
        trials=len(errors),
        errors=int(errors.sum()),
        rate=float(errors.mean()),
        interval=clustered_interval(Trials(errors, left, right)),
        others=float(others.mean()) if len(others) else None,
        p=p,
        unasked=FEW_PEOPLE if taken.apart else SEVERAL_TIMES,
    )


def _of(pair: tuple[str, str], trials: Trials, values: Labels) -> NDArray[np.bool_]:
    """(N,) whether a trial is of these two values, either way round."""
    left, right = values[trials.left], values[trials.right]
    either: NDArray[np.bool_] = ((left == pair[0]) & (right == pair[1])) | ((left == pair[1]) & (right == pair[0]))
    return either


def _in_both(own: NDArray[np.bool_], trials: Trials, person: NDArray[np.int32]) -> int:
    """How many people have trials within the group and outside it."""
    inside, outside = (np.union1d(person[trials.left[which]], person[trials.right[which]]) for which in (own, ~own))
    return len(np.intersect1d(inside, outside))


def _permuted(
    pairs: Sequence[tuple[str, str]], trials: Trials, taken: Taken, rng: np.random.Generator, draws: int
) -> dict[tuple[str, str], float]:
    """Two-sided p of each group's difference from all other trials."""
    labels = _draws(taken, rng, draws)
    p = {}
    for first, second in pairs:
        one, other = (labels == first).astype(float), (labels == second).astype(float)
        wrong, made = (
            _between(weight, trials, one, other, first != second)
            for weight in (trials.errors, np.ones_like(trials.errors))
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            rest = (trials.errors.sum() - wrong) / (len(trials.errors) - made)
            difference = np.abs(np.nan_to_num(wrong / made - rest))
        p[first, second] = float(np.count_nonzero(difference >= difference[0] - 1e-12) / (draws + 1))
    return p


def _between(weight: NDArray[np.bool_], trials: Trials, one: Counts, other: Counts, differ: bool) -> Counts:
    """(draws,) what the trials' weights sum to between the captures of one value and of the other; (C, draws) each."""
    matrix = coo_array((weight.astype(float), (trials.left, trials.right)), (len(one), len(one))).tocsr()
    total = np.sum(one * np.asarray(matrix @ other), axis=0)
    return np.asarray(total + np.sum(other * np.asarray(matrix @ one), axis=0) if differ else total)


def _draws(taken: Taken, rng: np.random.Generator, draws: int) -> Labels:
    """(C, 1 + draws): the labels as they are, then permuted within blocks among the captures whose label is known."""
    labels = np.repeat(taken.values[:, None], draws + 1, axis=1)
    who = np.flatnonzero(taken.values != "")
    block = taken.block[who]
    places = who[np.argsort(block, kind="stable")]
    for draw in range(1, draws + 1):
        labels[places, draw] = taken.values[who[np.lexsort((rng.random(len(who)), block))]]
    return labels
