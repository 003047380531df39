"""The face engine on six free portraits of four people."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from handfast.base.errors import (
    FaceBlurred,
    FacesDiffer,
    FaceTooSmall,
    MoreThanOneFace,
    NoFaceFound,
    PoorFace,
)
from handfast.base.image import Image
from handfast.base.modality import SampleKind
from handfast.base.sample import ModalityEngine, Sample
from handfast.base.template import Template
from handfast.face import conditions, detect, relief, tiled
from handfast.face.challenge import judge
from handfast.face.embed import FaceEmbedder
from handfast.face.engine import FaceEngine
from handfast.face.mesh import FaceMesh
from handfast.face.relief import parallax
from handfast.face.search import FaceSearcher
from handfast.face.types import Embedding, FaceObservation
from handfast.imaging import area, focus
from handfast.imaging.decode import decode
from handfast.imaging.resize import fit
from handfast.models.store import ModelStore
from support.turned import turned_head, turned_print

pytestmark = pytest.mark.models

Portrait = Callable[[str], Image]
NAMES = ("person_a_1", "person_a_2", "person_b_1", "person_b_2", "impostor_1", "impostor_2")


@pytest.fixture(scope="module")
def store(models_dir: Path) -> ModelStore:
    return ModelStore(models_dir)


@pytest.fixture(scope="module")
def engine(store: ModelStore) -> FaceEngine:
    return FaceEngine(store)


@pytest.fixture(scope="module")
def portrait(models_dir: Path) -> Portrait:
    return lambda name: fit(decode((models_dir / "portraits" / f"{name}.jpg").read_bytes()), 480)[0]


@pytest.fixture(scope="module")
def templates(engine: FaceEngine, portrait: Portrait) -> dict[str, Template]:
    return {name: acquired(engine, portrait(name)) for name in NAMES}


def sample(image: Image) -> Sample:
    return Sample(image, SampleKind.PORTRAIT)


def acquired(engine: FaceEngine, *images: Image) -> Template:
    acquisition = engine.acquire([sample(image) for image in images])
    assert acquisition.failures == ()
    return acquisition.templates[0]


def mirrored(image: Image) -> Image:
    return Image(np.ascontiguousarray(image.pixels[:, ::-1]))


def blurred(image: Image, sigma: float) -> Image:
    return Image(np.asarray(cv2.GaussianBlur(image.pixels, (0, 0), sigma), np.uint8))


def beside(left: Image, right: Image) -> Image:
    height = min(left.size[1], right.size[1])
    return Image(np.hstack([left.pixels[:height], right.pixels[:height]]))


def test_the_engine_is_a_modality(engine: FaceEngine) -> None:
    modality: ModalityEngine = engine
    assert modality.modality == "face"


def test_the_same_person_years_apart_scores_above_every_other_pair(
    engine: FaceEngine, templates: dict[str, Template]
) -> None:
    def score(a: str, b: str) -> float:
        return engine.compare([templates[a]], [templates[b]])[0].value

    mated = [score("person_a_1", "person_a_2"), score("person_b_1", "person_b_2")]
    others = [score(a, b) for a in NAMES for b in NAMES if a[:8] != b[:8] or (a != b and a.startswith("impostor"))]
    assert min(mated) > 0.5
    assert max(others) < 0.3


def test_comparing_does_not_care_which_side_is_which(engine: FaceEngine, templates: dict[str, Template]) -> None:
    a, b = templates["person_a_1"], templates["person_a_2"]
    assert engine.compare([a], [b])[0].value == pytest.approx(engine.compare([b], [a])[0].value, abs=1e-6)


class Newer:
    """Another model: SFace's vectors, turned, so that they say nothing of the old ones."""

    model = "newer:1"
    comparator = "newer-cosine:1"

    def __init__(self, store: ModelStore) -> None:
        self._inner = FaceEmbedder(store)
        self._turn = np.linalg.qr(np.random.default_rng(1).normal(size=(128, 128)))[0].astype(np.float32)

    def embed(self, aligned: Image) -> Embedding:
        found = self._inner.embed(aligned)
        return Embedding(self._turn @ found.vector, found.norm)


def test_people_held_in_an_old_model_are_compared_in_it_until_they_have_the_new_one(
    store: ModelStore, engine: FaceEngine, portrait: Portrait, templates: dict[str, Template]
) -> None:
    moving = FaceEngine(store, embedders=(Newer(store), FaceEmbedder(store)))
    probes = moving.acquire([sample(portrait("person_a_2"))]).templates
    assert [template.model for template in probes] == ["newer:1", "sface:1"]
    before, retaken = [templates["person_a_1"]], moving.acquire([sample(portrait("person_a_1"))]).templates
    old, new = moving.compare(before, probes)[0], moving.compare(retaken, probes)[0]
    assert (old.comparator, new.comparator) == ("sface-cosine:1", "newer-cosine:1")
    assert old.value == pytest.approx(engine.compare(before, [templates["person_a_2"]])[0].value, abs=1e-5)
    assert new.value == pytest.approx(old.value, abs=1e-5)


def test_vectors_of_two_models_are_never_compared(
    store: ModelStore, engine: FaceEngine, portrait: Portrait, templates: dict[str, Template]
) -> None:
    newer = FaceEngine(store, embedders=(Newer(store),)).acquire([sample(portrait("person_a_1"))]).templates
    assert engine.compare([templates["person_a_1"]], newer) == ()
    assert FaceSearcher().codes(newer) == ()


def test_several_references_count_as_their_mean(engine: FaceEngine, templates: dict[str, Template]) -> None:
    both = [templates["person_b_1"], templates["person_b_2"]]
    values = [engine.compare(both, [template])[0].value for template in both]
    assert values == pytest.approx([values[0]] * 2, abs=1e-5)


def test_a_side_without_a_template_gives_no_score(engine: FaceEngine, templates: dict[str, Template]) -> None:
    assert engine.compare([], [templates["person_a_1"]]) == ()


def test_a_mirrored_portrait_is_the_same_person_turned_the_other_way(engine: FaceEngine, portrait: Portrait) -> None:
    observation = engine.observer.observe(portrait("person_a_2"))
    other = engine.observer.observe(mirrored(portrait("person_a_2")))
    assert observation.pose.yaw < -5.0  # he looks to his own right
    assert other.pose.yaw == pytest.approx(-observation.pose.yaw, abs=5.0)
    assert other.pose.roll == pytest.approx(-observation.pose.roll, abs=5.0)
    assert other.pose.pitch == pytest.approx(observation.pose.pitch, abs=5.0)
    scores = engine.compare([engine.template([observation])], [engine.template([other])])
    assert scores[0].value > 0.95


def test_a_picture_tilted_clockwise_has_a_greater_roll(engine: FaceEngine, portrait: Portrait) -> None:
    image = portrait("impostor_2")
    width, height = image.size
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -15.0, 1.0)  # OpenCV counts against the clock
    tilted = Image(np.asarray(cv2.warpAffine(image.pixels, matrix, (width, height)), np.uint8))
    before, after = engine.observer.observe(image).pose, engine.observer.observe(tilted).pose
    assert after.roll - before.roll == pytest.approx(15.0, abs=4.0)


Turning = Callable[[Image, Callable[..., Image], float], list[FaceObservation]]


@pytest.fixture(scope="module")
def turning(store: ModelStore, engine: FaceEngine) -> Turning:
    """Frames of a portrait facing the camera, then turned by a rendering function."""
    mesh = FaceMesh(store)

    def frames(image: Image, turn: Callable[..., Image], to: float) -> list[FaceObservation]:
        points = mesh.points(image, engine.observer.observe(image).face)
        ahead, half, turned = observed(engine, [turn(image, points, yaw) for yaw in (0.0, to / 2, to)])
        return [ahead, ahead, half, turned, turned, turned]

    return frames


def observed(engine: FaceEngine, images: list[Image]) -> list[FaceObservation]:
    return [engine.observer.observe(image) for image in images]


@pytest.mark.parametrize("name", NAMES)
def test_a_head_that_turns_passes_and_a_print_that_turns_does_not(
    name: str, turning: Turning, portrait: Portrait
) -> None:
    for kind, other, to in (("turn-left", "turn-right", 38.0), ("turn-right", "turn-left", -38.0)):
        head = turning(portrait(name), turned_head, to)
        flat = turning(portrait(name), turned_print, to)
        assert judge(kind, head).done
        assert not judge(other, head).done
        assert not judge(kind, flat).done


def test_frames_of_one_capture_make_one_template(turning: Turning, engine: FaceEngine, portrait: Portrait) -> None:
    frames = turning(portrait("person_b_1"), turned_head, 30.0)
    other = acquired(engine, portrait("person_b_2"))
    assert engine.compare([engine.template(frames)], [other])[0].value > 0.5


def test_a_photo_that_looks_and_a_bearer_who_turns_are_two_people(
    turning: Turning, engine: FaceEngine, portrait: Portrait
) -> None:
    photo = turning(portrait("person_b_2"), turned_head, 30.0)[:2]
    bearer = turning(portrait("impostor_1"), turned_head, 38.0)[3:]
    assert judge("turn-left", [*photo, *bearer]).done
    with pytest.raises(FacesDiffer):
        engine.template([*photo, *photo, *bearer])


class Counting(FaceEmbedder):
    """SFace, and how many faces it was shown."""

    count = 0

    def embed(self, aligned: Image) -> Embedding:
        self.count += 1
        return super().embed(aligned)


def test_no_more_faces_are_embedded_than_a_template_needs(
    turning: Turning, store: ModelStore, portrait: Portrait
) -> None:
    counting = Counting(store)
    engine = FaceEngine(store, embedders=(counting,))
    frames = turning(portrait("person_b_1"), turned_head, 30.0)
    for asked, embedded in ((None, 4 + 2), (1, 1 + 2)):
        counting.count = 0
        engine.templates(frames, asked)
        assert counting.count == embedded


def test_where_the_best_frame_is_too_poor_the_next_ones_are_tried(engine: FaceEngine, portrait: Portrait) -> None:
    good = engine.observer.observe(portrait("person_a_2"))
    hidden = replace(good, aligned=Image(np.zeros_like(good.aligned.pixels)))
    assert engine.templates([hidden, good, hidden], 1)[0].quality.value > 20
    with pytest.raises(PoorFace):
        engine.templates([hidden, hidden], 1)


def test_a_template_needs_only_the_candidates(turning: Turning, engine: FaceEngine, portrait: Portrait) -> None:
    frames = turning(portrait("person_b_1"), turned_head, 30.0)
    kept: list[FaceObservation] = []
    for frame in frames * 3:
        kept = engine.candidates([*kept, frame])
    assert len(kept) <= 6
    assert engine.template(kept).data == engine.template(frames * 3).data


def test_one_bad_frame_does_not_spoil_a_template(engine: FaceEngine, portrait: Portrait) -> None:
    good = portrait("person_a_2")
    frames = observed(engine, [good, mirrored(good), blurred(good, 1.0), blurred(good, 6.0)])
    alone = engine.template(frames[:3])
    assert engine.compare([engine.template(frames)], [alone])[0].value > 0.98


def test_a_stranger_in_one_frame_does_not_reach_the_template(engine: FaceEngine, portrait: Portrait) -> None:
    good = portrait("person_a_2")
    frames = observed(engine, [good, portrait("impostor_1"), mirrored(good), blurred(good, 1.0)])
    alone = engine.template([frames[0], *frames[2:]])
    assert engine.compare([engine.template(frames)], [alone])[0].value > 0.999


def test_a_mixture_of_two_people_is_refused(engine: FaceEngine, portrait: Portrait) -> None:
    acquisition = engine.acquire([sample(portrait("person_a_2")), sample(portrait("person_b_2"))])
    assert acquisition.templates == ()
    assert isinstance(acquisition.failures[0].error, FacesDiffer)


def test_two_people_in_view_are_refused(engine: FaceEngine, portrait: Portrait) -> None:
    with pytest.raises(MoreThanOneFace):
        engine.observer.observe(beside(portrait("person_a_2"), portrait("person_b_2")))


def test_a_box_on_a_shirt_is_no_face(store: ModelStore, engine: FaceEngine, portrait: Portrait) -> None:
    image = portrait("impostor_2")
    face = engine.observer.observe(image).face
    shirt = replace(face, box=replace(face.box, y=face.box.y + 1.3 * face.box.height))
    with pytest.raises(NoFaceFound):
        FaceMesh(store).points(image, shirt)


def test_an_empty_picture_has_no_face(engine: FaceEngine) -> None:
    with pytest.raises(NoFaceFound):
        engine.observer.observe(Image(np.full((480, 360, 3), 128, np.uint8)))


def test_no_picture_at_all_is_a_failure_not_an_empty_success(engine: FaceEngine) -> None:
    acquisition = engine.acquire([])
    assert acquisition.templates == ()
    assert isinstance(acquisition.failures[0].error, NoFaceFound)


def test_a_face_far_away_is_too_small(engine: FaceEngine, portrait: Portrait) -> None:
    with pytest.raises(FaceTooSmall):
        engine.observer.observe(fit(portrait("person_a_2"), 130)[0])


def test_a_face_out_of_focus_is_refused_by_its_name(engine: FaceEngine, portrait: Portrait) -> None:
    error = engine.acquire([sample(blurred(portrait("person_b_2"), 8.0))]).failures[0].error
    assert isinstance(error, FaceBlurred)
    assert isinstance(error, PoorFace)
    assert error.advice == "hold-still"


def test_quality_orders_pictures_by_blur(engine: FaceEngine, portrait: Portrait) -> None:
    images = [portrait("person_a_2"), *(blurred(portrait("person_a_2"), sigma) for sigma in (3.0, 5.0, 6.0))]
    values = [acquired(engine, image).quality.value for image in images]
    assert values == sorted(values, reverse=True)


def test_a_picture_of_any_shape_is_looked_at(engine: FaceEngine, portrait: Portrait) -> None:
    pixels = portrait("person_b_2").pixels
    wide = np.zeros((len(pixels), 2000, 3), np.uint8)
    wide[:, 700 : 700 + pixels.shape[1]] = pixels
    assert engine.observer.observe(Image(wide)).face.box.x > 700


def test_a_warm_engine_compiles_nothing_for_its_first_face(engine: FaceEngine, portrait: Portrait) -> None:
    modules = area, conditions, detect, focus, relief, tiled
    functions = [value for module in modules for value in vars(module).values() if hasattr(value, "signatures")]

    def compiled() -> list[int]:
        return [len(function.signatures) for function in functions]

    engine.warm()
    before = compiled()
    assert any(before)
    seen = engine.observer.observe(portrait("person_a_1"))
    engine.template([seen])
    parallax(seen.rigid, [seen.rigid])
    assert compiled() == before
