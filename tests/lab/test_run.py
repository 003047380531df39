import csv
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from handfast.base.errors import RequestError
from handfast.base.modality import Modality, SampleKind
from handfast.base.sample import Acquisition, Sample
from handfast.lab.figures import Intervals
from handfast.lab.files import read_scores
from handfast.lab.report.measure import measure as measured
from handfast.lab.report.write import write_report
from handfast.lab.run import Plan, run
from handfast.lab.runs import read_run
from handfast.lab.sets.acquire import EngineFactory
from handfast.lab.sets.acquired import Recipe
from handfast.lab.sets.cache import TemplateCache
from handfast.lab.sets.captures import Grouping, read_pairs
from handfast.lab.sets.conditions import read_conditions
from handfast.lab.sets.dataset import read_dataset
from support.calibration import TABLES
from support.pictures import write_people
from support.toy_engine import ToyEngine, ToyFingerEngine

FACES = r"p(?P<person>\d+)/(?P<sample>\d+)"
SINGLE = Grouping()
HANDS = r"p(?P<person>\d+)_(?P<hand>right)_(?P<sample>\d+)"


@contextmanager
def quietly(_: str, __: int) -> Iterator[Callable[[], None]]:
    yield lambda: None


def measure(
    images: Path,
    out: Path,
    *,
    kind: SampleKind = SampleKind.PORTRAIT,
    names: str = FACES,
    grouping: Grouping = SINGLE,
    factory: EngineFactory = ToyEngine,
    workers: int = 1,
    salt: bytes = b"salt",
    cache: TemplateCache | None = None,
    show_people: bool = False,
    only: frozenset[tuple[str, str]] | None = None,
    conditions: Path | None = None,
) -> dict[str, Any]:
    dataset = read_dataset(images, names, kind)
    taken = read_conditions(conditions, dataset.pictures) if conditions else None
    recipe, intervals = Recipe(kind, images), Intervals(20)
    plan = Plan(Modality.FACE, recipe, grouping, names, "test", intervals, workers, only=only, taken=taken)
    run(plan, dataset, factory, TABLES, out, quietly, salt=salt, cache=cache, show_people=show_people)
    body: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
    return body


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_run_leaves_scores_captures_summary_and_plot(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 4, 3)
    summary = measure(tmp_path / "images", tmp_path / "out")
    figures = summary["results"]["face"]["all_pairs"]
    assert (figures["mated"], figures["nonmated"], figures["people"]) == (4 * 3, 12 * 11 // 2 - 12, 4)
    assert figures["eer"] == 0.0
    assert [point["fmr_target"] for point in figures["tmr_at_fmr"]] == [1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
    assert "rule of 3" in figures["tmr_at_fmr"][3]["fmr_rests_on"]
    assert "bootstrap" not in figures  # of four people
    assert len(rows(tmp_path / "out" / "scores.csv")) == 66
    assert len(rows(tmp_path / "out" / "captures.csv")) == 12
    with Image.open(tmp_path / "out" / "det.png") as plot:
        assert min(plot.size) > 800


def test_the_fvc_protocol_takes_every_mated_pair_and_first_samples_only(tmp_path: Path) -> None:
    for group in ("a", "b"):
        write_people(tmp_path / "images", 10, 8, group + "/p{person}/{sample}.png", first=20 if group == "a" else 24)
    summary = measure(tmp_path / "images", tmp_path / "out", names=r"(?P<group>[ab])/" + FACES)
    fvc = summary["results"]["face"]["fvc"]["groups"]
    assert {(group["mated"], group["nonmated"]) for group in fvc.values()} == {(280, 45)}
    assert (fvc.keys(), summary["results"]["face"]["all_pairs"]["nonmated"]) == ({"a", "b"}, 160 * 159 // 2 - 560)


def test_a_hand_gives_a_row_for_each_finger_and_one_for_itself(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 2, 2, "p{person}_right_{sample}.png")
    summary = measure(tmp_path / "images", tmp_path / "out", kind=SampleKind.HAND, names=HANDS, factory=ToyFingerEngine)
    found = rows(tmp_path / "out" / "scores.csv")
    assert {row["unit"] for row in found} == {"right-index", "right-middle", "right-ring", "right-little", "right-hand"}
    assert len(found) == 6 * 5
    assert set(summary["results"]) == {"finger", "hand"}
    assert len(read_scores(tmp_path / "out" / "scores.csv").score) == 6 * 4
    assert len(read_scores(tmp_path / "out" / "scores.csv", hands=True).score) == 6


def test_a_score_without_a_table_of_its_kind_has_no_ratio(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 2, 2)
    measure(tmp_path / "images", tmp_path / "out")
    assert {row["llr"] for row in rows(tmp_path / "out" / "scores.csv")} == {""}


def test_what_fails_is_counted_and_named_and_leaves_no_score(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 2, 2)
    write_people(tmp_path / "images", 1, 2, "p7/{sample}.png", first=252)
    (tmp_path / "images" / "p1" / "1.png").write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    summary = measure(tmp_path / "images", tmp_path / "out")
    assert summary["failures_to_acquire"]["by_code"] == {"poor-face": 2, "unreadable-image": 1}
    assert summary["counts"]["mated_not_compared"] == 2
    failures = [row["failure"] for row in rows(tmp_path / "out" / "captures.csv")]
    assert sorted(failures) == ["", "", "", "poor-face", "poor-face", "unreadable-image"]
    assert len(rows(tmp_path / "out" / "scores.csv")) == 3


def test_a_lost_finger_is_named_beside_those_that_were_taken(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 2, 2, "p{person}_right_{sample}.png", first=205)
    measure(tmp_path / "images", tmp_path / "out", kind=SampleKind.HAND, names=HANDS, factory=ToyFingerEngine)
    captures = rows(tmp_path / "out" / "captures.csv")
    assert {(row["unit"], row["failure"]) for row in captures if row["failure"]} == {("right-little", "poor-face")}
    assert all(float(row["ms_looked"]) > 0.5 for row in captures if row["unit"] == "right-hand")


def test_no_file_names_a_person_or_a_path(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 3, 2, "p{person}77123/{sample}.png")
    measure(tmp_path / "images", tmp_path / "out")
    for path in (tmp_path / "out").glob("*.*"):
        assert b"77123" not in path.read_bytes()
        assert str(tmp_path).encode() not in path.read_bytes()


def test_ids_change_with_the_salt_and_the_salt_is_kept_only_on_demand(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 2, 2)
    for name, salt in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        measure(tmp_path / "images", tmp_path / name, salt=salt, show_people=name == "b")
    a, b, c = ((tmp_path / name / "scores.csv").read_text("utf-8") for name in "abc")
    assert a == b
    assert {row["reference"] for row in rows(tmp_path / "a" / "scores.csv")}.isdisjoint(
        row["reference"] for row in rows(tmp_path / "c" / "scores.csv")
    )
    assert a != c
    assert [(tmp_path / name / "salt.txt").exists() for name in "abc"] == [False, True, False]


def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 3, 2)
    measure(tmp_path / "images", tmp_path / "one")
    measure(tmp_path / "images", tmp_path / "two", workers=2)
    assert (tmp_path / "one" / "scores.csv").read_bytes() == (tmp_path / "two" / "scores.csv").read_bytes()


class UnusableEngine(ToyEngine):
    def acquire(self, samples: object) -> Any:
        raise AssertionError("a template was made again")


def test_a_second_run_makes_no_template_again_unless_a_picture_or_the_software_changed(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 3, 2)
    cache = TemplateCache(tmp_path / "kept", "software 1")
    measure(tmp_path / "images", tmp_path / "one", cache=cache)
    measure(tmp_path / "images", tmp_path / "two", cache=cache, factory=UnusableEngine)
    assert (tmp_path / "one" / "scores.csv").read_bytes() == (tmp_path / "two" / "scores.csv").read_bytes()
    newer = TemplateCache(tmp_path / "kept", "software 2")
    with pytest.raises(AssertionError, match="made again"):
        measure(tmp_path / "images", tmp_path / "three", cache=newer, factory=UnusableEngine)
    Image.fromarray(np.full((20, 20), 99, np.uint8)).save(tmp_path / "images" / "p0" / "0.png")
    with pytest.raises(AssertionError, match="made again"):
        measure(tmp_path / "images", tmp_path / "four", cache=cache, factory=UnusableEngine)


def test_a_score_file_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("reference,probe,unit,mated,score,llr\na.1,b.1,face,1,0.5,\n")
    with pytest.raises(RequestError, match="differ"):
        read_scores(path)
    path.write_text("left,right\n1,2\n")
    with pytest.raises(RequestError, match="columns"):
        read_scores(path)


class CountingEngine(ToyFingerEngine):
    """Counts the pictures that it was handed, in this process."""

    seen = 0

    def acquire(self, samples: Sequence[Sample]) -> Acquisition:
        CountingEngine.seen += len(samples)
        return super().acquire(samples)


def test_a_picture_of_fingers_in_several_captures_is_read_once(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 3, 3, "p{person}_right_{sample}.png")
    measure(
        tmp_path / "images",
        tmp_path / "out",
        kind=SampleKind.HAND,
        names=HANDS,
        grouping=Grouping(2, 1, splits=3),
        factory=CountingEngine,
        cache=TemplateCache(tmp_path / "kept", "software 1"),
    )
    assert CountingEngine.seen == 3 * 3
    hands = read_scores(tmp_path / "out" / "scores.csv", hands=True)
    assert int(hands.mated.sum()) == 3 * 3


def test_people_are_drawn_only_when_they_are_asked_for(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 3, 2)
    measure(tmp_path / "images", tmp_path / "hidden")
    assert not list((tmp_path / "hidden").glob("worst*"))
    measure(tmp_path / "images", tmp_path / "shown", show_people=True)
    with Image.open(tmp_path / "shown" / "worst-face.png") as drawn:
        assert drawn.size[1] > 2 * drawn.size[0]


def test_a_list_of_pairs_is_compared_and_nothing_else(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 3, 2)
    places = sorted(p.relative_to(tmp_path / "images").as_posix() for p in (tmp_path / "images").rglob("*.png"))
    (tmp_path / "pairs.csv").write_text(
        f"reference,probe\n{places[0]},{places[1]}\n{places[0]},{places[2]}\n{places[3]},{places[0]}\nnone,{places[0]}\n"
    )
    summary = measure(tmp_path / "images", tmp_path / "out", only=read_pairs(tmp_path / "pairs.csv"))
    figures = summary["results"]["face"]["all_pairs"]
    assert (figures["mated"], figures["nonmated"]) == (1, 2)
    assert summary["protocol"]["listed_pairs"] == 4
    assert summary["failures_to_enrol"] == {
        "people": 0,
        "rate": 0.0,
        "interval": summary["failures_to_enrol"]["interval"],
    }
    with pytest.raises(RequestError, match="reference and probe"):
        read_pairs(tmp_path / "out" / "captures.csv")


def test_how_pictures_were_taken_is_kept_with_the_captures_and_told_in_the_report(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 12, 4)
    lines = [f"p{person}/{sample}.png,{'sun' if sample % 2 else 'lamp'}" for person in range(12) for sample in range(4)]
    (tmp_path / "conditions.csv").write_text("\n".join(["picture,light", *lines]) + "\n")
    measure(tmp_path / "images", tmp_path / "out", conditions=tmp_path / "conditions.csv")
    assert {row["of_light"] for row in rows(tmp_path / "out" / "captures.csv")} == {"lamp", "sun"}
    body = measured([read_run(tmp_path / "out", TABLES)], tables=TABLES)
    found = {(g["measure"], g["value"]): g for g in body["conditions"]["groups"]}
    assert found["face FNMR", "lamp with sun"]["trials"] == 12 * 4
    assert found["failure to acquire", "sun"]["trials"] == 24
    assert "differentials" not in body
    written = write_report(tmp_path / "report.html", body)
    assert tmp_path / "report.conditions.csv" in written
    assert "How pictures were taken" in (tmp_path / "report.html").read_text("utf-8")


def test_a_capture_of_pictures_taken_in_two_ways_is_of_neither(tmp_path: Path) -> None:
    write_people(tmp_path / "images", 3, 4)
    lines = [f"p{person}/{sample}.png,{'sun' if sample < 2 else 'lamp'}" for person in range(3) for sample in range(4)]
    (tmp_path / "conditions.csv").write_text("\n".join(["picture,light", *lines]) + "\n")
    pairs_of_two = Grouping(reference_frames=2, probe_frames=2, splits=8)
    measure(tmp_path / "images", tmp_path / "out", grouping=pairs_of_two, conditions=tmp_path / "conditions.csv")
    assert {row["of_light"] for row in rows(tmp_path / "out" / "captures.csv")} == {"lamp", "sun", ""}
