import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from handfast.base.errors import RequestError
from handfast.base.modality import Modality
from handfast.cli import lab
from handfast.decision.policy import DEFAULT_POLICY
from handfast.lab.gate.groups import read_groups
from handfast.lab.rates.metrics import error_curve
from handfast.lab.report.curves import det_points, discard_curve, distribution, reliability
from handfast.lab.report.html import percent
from handfast.lab.report.measure import measure
from handfast.lab.report.write import write_report
from handfast.lab.runs import read_run
from support.calibration import FACE_TABLE, TABLES
from support.scored import write_hand_run, write_run

CAREFUL = "What these figures cannot say"


def report(tmp_path: Path, *runs: Path) -> tuple[str, dict[str, Any]]:
    write_report(tmp_path / "report.html", measure([read_run(run, TABLES) for run in runs]))
    body: dict[str, Any] = json.loads((tmp_path / "report.json").read_text("utf-8"))
    return (tmp_path / "report.html").read_text("utf-8"), body


def test_the_page_loads_nothing_and_runs_nothing(tmp_path: Path) -> None:
    html, _ = report(tmp_path, write_run(tmp_path / "run"))
    assert not re.search(r"https?:|src=|url\(|@import|<script|<link|<iframe", html)


def test_what_a_protocol_says_is_text_and_never_markup(tmp_path: Path) -> None:
    html, _ = report(tmp_path, write_run(tmp_path / "run"))
    assert "(?P&lt;person&gt;\\d+)&lt;/script&gt;" in html


def test_every_rate_stands_in_page_json_and_csv_alike(tmp_path: Path) -> None:
    html, body = report(tmp_path, write_run(tmp_path / "run", shift=0.2))
    points = body["runs"][0]["levels"]["face"]["tmr_at_fmr"]
    with (tmp_path / "report.points.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["tmr"]) for row in rows] == [point["tmr"] for point in points]
    for point in points:
        rests = f"{point['false_non_matches']:,} | {point['false_matches']:,}"
        assert f"{100 * point['tmr']:.2f}\u00a0%<small>{rests}</small>" in html


def test_too_few_people_and_errors_are_said_out_loud_and_no_bootstrap_is_printed(tmp_path: Path) -> None:
    html, body = report(tmp_path, write_run(tmp_path / "run", 24))
    said = " ".join(body["runs"][0]["levels"]["face"]["cannot_say"])
    assert "24 people are fewer than 50" in said
    assert "rule of 3 the rate may still be" in said
    assert CAREFUL in html
    assert "bootstrap" not in body["runs"][0]["levels"]["face"]
    many = read_run(write_run(tmp_path / "many", 60), TABLES)
    level = measure([many])["runs"][0]["levels"]["face"]
    assert "bootstrap" in level
    assert not any("fewer than 50" in said for said in level["cannot_say"])


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run")
    assert report(tmp_path, run) == report(tmp_path, run)


def test_a_better_run_is_found_better_on_the_same_pairs_and_an_equal_one_is_not(tmp_path: Path) -> None:
    first = write_run(tmp_path / "first", shift=0.1)
    html, body = report(tmp_path, first, write_run(tmp_path / "second", shift=0.5, seed=2))
    entry = body["paired"]["levels"]["face"]
    assert entry["in_both"] == 24 * 6 + 24 * 23
    assert "the second fails less often" in entry["tests"][0]["finding"]
    assert "two runs" in html
    _, body = report(tmp_path, first, first)
    assert {test["finding"] for test in body["paired"]["levels"]["face"]["tests"]} == {
        "no evidence: 0 people differ, too few to tell"
    }


def test_runs_with_other_salts_are_shown_beside_each_other_without_a_test(tmp_path: Path) -> None:
    first, second = write_run(tmp_path / "first"), write_run(tmp_path / "second")
    scores = (second / "scores.csv").read_text()
    (second / "scores.csv").write_text(re.sub(r"\bp(\d+)\.", r"q\1.", scores))
    html, body = report(tmp_path, first, second)
    assert body["paired"]["levels"]["face"]["tests"] == []
    assert "nothing in common to test on" in html


def test_a_worse_group_is_named_and_a_tiny_one_is_no_evidence(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", 40, worse=12)
    lines = [f"p{a},{'old' if a < 12 else 'young'},{'rare' if a == 39 else 'common'}" for a in range(40)]
    (tmp_path / "people.csv").write_text("\n".join(["person,age,device", *lines]) + "\n")
    out = tmp_path / "page" / "report.html"
    arguments = ["report", str(run), "--to", str(out), "--groups", str(tmp_path / "people.csv")]
    assert CliRunner().invoke(lab.app, arguments, catch_exceptions=False).exit_code == 0
    found = json.loads(out.with_suffix(".json").read_text("utf-8"))["differentials"]
    fnmr = {g["value"]: g["finding"] for g in found["groups"] if g["measure"] == "face FNMR"}
    assert fnmr["old"] == "higher"
    assert fnmr["young"] == "lower"
    assert fnmr["rare"].startswith("no evidence")
    worst = {(w["column"], w["measure"]): w["value"] for w in found["worst"]}
    assert worst["age", "face FNMR"] == "old"
    assert "Worst: <b>old</b>" in out.read_text("utf-8")
    assert out.with_suffix(".groups.csv").is_file()


def test_groups_that_name_nobody_of_the_run_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("person,sex\nanna,f\n")
    with pytest.raises(RequestError, match="names nobody"):
        read_groups(path, ["p1"], None)
    path.write_text("name,sex\nanna,f\n")
    with pytest.raises(RequestError, match="column person"):
        read_groups(path, ["p1"], None)


def test_a_folder_that_no_run_left_and_a_third_run_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="no summary"):
        read_run(tmp_path, TABLES)
    with pytest.raises(RequestError, match="two side by side"):
        CliRunner().invoke(lab.app, ["report", "a", "b", "c", "--to", "x.html"], catch_exceptions=False)


def test_thinned_trade_off_points_lie_on_the_curve() -> None:
    rng = np.random.default_rng(1)
    mated, nonmated = rng.normal(2, 1, 3000), rng.normal(0, 1, 3000)
    curve = error_curve(mated, nonmated)
    points = det_points(mated, nonmated)
    assert 20 < len(points) < 1200
    assert set(points) <= set(zip(curve.fmr.tolist(), curve.fnmr.tolist(), strict=True))
    assert det_points(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == []


def test_true_ratios_are_observed_as_told_and_doubled_ones_are_not() -> None:
    rng = np.random.default_rng(1)
    score = np.concatenate((rng.normal(2, 1, 20_000), rng.normal(0, 1, 20_000)))
    llr = (2 * score - 2) / np.log(10)
    true, doubled = (reliability(factor * llr[:20_000], factor * llr[20_000:]) for factor in (1, 2))
    assert true
    assert doubled
    inside = [
        low - 0.05 <= told <= high + 0.05
        for told, between in zip(true.told, true.interval, strict=True)
        if between and abs(told) < 2
        for low, high in [between]
    ]
    assert all(inside)
    assert true.cllr - true.min_cllr < 0.01 < doubled.cllr - doubled.min_cllr


def test_discarding_by_a_quality_that_knows_lowers_the_error_and_by_chance_does_not() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(2, 1, 5000)
    knowing, chance = discard_curve(scores, scores), discard_curve(scores, rng.normal(0, 1, 5000))
    assert knowing
    assert chance
    assert (knowing["fnmr"][0], knowing["fnmr"][-1]) == (pytest.approx(0.05, abs=0.001), 0.0)  # type: ignore[index]
    assert chance["fnmr"][-1] == pytest.approx(0.05, abs=0.01)  # type: ignore[index]
    assert discard_curve(scores, np.full(5000, 50.0)) is None


def test_a_distribution_counts_every_score_once() -> None:
    found = distribution(np.array([1.0, 2.0]), np.array([0.0, 0.0, 1.0]))
    assert [float(np.sum(found[kind])) for kind in ("mated", "nonmated")] == pytest.approx([1.0, 1.0])


def test_whole_transactions_are_told_by_attempts_and_agree_with_counting_them_by_hand(tmp_path: Path) -> None:
    policy = replace(DEFAULT_POLICY, required=frozenset({Modality.FACE}), target_far=0.03, attempts=2)
    run = read_run(write_run(tmp_path / "run", 24, shift=0.1), TABLES)
    body = measure([run], policy=policy, tables=TABLES)
    (found,) = body["transactions"]
    sums: dict[tuple[str, str], list[float]] = {}
    for row in run.rows:
        key = row["reference"].split(".")[0], row["probe"].split(".")[0]
        sums.setdefault(key, []).append(FACE_TABLE.llr(float(row["score"])).llr)
    for row in found["rows"]:
        best = {pair: max(own[: row["attempts"]]) for pair, own in sums.items()}
        for whom, mated in (("rightful", True), ("strangers", False)):
            of = [value for (a, b), value in best.items() if (a == b) == mated]
            assert row[whom]["transactions"] == len(of)
            assert row[whom]["accepted"]["count"] == sum(value >= policy.accept_at for value in of)
            assert row[whom]["not_accepted"]["count"] == sum(value <= policy.refuse_at for value in of)
            assert sum(row[whom][name]["count"] for name in ("accepted", "referred", "not_accepted")) == len(of)
    first, second = (row["rightful"]["accepted"]["count"] for row in found["rows"])
    assert first < second < 24
    html = (write_report(tmp_path / "report.html", body)[0]).read_text("utf-8")
    assert "Whole transactions: face" in html
    with (tmp_path / "report.transactions.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 2 * 2 * 3


def test_face_and_hand_of_the_same_people_are_one_transaction_and_of_others_two(tmp_path: Path) -> None:
    face, hand = write_run(tmp_path / "face", 20), write_hand_run(tmp_path / "hand", 20)
    runs = [read_run(folder, TABLES) for folder in (face, hand)]
    body = measure(runs, tables=TABLES)
    (both,) = body["transactions"]
    html = write_report(tmp_path / "both.html", body)[0].read_text("utf-8")
    assert "on the same pairs" not in html  # a face and a hand are not a pair to be tested
    assert f"FRR {percent(1.0 - both['rows'][0]['rightful']['accepted']['rate'])}" in html
    assert (both["modalities"], both["missing"]) == (["face", "finger"], [])
    others = (hand / "scores.csv").read_text().replace("p", "q")
    (hand / "scores.csv").write_text(others.replace("qrobe", "probe"))
    apart = measure([runs[0], read_run(hand, TABLES)], tables=TABLES)["transactions"]
    assert [(each["modalities"], each["missing"]) for each in apart] == [(["face"], ["finger"]), (["finger"], ["face"])]
    assert [each["rows"] for each in apart] == [
        [],
        [],
    ]  # the policy asks for both
