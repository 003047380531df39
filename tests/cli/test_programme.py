"""From a study's folder to a programme that is live, command by command, against a running server."""

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from handfast.base.errors import GateClosed, RequestError
from handfast.base.modality import SampleKind
from handfast.cli import lab, programme
from handfast.decision.tables import Basis, Table, load_tables
from support.calibration import FACE_TABLE, HAND_TABLE
from support.interface import Interface, interface
from support.pictures import write_people
from support.scored import write_hand_run, write_run
from support.toy_engine import ToyEngine

FACES = r"(?P<person>p[0-9a-f]+)/(?P<sitting>\d)-(?P<sample>\d+)-face\.jpg"
SITE = {  # a site's own tables take the place of those that ship for the same comparators
    "face.json": replace(FACE_TABLE, id="site-face:1", comparator="sface-cosine:1"),
    "hand.json": replace(HAND_TABLE, id="site-hand:1", comparator="mcc-align:2", basis=Basis.STUDY),
}


def run(app: Any, *words: object) -> str:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False).output


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    for name, table in SITE.items():
        (folder / name).write_text(table.to_json())
    return folder


@pytest.fixture
def served(tmp_path: Path, tables: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interface]:
    monkeypatch.setattr("support.scripted.scripted_tables", lambda: load_tables(tables))
    with interface(tmp_path / "server") as running:
        monkeypatch.setenv("HANDFAST_TOKEN", running.administrator)
        yield running


def measured(tmp_path: Path, served: Interface, tables: Path, people: int, *options: object) -> Path:
    """A gate as the lab writes it, of a face run and a hand run of the same people."""
    runs = write_run(tmp_path / "face", people), write_hand_run(tmp_path / "hand", people)
    for folder, comparator in zip(runs, ("sface-cosine:1", "mcc-align:2"), strict=True):
        summary = json.loads((folder / "summary.json").read_text())
        (folder / "summary.json").write_text(json.dumps(summary | {"comparators": [comparator], "models": []}))
    about = served.desk.programme.id
    fields = served.ok("GET", f"/v1/programmes/{about}/policy", token=served.administrator)["fields"]
    (tmp_path / "policy.json").write_text(json.dumps(fields))
    files = {"policy": "policy.json", "key": "lab.pem", "to": "gate.json", "tables": "own"}
    told = [word for name, file in files.items() for word in (f"--{name}", tmp_path / file)]
    run(lab.app, "gate", *runs, "--programme", about, *told, *options)
    return tmp_path / "gate.json"


def go_live(served: Interface, gate: Path, *options: object) -> str:
    key = run(lab.app, "key", gate.with_name("lab.pem")).strip()
    return run(programme.app, "go-live", gate, "--lab-key", key, "--server", served.origin, *options)


def page(served: Interface) -> Any:
    return served.ok("GET", f"/v1/programmes/{served.desk.programme.id}/public")


def test_a_gate_without_evidence_opens_only_with_the_owners_signature_which_stays_on_the_page(
    tmp_path: Path, served: Interface, tables: Path
) -> None:
    gate = measured(tmp_path, served, tables, 20)
    run(programme.app, "dpia", served.desk.programme.id, "--sign", "Ada", "--server", served.origin)
    with pytest.raises(RequestError, match="owner's signature"):
        go_live(served, gate)
    asked = CliRunner().invoke(
        programme.app, ["sign", str(gate), "--name", "Dr. Okafor", "--key", str(tmp_path / "owner.pem")], input="n\n"
    )
    assert asked.exit_code == 1
    assert not (tmp_path / "owner.pem").exists()
    signed = run(programme.app, "sign", gate, "--name", "Dr. Okafor", "--key", tmp_path / "owner.pem", "--yes")
    owner = run(lab.app, "key", tmp_path / "owner.pem").strip()
    assert f"signed by Dr. Okafor: {owner}" in signed
    told = go_live(served, gate, "--owner-key", owner)
    assert "measured on 20 people, without evidence: Dr. Okafor signed for it" in told
    assert page(served)["gate"]["owner"] == "Dr. Okafor"
    assert page(served)["trial"] is False


def test_a_gate_that_is_passed_needs_no_owner_and_the_wrong_lab_opens_nothing(
    tmp_path: Path, served: Interface, tables: Path
) -> None:
    (tmp_path / "groups.csv").write_text("person,band\n" + "".join(f"p{n},{'ab'[n % 2]}\n" for n in range(60)))
    gate = measured(tmp_path, served, tables, 60, "--groups", tmp_path / "groups.csv")
    run(programme.app, "dpia", served.desk.programme.id, "--sign", "Ada", "--server", served.origin)
    other = run(lab.app, "key", tmp_path / "other.pem").strip()
    with pytest.raises(RequestError, match="another lab"):
        run(programme.app, "go-live", gate, "--lab-key", other, "--server", served.origin)
    assert page(served)["trial"] is True
    assert "measured on 60 people\n" in go_live(served, gate)
    assert page(served)["trial"] is False


def test_a_file_that_somebody_changed_is_neither_signed_nor_sent(
    tmp_path: Path, served: Interface, tables: Path
) -> None:
    gate = measured(tmp_path, served, tables, 20)
    gate.write_text(gate.read_text().replace('"people": 20', '"people": 60'))
    for words in (
        ("sign", gate, "--name", "X", "--key", tmp_path / "owner.pem", "--yes"),
        ("go-live", gate, "--lab-key", "x", "--server", served.origin),
    ):
        with pytest.raises(GateClosed):
            run(programme.app, *words)


def export(folder: Path, people: int) -> Path:
    """As `study export` lays it down: two sittings of three faces a person, labels, a statement over the pictures."""
    for sitting in (1, 2):
        write_people(folder, people, 3, name="p{person:012x}/" + f"{sitting}-{{sample}}-face.jpg")
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "person", "sitting", "modality", "hand", "fingers", "sample"))
        for path in sorted(folder.glob("*/*.jpg")):
            day, sample, _ = path.stem.split("-")
            writer.writerow((path.relative_to(folder), path.parent.name, day, "face", "", "", sample))
    run(lab.app, "state", folder, "--who", "Dr. Test", "--source", "Study A", "--key", folder.with_name("lab.pem"))
    return folder


def test_a_studys_export_becomes_a_table_that_is_no_longer_provisional(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab, "_engine", lambda modality, models: ToyEngine())
    pictures, out = export(tmp_path / "export", 14), tmp_path / "out"
    what = ("--modality", "face", "--kind", "portrait", "--images", pictures, "--names", FACES, "--frames", "3")
    run(lab.app, "compare", *what, "--out", out, "--workers", "1", "--replicates", "0", "--no-keep-templates")
    summary = json.loads((out / "summary.json").read_text())
    assert summary["statement"]["source"] == "Study A"
    assert (summary["counts"]["people"], summary["counts"]["captures"]) == (14, 28)
    about = ("--name", "site-toy:1", "--basis", "study", "--description", "Study A, two sittings")
    said = run(lab.app, "calibrate", "--scores", out / "scores.csv", "--out", tmp_path / "table.json", *about)
    assert "site-toy:1: 14 people" in said
    table = Table.from_json((tmp_path / "table.json").read_text("utf-8"))
    assert (table.comparator, table.reference_kind, table.basis) == ("toy:1", SampleKind.PORTRAIT, Basis.STUDY)
    assert (table.counts["people"], table.counts["mated"]) == (14, 14)
    same, other = table.llr(100.0), table.llr(60.0)
    assert same.llr > 0.5 > -0.4 > other.llr
    assert not same.provisional
