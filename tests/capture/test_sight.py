"""The real eyes, on a stand-in before the camera."""

from dataclasses import replace
from pathlib import Path

import pytest

from handfast.base.errors import FacesDiffer, NoFaceFound
from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.capture.challenge import Aim, Camera, Task, TaskKind
from handfast.capture.eyes import Sight
from handfast.capture.fingers import FingersTaken, advice, with_still
from handfast.capture.sight import ASKED_FOR, LiveEyes
from handfast.face.engine import FaceEngine
from handfast.face.expression import NEUTRAL
from handfast.face.types import FaceObservation, Pose
from handfast.finger.engine import FingerEngine
from handfast.finger.hand.location import shrink
from handfast.finger.hand.open_hand import HandObserver
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import photo
from handfast.finger.synth.shot import Lens, guided_shot
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.models.store import ModelStore

pytestmark = pytest.mark.models

SECONDS, FPS = 2.0, 4.0


def task(kind: TaskKind, hand: Hand | None = None) -> Task:
    positions = FOUR_FINGERS[hand] if hand and kind is TaskKind.FINGERS else ()
    return Task(0, kind, Camera.FRONT, hand, positions, stills=1, retakes=1, seconds=15)


@pytest.fixture(scope="module")
def models(models_dir: Path) -> ModelStore:
    return ModelStore(models_dir)


@pytest.fixture(scope="module")
def eyes(models: ModelStore) -> LiveEyes:
    return LiveEyes(FaceEngine(models), FingerEngine(models), HandObserver(models))


def actor(models: ModelStore, portrait: str, seed: int = 1) -> Actor:
    picture = decode((models.models_dir / "portraits" / portrait).read_bytes())
    return Actor(picture, Person(seed), models, seed=seed, photo=(600, 800))


def watched(eyes: LiveEyes, who: Actor, asked: Task) -> list[Sight]:
    """What the eyes say of each frame until the task is done."""
    seen: list[Sight] = []
    for frame in who.frames(asked, SECONDS, FPS):
        seen.append(eyes.watch(asked, frame, [sight.observation for sight in seen], len(seen) / FPS))
        if seen[-1].done:
            break
    return seen


def test_a_face_that_looks_is_seen_where_it_is(eyes: LiveEyes, models: ModelStore) -> None:
    seen = watched(eyes, actor(models, "person_a_1.jpg"), task(TaskKind.LOOK))
    assert seen[-1].done
    face = seen[-1].face
    assert face is not None
    left, top, width, height = face.box
    assert 0 <= left < left + width <= 1
    assert 0 <= top < top + height <= 1
    assert abs(face.turn) < 0.5


def test_open_eyes_are_asked_for_a_while_and_then_it_goes_on_without(
    models: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may be unable to open the eyes."""
    engine = FaceEngine(models)
    real = engine.observer.observe

    def closed(image: Image) -> FaceObservation:
        seen = real(image)
        return replace(seen, conditions=replace(seen.conditions, expression=replace(NEUTRAL, eyes=0.05)))

    monkeypatch.setattr(engine.observer, "observe", closed)
    look = task(TaskKind.LOOK)
    frames = list(actor(models, "person_a_1.jpg").frames(look, 4.0, FPS))
    seen: list[Sight] = []
    eyes = LiveEyes(engine, FingerEngine(models), HandObserver(models))
    for number, frame in enumerate(frames):
        seen.append(eyes.watch(look, frame, [sight.observation for sight in seen], number / FPS))
        if seen[-1].done:
            break
    assert [sight.hint for sight in seen[:ASKED_FOR]] == ["open-eyes"] * ASKED_FOR
    assert seen[-1].done
    assert eyes.faces(look, [sight.observation for sight in seen])


def test_where_the_dot_goes_first_is_told_with_the_end_of_the_look(eyes: LiveEyes, models: ModelStore) -> None:
    looked = [sight.observation for sight in watched(eyes, actor(models, "person_a_1.jpg"), task(TaskKind.LOOK))]
    follow = replace(task(TaskKind.FOLLOW), path=(Aim.UP, Aim.LEFT), stays=(0.8, 0.0))
    first = eyes.begun(follow, looked, 1.0)
    assert first is not None
    assert first.dot == Aim.UP
    turned = looked[1]
    assert isinstance(turned, FaceObservation)
    restless = eyes.begun(follow, [looked[0], replace(turned, pose=Pose(14.0, 0.0, 0.0)), looked[2]], 1.0)
    assert restless is not None
    assert restless.dot is None
    assert eyes.begun(task(TaskKind.HAND, Hand.LEFT), looked, 1.0) is None


def test_a_turn_to_the_left_is_shown_as_one(eyes: LiveEyes, models: ModelStore) -> None:
    seen = watched(eyes, actor(models, "person_a_1.jpg"), task(TaskKind.TURN_LEFT))
    assert seen[-1].face is not None
    assert seen[-1].face.turn > 0.5


def test_two_people_have_two_faces_and_one_person_has_one(eyes: LiveEyes, models: ModelStore) -> None:
    look = task(TaskKind.LOOK)
    mine, again, other = (
        watched(eyes, actor(models, portrait, seed), look)
        for portrait, seed in (("person_a_1.jpg", 1), ("person_a_1.jpg", 2), ("impostor_1.jpg", 3))
    )
    faces = [eyes.faces(look, [sight.observation for sight in seen]) for seen in (mine, again, other)]
    assert eyes.same_face(faces[0], faces[1])
    assert not eyes.same_face(faces[0], faces[2])
    with pytest.raises(FacesDiffer):
        eyes.faces(look, [sight.observation for sight in (*mine[:2], *other[:2])])


def test_an_open_hand_beside_the_face_is_seen(eyes: LiveEyes, models: ModelStore) -> None:
    seen = watched(eyes, actor(models, "person_a_1.jpg"), task(TaskKind.HAND, Hand.RIGHT))
    assert seen[-1].done
    assert seen[0].hint != "good"


def test_the_fingers_are_seen_before_the_still(eyes: LiveEyes, models: ModelStore) -> None:
    asked = task(TaskKind.FINGERS, Hand.RIGHT)
    *_, frame = actor(models, "person_a_1.jpg").frames(asked, SECONDS, FPS)
    first = eyes.preview(asked, frame, None, [], 0.0)
    then = eyes.preview(asked, frame, None, [first.observation], 0.1)
    for sight in (first, then):
        assert sight.fingers is not None
        assert [finger.position for finger in sight.fingers] == list(asked.positions)
        assert not sight.done


@pytest.mark.parametrize(("ppi", "advised"), [(400.0, "hold-still"), (560.0, "further")])
def test_a_photo_out_of_focus_from_near_asks_for_a_little_distance(eyes: LiveEyes, ppi: float, advised: str) -> None:
    asked = task(TaskKind.FINGERS, Hand.RIGHT)
    shot = guided_shot(3, ppi=ppi, lens=Lens(defocus=4.5))
    image = photo(Person(3), Hand.RIGHT, shot).image
    before = eyes.preview(asked, Image(shrink(image.pixels, 480)), None, [], 0.0)
    prints, _ = eyes.still(asked, image, None, 0.1)
    assert before.hint == "good"
    assert advice(with_still(FingersTaken(), asked, prints, near=before.near)) == advised


def test_a_wall_shows_no_face(eyes: LiveEyes, models: ModelStore) -> None:
    *_, hand = actor(models, "person_a_1.jpg").frames(task(TaskKind.FINGERS, Hand.LEFT), SECONDS, FPS)
    wall = Image(hand.pixels * 0 + 128)
    with pytest.raises(NoFaceFound):
        eyes.watch(task(TaskKind.LOOK), wall, [], 0.0)
