from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from handfast.base.errors import RequestError
from handfast.base.modality import SampleKind
from handfast.lab.rates.differentials import Group, Trials, conclude
from handfast.lab.sets.conditions import SEVERAL_TIMES, Taken, condition_groups, read_conditions
from handfast.lab.sets.dataset import read_dataset
from support.pictures import write_people

PEOPLE, EACH = 30, 6


def taken(values: NDArray[np.str_], *, apart: bool = True) -> Taken:
    person = np.repeat(np.arange(PEOPLE, dtype=np.int32), EACH)
    return Taken(values, person, person, apart)


def mated(values: NDArray[np.str_], rates: dict[frozenset[str], float], seed: int = 1) -> Trials:
    """Each person's captures with each other; how often they fail depends on how both were taken, and on the person."""
    rng = np.random.default_rng(seed)
    pairs = np.array([(p * EACH + i, p * EACH + j) for p in range(PEOPLE) for i in range(EACH) for j in range(i)])
    left, right = pairs.T.astype(np.int32)
    hard = rng.uniform(0.5, 1.5, PEOPLE)[left // EACH]
    rate = np.array([rates[frozenset(pair)] for pair in zip(values[left], values[right], strict=True)])
    return Trials(rng.random(len(left)) < rate * hard, left, right)


HALVES = np.array(["lamp", "sun"] * (PEOPLE * EACH // 2))
ALIKE = {frozenset({"lamp"}): 0.15, frozenset({"sun"}): 0.15, frozenset({"lamp", "sun"}): 0.15}


def findings(groups: tuple[Group, ...]) -> dict[str, str]:
    return {group.value: group.finding for group in conclude(groups)}


def test_what_fails_between_two_lights_is_found_there_alone() -> None:
    worse = ALIKE | {frozenset({"lamp", "sun"}): 0.4}
    groups = condition_groups("light", "FNMR", mated(HALVES, worse), taken(HALVES), draws=999)
    assert findings(groups)["lamp with sun"] == "higher"
    assert "higher" not in (findings(groups)["lamp"], findings(groups)["sun"])
    assert sum(group.trials for group in groups) == PEOPLE * EACH * (EACH - 1) // 2
    assert {group.people for group in groups} == {PEOPLE}


def test_without_a_difference_one_is_seldom_found() -> None:
    found = [
        findings(condition_groups("light", "FNMR", mated(HALVES, ALIKE, seed), taken(HALVES), draws=199))
        for seed in range(60)
    ]
    assert sum("higher" in one.values() or "lower" in one.values() for one in found) <= 6


def test_what_differs_only_between_people_is_no_evidence_of_how_pictures_were_taken() -> None:
    values = np.repeat(["lamp", "sun"], PEOPLE * EACH // 2)
    rates = ALIKE | {frozenset({"sun"}): 0.6}
    assert findings(condition_groups("light", "FNMR", mated(values, rates), taken(values))) == {
        "lamp": "no evidence: fewer than 10 people in both",
        "sun": "no evidence: fewer than 10 people in both",
    }


def test_captures_that_share_pictures_are_not_tested() -> None:
    groups = condition_groups("light", "FNMR", mated(HALVES, ALIKE), taken(HALVES, apart=False))
    assert set(findings(groups).values()) == {f"no evidence: {SEVERAL_TIMES}"}


def test_captures_of_which_nothing_is_told_take_no_part() -> None:
    values = np.where(np.arange(PEOPLE * EACH) % EACH == 0, "", HALVES)
    groups = condition_groups("light", "FNMR", mated(HALVES, ALIKE), taken(values), draws=99)
    assert sum(group.trials for group in groups) == PEOPLE * (EACH - 1) * (EACH - 2) // 2


def test_a_lost_capture_counts_once(tmp_path: Path) -> None:
    captures = np.arange(PEOPLE * EACH, dtype=np.int32)
    groups = condition_groups("light", "lost", Trials(HALVES == "sun", captures, captures), taken(HALVES), draws=199)
    assert [(group.value, group.trials, group.errors) for group in groups] == [("lamp", 90, 0), ("sun", 90, 90)]
    assert findings(groups) == {"lamp": "lower", "sun": "higher"}


def test_a_file_that_says_nothing_of_the_set_is_refused(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 2, 2)
    pictures = read_dataset(tmp_path / "images", r"p(?P<person>\d+)/(?P<sample>\d+)", SampleKind.PORTRAIT).pictures
    path = tmp_path / "conditions.csv"
    path.write_text("picture,light\nelsewhere.png,sun\n")
    with pytest.raises(RequestError, match="names no picture"):
        read_conditions(path, pictures)
    path.write_text("path,light\nelsewhere.png,sun\n")
    with pytest.raises(RequestError, match="column picture"):
        read_conditions(path, pictures)
    first = pictures[0].path.as_posix()
    path.write_text(f"picture,light,device\n{first}, sun ,\n")
    known = read_conditions(path, pictures)
    assert known[pictures[0].path] == {"light": "sun", "device": ""}
    assert known[pictures[1].path] == {"light": "", "device": ""}
