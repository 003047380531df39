from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from handfast.base.image import GrayImage
from handfast.base.modality import FingerPosition
from handfast.finger.ridges.leader.detect import Detections, detect
from handfast.finger.ridges.leader.trunk import LeaderTrunk
from handfast.finger.ridges.minutiae import MinutiaExtractor, MinutiaParameters
from handfast.finger.synth.contact import Impression, impression
from handfast.finger.synth.person import Person
from handfast.finger.types import Minutiae, MinutiaType
from handfast.imaging.tiles import available
from handfast.models.store import ModelStore

pytestmark = pytest.mark.models

Model = Callable[..., dict[str, NDArray[Any]]]
THRESHOLD = 0.3


@pytest.fixture(scope="module")
def store(models_dir: Path) -> ModelStore:
    return ModelStore(models_dir)


@pytest.fixture(scope="module")
def touches() -> list[Impression]:
    return [impression(Person(seed), FingerPosition.RIGHT_INDEX, seed, severity=0.5) for seed in range(3)]


def as_published(leader: Model, pixels: NDArray[np.uint8]) -> Detections:
    """What LEADER.onnx itself finds, its picture padded as its authors pad it."""
    height, width = pixels.shape
    rows, columns = -height % 32, -width % 32
    top, left = rows // 2, columns // 2
    padded = np.pad(pixels, ((top, rows - top), (left, columns - left)), constant_values=pixels[0, 0])
    (output,) = leader(input=padded[None, ..., None].astype(np.float32)).values()
    score = output[0, top : top + height, left : left + width]
    y, x = np.nonzero(score[..., 3] >= THRESHOLD)
    _, direction, ending, quality = score[y, x].T
    return Detections(x, y, -direction % np.float32(2 * np.pi), ending, quality)


@pytest.mark.parametrize("cut", [(0, 0), (3, 29), (290, 210)])
def test_the_rebuilt_graph_finds_what_leader_finds(
    store: ModelStore, touches: list[Impression], cut: tuple[int, int]
) -> None:
    leader, trunk, patch = store.onnx("leader"), LeaderTrunk(store, tiled=False), store.onnx("leader-patch")
    for touch in touches:
        pixels = np.ascontiguousarray(touch.image.pixels[cut[0] :, cut[1] :])
        expected = as_published(leader, pixels)
        found = detect(trunk, patch, pixels, THRESHOLD, most=1000)
        assert len(found.x) > 1
        assert np.array_equal(found.x, expected.x)
        assert np.array_equal(found.y, expected.y)
        assert np.abs(np.angle(np.exp(1j * (found.angle - expected.angle)))).max() < 1e-4
        assert np.abs(found.ending - expected.ending).max() < 1e-3
        assert np.abs(found.score - expected.score).max() < 1e-4


@pytest.mark.skipif(not available(), reason="this processor has no tiles")
def test_rounding_to_bfloat16_neither_adds_minutiae_nor_loses_any(store: ModelStore, touches: list[Impression]) -> None:
    rounded, exact, patch = LeaderTrunk(store, tiled=True), LeaderTrunk(store, tiled=False), store.onnx("leader-patch")
    for touch in touches:
        found, expected = (detect(trunk, patch, touch.image.pixels, THRESHOLD, most=1000) for trunk in (rounded, exact))
        distance = np.hypot(found.x[:, None] - expected.x, found.y[:, None] - expected.y)
        for one, other, apart in ((found, expected, distance), (expected, found, distance.T)):
            near = apart.argmin(1)
            sure = one.score > THRESHOLD + 0.05
            assert apart.min(1)[sure].max() < 3
            assert np.mean(apart.min(1)[sure] == 0) > 0.9
            assert np.abs(one.score - other.score[near])[sure].max() < 0.1
            assert np.abs(np.angle(np.exp(1j * (one.angle - other.angle[near]))))[sure].max() < 0.2


def test_minutiae_lie_where_they_were_drawn(store: ModelStore, touches: list[Impression]) -> None:
    extractor = MinutiaExtractor(store)
    distances, turns, kinds = [], [], []
    drawn = found = 0
    for touch in touches:
        minutiae = extractor.extract(touch.image, touch.mask, MinutiaParameters(least_score=0.5))
        drawn, found = drawn + len(touch.minutiae), found + len(minutiae)
        for x, y, angle, bifurcation in touch.minutiae:
            distance, turn, near = nearest(minutiae, x, y, angle)
            if distance < 10 and abs(turn) < 0.5:
                distances.append(distance)
                turns.append(turn)
                kinds.append(minutiae.type[near] == (MinutiaType.BIFURCATION if bifurcation else MinutiaType.ENDING))
    assert len(distances) > 0.75 * drawn
    assert len(distances) > 0.7 * found
    assert np.median(distances) < 4  # px
    assert np.degrees(np.median(np.abs(turns))) < 6
    assert np.mean(kinds) > 0.8


def nearest(minutiae: Minutiae, x: float, y: float, angle: float) -> tuple[float, float, int]:
    distance = np.hypot(minutiae.x - x, minutiae.y - y)
    near = int(distance.argmin())
    return float(distance[near]), float(np.angle(np.exp(1j * (minutiae.angle[near] - angle)))), near


def test_only_the_strongest_are_kept_when_there_are_too_many(store: ModelStore, touches: list[Impression]) -> None:
    extractor = MinutiaExtractor(store)
    touch = touches[0]
    every = extractor.extract(touch.image, touch.mask, MinutiaParameters(edge=0))
    few = extractor.extract(touch.image, touch.mask, MinutiaParameters(edge=0, most=10))
    assert len(few) == 10
    assert few.quality.min() >= np.sort(every.quality)[-10]


def test_no_minutia_lies_outside_the_mask_or_on_its_edge(store: ModelStore, touches: list[Impression]) -> None:
    touch = touches[0]
    half = touch.mask.copy()
    half[:, : half.shape[1] // 2] = False
    minutiae = MinutiaExtractor(store).extract(touch.image, half, MinutiaParameters(edge=3))
    assert len(minutiae) > 0
    assert minutiae.x.min() >= half.shape[1] // 2 + 3


def test_an_empty_mask_or_picture_has_no_minutiae(store: ModelStore) -> None:
    extractor = MinutiaExtractor(store)
    blank = GrayImage(np.full((80, 60), 200, np.uint8), 500.0)
    nowhere = extractor.extract(blank, np.zeros((80, 60), bool))
    everywhere = extractor.extract(blank, np.ones((80, 60), bool))
    assert (len(nowhere), len(everywhere)) == (0, 0)
    assert (nowhere.width, nowhere.height) == (60, 80)
