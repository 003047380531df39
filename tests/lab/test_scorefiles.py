import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from handfast.base.errors import RequestError
from handfast.cli import lab
from handfast.lab.files import read_scores
from handfast.lab.report.measure import measure
from handfast.lab.runs import read_run
from handfast.lab.scorefiles import Format, Given, read_given
from support.calibration import TABLES

SAME = (Given(("a", "1"), ("a", "2"), 0.9), Given(("a", "1"), ("b", "1"), 0.1))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (Format.MATRIX, ",a.2,b.1\na.1,0.9,0.1\n"),
        (Format.PAIRS, "reference,probe,score\na.1,a.2,0.9\na.1,b.1,0.1\n"),
        (Format.BOB5, "a 1 a 2 0.9\na 1 b 1 0.1\n"),
    ],
)
def test_every_format_says_the_same_of_the_same_comparisons(tmp_path: Path, form: Format, text: str) -> None:
    path = tmp_path / "scores"
    path.write_text(text)
    assert read_given(path, form) == SAME
    packed = tmp_path / "scores.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert read_given(packed, form) == SAME


def test_four_columns_name_no_model_and_mate_by_person(tmp_path: Path) -> None:
    path = tmp_path / "scores"
    path.write_text("a a 2 0.9\n\na b 1 0.1\n")
    found = read_given(path, Format.BOB4)
    assert [(one.reference, one.mated, one.score) for one in found] == [(("a", ""), True, 0.9), (("a", ""), False, 0.1)]


def test_a_failed_comparison_is_counted_and_is_no_score(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(",a,b\na,0.9,-1\nb,nan,0.8\n")
    assert [one.score for one in read_given(path, Format.BSSR1)] == [0.9, None, None, 0.8]
    assert [one.score for one in read_given(path, Format.MATRIX)] == [0.9, -1.0, None, 0.8]


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        (Format.MATRIX, ",a,b\na,1\n", "line 2: 1 scores for 2"),
        (Format.PAIRS, "left,right\n1,2\n", "columns"),
        (Format.BOB4, "a b c\n", "line 1: 3 columns"),
        (Format.BOB5, "a b c d high\n", "'high' is no score"),
        (Format.BOB4, "\n", "no comparison"),
    ],
)
def test_a_file_of_another_format_is_refused_with_its_line(tmp_path: Path, form: Format, text: str, words: str) -> None:
    path = tmp_path / "scores"
    path.write_text(text)
    with pytest.raises(RequestError, match=words):
        read_given(path, form)


def test_scores_of_others_give_figures_and_a_report_and_name_nobody(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    names = [f"person77{n}" for n in range(60)]
    values = rng.normal(0, 1, (60, 60)) + 4 * np.eye(60)
    lines = ["," + ",".join(names)] + [
        f"{name}," + ",".join(map(str, row)) for name, row in zip(names, values, strict=True)
    ]
    (tmp_path / "m.csv").write_text("\n".join(lines))
    arguments = ["scores", str(tmp_path / "m.csv"), "--format", "matrix", "--out", str(tmp_path / "out")]
    assert CliRunner().invoke(lab.app, [*arguments, "--replicates", "20"], catch_exceptions=False).exit_code == 0
    figures = json.loads((tmp_path / "out" / "summary.json").read_text())["results"]["face"]["all_pairs"]
    assert (figures["mated"], figures["nonmated"], figures["people"]) == (60, 60 * 59, 60)
    assert read_scores(tmp_path / "out" / "scores.csv").people == 60
    assert all(b"person77" not in path.read_bytes() for path in (tmp_path / "out").iterdir())
    level = measure([read_run(tmp_path / "out", TABLES)])["runs"][0]["levels"]["face"]
    assert level["eer"] == figures["eer"]
