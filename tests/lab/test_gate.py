"""The go-live gate: what a site's data contradict, what they say nothing of, and what they let pass."""

import csv
import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from handfast.base.errors import GateClosed, RequestError
from handfast.base.modality import Modality
from handfast.cli import lab
from handfast.decision.gate import Finding, open_gate, sign_as_owner, sign_gate, worst
from handfast.decision.policy import DEFAULT_POLICY, Policy
from handfast.decision.policy_data import policy_data
from handfast.decision.tables import Tables
from handfast.lab.gate.file import gate_body
from handfast.lab.gate.groups import People, read_groups
from handfast.lab.gate.judge import check
from handfast.lab.rates.differentials import Trials
from handfast.lab.report.differing import people_of
from handfast.lab.runs import read_run
from support.calibration import FACE_TABLE, TABLES
from support.scored import write_hand_run, write_run

FACE = dataclasses.replace(DEFAULT_POLICY, required=frozenset({Modality.FACE}), target_far=1e-2, target_frr=0.2)
FACE_ONLY = Tables.of((FACE_TABLE,))
TODAY = date(2026, 11, 25)


def body_of(
    *folders: Path, policy: Policy = FACE, tables: Tables = FACE_ONLY, groups: dict[str, str] | None = None
) -> dict[str, Any]:
    runs = [read_run(folder, tables) for folder in folders]
    people = tuple(sorted({name for run in runs for name in people_of(run)}))
    told = None if groups is None else People({"band": tuple(groups.get(name, "") for name in people)}, 0)
    return gate_body("prg_x", policy, runs, tables, people, told, TODAY)


def finding(body: dict[str, Any]) -> Finding:
    return worst([Finding(each["finding"]) for each in body["checks"]])


def halves(people: int) -> dict[str, str]:
    return {f"p{n}": "young" if n % 2 else "old" for n in range(people)}


def test_data_that_agree_with_table_policy_and_groups_pass(tmp_path: Path) -> None:
    body = body_of(write_run(tmp_path / "run", 60), groups=halves(60))
    assert finding(body) is Finding.PASSED, [c for c in body["checks"] if c["finding"] != "passed"]
    assert body["people"] == 60


def test_a_table_that_promises_too_much_is_contradicted(tmp_path: Path) -> None:
    boastful = Tables.of((dataclasses.replace(FACE_TABLE, scores=(0.1, 0.6)),))
    body = body_of(write_run(tmp_path / "run", 60), tables=boastful, groups=halves(60))
    failed = [each["name"] for each in body["checks"] if each["finding"] == Finding.FAILED]
    assert any("strangers beyond a ratio" in name for name in failed)
    assert not any("rightful people beyond" in name for name in failed)


def test_a_table_that_refuses_the_rightful_is_contradicted(tmp_path: Path) -> None:
    harsh = Tables.of((dataclasses.replace(FACE_TABLE, scores=(0.6, 1.6)),))
    body = body_of(write_run(tmp_path / "run", 60), tables=harsh, groups=halves(60))
    failed = [each["name"] for each in body["checks"] if each["finding"] == Finding.FAILED]
    assert any("rightful people beyond" in name for name in failed)


def test_too_few_people_are_no_evidence_whatever_they_show(tmp_path: Path) -> None:
    assert finding(body_of(write_run(tmp_path / "run", 49), groups=halves(49))) is Finding.NO_EVIDENCE


def test_without_groups_there_is_no_evidence_of_fairness(tmp_path: Path) -> None:
    body = body_of(write_run(tmp_path / "run", 60))
    assert finding(body) is Finding.NO_EVIDENCE
    assert [each["name"] for each in body["checks"] if each["finding"] != Finding.PASSED] == ["groups"]


def test_a_group_wholly_above_a_quarter_more_than_everybody_fails(tmp_path: Path) -> None:
    groups = {f"p{n}": "first" if n < 12 else "rest" for n in range(60)}
    lenient = dataclasses.replace(FACE, target_frr=0.9, false_refusal=0.5)
    body = body_of(write_run(tmp_path / "run", 60, worse=12), policy=lenient, groups=groups)
    failed = [each["name"] for each in body["checks"] if each["finding"] == Finding.FAILED]
    assert "band first: asked again, referred or refused" in failed
    assert not any(name.startswith("band rest") for name in failed)


def test_captures_that_fail_more_often_than_the_policy_allows_fail_the_gate(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", 60)
    with (folder / "captures.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for n, row in enumerate(rows):
        row["quality"] = "" if n % 4 == 0 else row["quality"]  # one in four, one of everybody's
    with (folder / "captures.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    failed = [c["name"] for c in body_of(folder, groups=halves(60))["checks"] if c["finding"] == Finding.FAILED]
    assert failed == ["run: captures that failed"]


def test_face_and_hand_of_the_same_people_are_added_session_by_session(tmp_path: Path) -> None:
    both = dataclasses.replace(FACE, required=frozenset(Modality))
    face, hand = write_run(tmp_path / "face", 60), write_hand_run(tmp_path / "hand", 60)
    body = body_of(face, hand, policy=both, tables=TABLES, groups=halves(60))
    assert finding(body) is Finding.PASSED, [c for c in body["checks"] if c["finding"] != "passed"]
    (accepted,) = [each for each in body["checks"] if each["name"] == "strangers accepted in a transaction"]
    assert (accepted["people"], accepted["trials"]) == (60, 60 * 59 // 2)
    with pytest.raises(RequestError, match="requires finger"):
        body_of(face, policy=both, tables=TABLES)


def test_a_table_in_use_that_no_run_is_of_is_no_evidence(tmp_path: Path) -> None:
    body = body_of(write_run(tmp_path / "run", 60), tables=TABLES, groups=halves(60))
    assert [c["name"] for c in body["checks"] if c["finding"] == Finding.NO_EVIDENCE] == ["toy-hand:1, hand: all"]


def test_a_true_limit_is_called_contradicted_in_one_case_of_twenty_at_most() -> None:
    rng = np.random.default_rng(1)
    who = np.repeat(np.arange(100, dtype=np.int32), 3)
    wrong = 0
    for _ in range(400):
        easy = rng.beta(2, 38, 100)[who]  # people differ; the mean rate is 5 %
        wrong += check("x", Trials(rng.random(300) < easy, who, who), 0.05).finding is Finding.FAILED
    assert wrong / 400 <= 0.07


def test_a_gate_that_was_changed_after_it_was_signed_is_refused(tmp_path: Path) -> None:
    file = sign_gate(body_of(write_run(tmp_path / "run", 49)), Ed25519PrivateKey.generate())
    assert open_gate(file).finding is Finding.NO_EVIDENCE
    for old, new in (('"no evidence"', '"passed"'), ("prg_x", "prg_y"), ('"people": 49', '"people": 50')):
        with pytest.raises(GateClosed):
            open_gate(file.replace(old, new))
    for rubbish in ("", "[]", "{}", '{"gate": {}, "signatures": {}}', file[:-20]):
        with pytest.raises(GateClosed):
            open_gate(rubbish)


def test_the_owner_signs_the_statement_and_cannot_be_who_measured(tmp_path: Path) -> None:
    measured, owner = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    file = sign_gate(body_of(write_run(tmp_path / "run", 49)), measured)
    signed = sign_as_owner(file, "Dr. Okafor", owner)
    opened = open_gate(signed)
    assert opened.owner is not None
    assert opened.owner[0] == "Dr. Okafor"
    with pytest.raises(GateClosed):
        open_gate(signed.replace("Okafor", "Other"))
    with pytest.raises(GateClosed, match="cannot also sign"):
        open_gate(sign_as_owner(file, "Dr. Okafor", measured))


def test_the_command_writes_a_gate_that_opens(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", 60)
    (tmp_path / "policy.json").write_text(json.dumps(policy_data(FACE)))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "face.json").write_text(FACE_TABLE.to_json())
    (tmp_path / "groups.csv").write_text("person,band\n" + "".join(f"{k},{v}\n" for k, v in halves(60).items()))
    files = {"policy": "policy.json", "key": "lab.pem", "to": "gate.json", "groups": "groups.csv", "tables": "own"}
    options = [word for name, file in files.items() for word in (f"--{name}", str(tmp_path / file))]
    command = ["gate", str(folder), "--programme", "prg_x", *options]
    told = CliRunner().invoke(lab.app, command, catch_exceptions=False)
    assert "NO EVIDENCE. Signed by" in told.output  # the tables that ship are in use too, and no run is of the hand
    shown = CliRunner().invoke(lab.app, ["key", str(tmp_path / "lab.pem")]).output.strip()
    assert open_gate((tmp_path / "gate.json").read_text()).lab == shown
    assert (tmp_path / "lab.pem").stat().st_mode & 0o077 == 0
    assert read_groups(tmp_path / "groups.csv", [f"p{n}" for n in range(60)], None).unknown == 0


def test_a_set_that_nobody_signed_for_is_no_evidence(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", 60)
    summary = json.loads((folder / "summary.json").read_text())
    (folder / "summary.json").write_text(json.dumps(summary | {"statement": None}))
    body = body_of(folder, groups=halves(60))
    named = [each["name"] for each in body["checks"] if each["finding"] == Finding.NO_EVIDENCE]
    assert named == ["run: statement of consent and source"]
