import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from handfast.base.errors import RequestError
from handfast.cli import lab
from handfast.decision.tables import Basis, Table
from support.pictures import write_people

SUMMARY: dict[str, object] = {
    "kind": "portrait",
    "comparators": ["toy:1"],
    "models": ["toy-model:1"],
    "software": {"handfast": "0"},
    "protocol": {"names": r"secret/(?P<person>\d+)", "seed": 1},
}


def invoke(*arguments: str) -> None:
    CliRunner().invoke(lab.app, list(arguments), catch_exceptions=False)


def write_scores(folder: Path, summary: dict[str, object]) -> Path:
    rng = np.random.default_rng(1)
    lines = ["reference,probe,unit,mated,score,llr"]
    for a in range(14):
        lines.append(f"p{a}.1,p{a}.2,face,1,{rng.normal(3, 1):.4f},")
        lines += [f"p{a}.1,p{b}.1,face,0,{rng.normal(0, 1):.4f}," for b in range(a)]
    path = folder / "scores.csv"
    path.write_text("\n".join(lines) + "\n")
    (folder / "summary.json").write_text(json.dumps(summary))
    return path


def calibrate(scores: Path, out: Path) -> None:
    about = ("--name", "toy-portrait:1", "--basis", "public", "--description", "simulated scores")
    invoke("calibrate", "--scores", str(scores), "--out", str(out), *about)


def test_calibrate_writes_a_table_for_the_comparator_and_kind_of_its_scores(tmp_path: Path) -> None:
    calibrate(write_scores(tmp_path, SUMMARY), tmp_path / "table.json")
    table = Table.from_json((tmp_path / "table.json").read_text("utf-8"))
    assert table.key == ("toy:1", "portrait", "portrait")
    assert (table.basis, table.counts["people"], table.counts["person_pairs"]) == (Basis.PUBLIC, 14, 91)
    assert "secret" not in table.to_json()


def test_calibrate_refuses_scores_of_two_comparators_or_without_their_summary(tmp_path: Path) -> None:
    scores = write_scores(tmp_path, SUMMARY | {"comparators": ["toy:1", "toy:2"]})
    with pytest.raises(RequestError, match="2 comparators"):
        calibrate(scores, tmp_path / "table.json")
    (tmp_path / "summary.json").unlink()
    with pytest.raises(RequestError, match="beside"):
        calibrate(scores, tmp_path / "table.json")


def test_compare_refuses_a_kind_that_the_modality_has_not(tmp_path: Path) -> None:
    write_people(tmp_path, 2, 2)
    folders = ("--images", str(tmp_path), "--out", str(tmp_path / "out"))
    with pytest.raises(RequestError, match="no contact samples"):
        invoke("compare", "--modality", "face", "--kind", "contact", "--names", "x", *folders)


def test_there_is_no_command_that_takes_a_picture_and_names_somebody() -> None:
    assert {
        command.name or str(command.callback and command.callback.__name__) for command in lab.app.registered_commands
    } == {
        "compare",
        "calibrate",
        "report",
        "scores",
        "gate",
        "key",
        "state",
        "presentations",
        "attack",
        "cues",
        "chimeric",
        "prints",
    }
