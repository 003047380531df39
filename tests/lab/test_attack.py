"""Each kind of attack once, short; `scripts/campaign attacks` plays them all."""

import itertools
from pathlib import Path

import pytest

from handfast.base.image import Image
from handfast.capture.challenge import Aim, Camera, Task, TaskKind
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.lab.attack.kinds import INJECTIONS, NOT_BARRED, PRESENTATIONS, Attacker, Kind
from handfast.lab.attack.recording import recorded
from handfast.lab.attack.run import rows_of, run
from handfast.lab.attack.sources import sources_in
from handfast.lab.attack.tables import failures, results
from handfast.models.store import ModelStore

pytestmark = [pytest.mark.models, pytest.mark.campaign]

BARRED = [kind for kind in (*PRESENTATIONS, *INJECTIONS) if kind not in NOT_BARRED]
PORTRAIT = r"person_(?P<person>a)_1\.jpg"


@pytest.fixture(scope="module")
def played(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One source, one attempt of every kind, and one by the person."""
    out = tmp_path_factory.mktemp("attacks")
    people = sources_in(models_dir / "portraits", PORTRAIT, first=0, count=1)
    run(people, [Kind.BONA_FIDE, *BARRED, *NOT_BARRED], [1], ModelStore(models_dir), out)
    return out


@pytest.mark.parametrize("kind", BARRED)
def test_an_attack_does_not_get_through_the_challenge(played: Path, kind: Kind) -> None:
    (row,) = [row for row in rows_of(played / "trials.jsonl") if row["kind"] == kind]
    assert not row["followed"]
    assert row["steps"][-1]["state"] != "done"


def test_the_person_gets_through(played: Path) -> None:
    (row,) = [row for row in rows_of(played / "trials.jsonl") if row["kind"] == Kind.BONA_FIDE]
    assert row["followed"]


@pytest.mark.parametrize("kind", NOT_BARRED)
def test_an_attack_that_gets_through_is_told_with_its_picture(played: Path, kind: Kind) -> None:
    rows = rows_of(played / "trials.jsonl")
    (row,) = [row for row in rows if row["kind"] == kind]
    assert row["followed"]
    assert row in failures([row])
    assert (played / "failures" / row["picture"]).is_file()


def test_the_tables_count_what_was_played_and_a_run_is_taken_up_again(played: Path, models_dir: Path) -> None:
    rows = list(rows_of(played / "trials.jsonl"))
    assert {each.kind: each.trials for each in results(rows) if each.barred} == dict.fromkeys(BARRED, 1)
    assert {row["kind"] for row in failures(rows)} == set(NOT_BARRED)
    people = sources_in(models_dir / "portraits", PORTRAIT, first=0, count=1)
    assert run(people, [Kind.PRINT], [1], ModelStore(models_dir), played) == rows


def test_a_replayed_stream_is_refused_for_its_bytes(played: Path) -> None:
    (row,) = [row for row in rows_of(played / "trials.jsonl") if row["kind"] == Kind.STREAM]
    assert [step["hint"] for step in row["steps"]] == ["this picture was sent before"]


def test_a_recording_shows_what_it_was_asked_for_and_nothing_else(models_dir: Path) -> None:
    portrait = decode((models_dir / "portraits" / "person_a_1.jpg").read_bytes())
    actor = Actor(portrait, Person(1), ModelStore(models_dir), video=(180, 240))
    turn = Task(1, TaskKind.TURN_LEFT, Camera.FRONT, None, (), 0, 0, 15)
    dot = Task(2, TaskKind.FOLLOW, Camera.FRONT, None, (), 0, 0, 30, path=(Aim.UP, Aim.LEFT, Aim.UP))
    tape = recorded(actor, (turn, dot), fps=4.0)
    assert tape.of(dot) is tape.frames[1]
    assert tape.of(Task(1, TaskKind.TURN_RIGHT, Camera.FRONT, None, (), 0, 0, 15)) is tape.frames[0]
    shown = Attacker(Kind.RETIMED, actor, tape, seed=1).frames(dot, 4.0, 4.0, lambda: None)
    frames = [frame for frame in itertools.islice(shown, 4) if isinstance(frame, Image)]
    assert len({frame.pixels.tobytes() for frame in frames}) == 4
