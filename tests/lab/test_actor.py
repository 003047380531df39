from pathlib import Path

import numpy as np
import pytest

from handfast.base.image import Image
from handfast.base.modality import FOUR_FINGERS, Hand
from handfast.capture.challenge import Camera, Task, TaskKind
from handfast.face.embed import FaceEmbedder
from handfast.face.observe import FaceObserver
from handfast.finger.hand.open_hand import HandObserver
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor, Flaw
from handfast.models.store import ModelStore

pytestmark = pytest.mark.models

SECONDS, FPS = 1.5, 4.0


def task(kind: TaskKind, hand: Hand | None = None) -> Task:
    positions = FOUR_FINGERS[hand] if hand and kind is TaskKind.FINGERS else ()
    return Task(id=1, kind=kind, camera=Camera.FRONT, hand=hand, positions=positions, stills=1, retakes=1, seconds=20)


@pytest.fixture(scope="module")
def models(models_dir: Path) -> ModelStore:
    return ModelStore(models_dir)


@pytest.fixture(scope="module")
def portrait(models_dir: Path) -> Image:
    return decode((models_dir / "portraits" / "person_a_1.jpg").read_bytes())


@pytest.fixture(scope="module")
def actor(portrait: Image, models: ModelStore) -> Actor:
    return Actor(portrait, Person(3), models, seed=1, video=(480, 640), photo=(512, 683))


@pytest.fixture(scope="module")
def observer(models: ModelStore) -> FaceObserver:
    return FaceObserver(models)


def last(actor: Actor, kind: TaskKind, hand: Hand | None = None) -> Image:
    return list(actor.frames(task(kind, hand), SECONDS, FPS))[-1]


def test_an_actor_who_looks_faces_the_camera(actor: Actor, observer: FaceObserver) -> None:
    for frame in actor.frames(task(TaskKind.LOOK), SECONDS, FPS):
        assert abs(observer.observe(frame).pose.yaw) < 10


def test_another_room_is_behind_an_actor_and_the_face_is_the_same(
    portrait: Image, models: ModelStore, observer: FaceObserver
) -> None:
    rooms = [np.full((320, 240, 3), level, np.uint8) for level in (30, 220)]
    there = Actor(portrait, Person(3), models, seed=1, video=(240, 320), scene=lambda number: rooms[number % 2])
    seen = [frame.pixels.astype(int) for frame in there.frames(task(TaskKind.LOOK), 1.0, 2.0)]
    assert [round(float(np.median(pixels[:40, :40]))) for pixels in seen] == pytest.approx([30, 220], abs=1)
    x, y = (int(value) for value in observer.observe(Image(seen[0].astype(np.uint8))).face.landmarks[2])
    assert abs(seen[0][y - 5 : y + 5, x - 5 : x + 5].mean() - seen[1][y - 5 : y + 5, x - 5 : x + 5].mean()) < 12


@pytest.mark.parametrize(("kind", "sign"), [(TaskKind.TURN_LEFT, 1), (TaskKind.TURN_RIGHT, -1)])
def test_an_actor_turns_to_their_own_side(actor: Actor, observer: FaceObserver, kind: TaskKind, sign: int) -> None:
    assert 14 < sign * observer.observe(last(actor, kind)).pose.yaw < 30


def test_an_actor_comes_closer(actor: Actor, observer: FaceObserver) -> None:
    frames = list(actor.frames(task(TaskKind.CLOSER), SECONDS, FPS))
    first, final = (observer.observe(frame).conditions.eye_distance for frame in (frames[0], frames[-1]))
    assert final > 1.35 * first


@pytest.mark.parametrize("kind", [TaskKind.LOOK, TaskKind.TURN_LEFT, TaskKind.CLOSER])
def test_a_moving_actor_stays_the_same_person(
    actor: Actor, portrait: Image, observer: FaceObserver, models: ModelStore, kind: TaskKind
) -> None:
    embedder = FaceEmbedder(models)
    original = embedder.embed(observer.observe(portrait).aligned)
    seen = embedder.embed(observer.observe(last(actor, kind)).aligned)
    assert float(original.vector @ seen.vector) > 0.6


@pytest.mark.parametrize("hand", list(Hand))
def test_a_raised_hand_leaves_the_face_free(actor: Actor, observer: FaceObserver, hand: Hand) -> None:
    seen = observer.observe(last(actor, TaskKind.HAND, hand))
    middle = seen.face.box.x + seen.face.box.width / 2
    # The camera is not mirrored: it sees the right hand on its left, so the face gives way to the right.
    assert (middle > 240) == (hand is Hand.RIGHT)


@pytest.mark.parametrize("hand", list(Hand))
def test_a_raised_hand_is_seen_open_beside_the_face_and_is_the_one_asked_for(
    actor: Actor, observer: FaceObserver, models: ModelStore, hand: Hand
) -> None:
    frame = last(actor, TaskKind.HAND, hand)
    sight = HandObserver(models).observe(frame, observer.observe(frame).face.box)
    assert sight.open
    assert sight.beside
    assert sight.pose.hand is hand
    assert sight.pose.confidence > 0.8


def test_a_hand_that_is_followed_is_seen_as_one_that_is_found(
    actor: Actor, observer: FaceObserver, models: ModelStore
) -> None:
    frame, hands = last(actor, TaskKind.HAND, Hand.LEFT), HandObserver(models)
    face = observer.observe(frame).face.box
    found = hands.observe(frame, face)
    followed = hands.observe(frame, face, found.pose.landmarks)
    assert (followed.open, followed.beside, followed.pose.hand) == (True, True, Hand.LEFT)
    assert np.abs(followed.pose.landmarks - found.pose.landmarks).max() < 0.1 * face.width
    elsewhere = hands.observe(frame, face, 0.2 * found.pose.landmarks)  # where no hand is, it is looked for
    assert np.array_equal(elsewhere.pose.landmarks, found.pose.landmarks)


def test_no_two_frames_are_the_same(actor: Actor) -> None:
    frames = list(actor.frames(task(TaskKind.LOOK), SECONDS, FPS))
    assert len({frame.pixels.tobytes() for frame in frames}) == len(frames) == 6


def test_an_actor_repeats_a_take_exactly(actor: Actor) -> None:
    fingers = task(TaskKind.FINGERS, Hand.RIGHT)
    assert np.array_equal(actor.still(fingers, take=2).pixels, actor.still(fingers, take=2).pixels)
    assert not np.array_equal(actor.still(fingers, take=2).pixels, actor.still(fingers, take=3).pixels)


def test_a_dark_still_is_dark_and_a_blurred_one_blurred(actor: Actor) -> None:
    fingers = task(TaskKind.FINGERS, Hand.RIGHT)
    good = actor.still(fingers).pixels.astype(float)
    dark = actor.still(fingers, Flaw.DARK).pixels.astype(float)
    blurred = actor.still(fingers, Flaw.BLURRED).pixels.astype(float)
    assert dark.mean() < 0.5 * good.mean()
    assert np.abs(np.diff(blurred, axis=0)).mean() < 0.8 * np.abs(np.diff(good, axis=0)).mean()


def test_fingers_come_into_focus_while_they_approach(actor: Actor) -> None:
    frames = list(actor.frames(task(TaskKind.FINGERS, Hand.LEFT), SECONDS, FPS))
    assert frames[0].size == (480, 640)
    assert not np.array_equal(frames[0].pixels, frames[-1].pixels)
