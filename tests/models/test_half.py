"""Hands' models in float16, where the processor computes in it, against the same in float32."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from handfast.base.errors import SetupError
from handfast.base.modality import Hand
from handfast.finger.hand.landmarks import INPUT_SIDE, LandmarkModel, Region
from handfast.finger.hand.palm import PalmDetector
from handfast.finger.synth.open_hand import open_hand
from handfast.finger.synth.person import Person
from handfast.models import half
from handfast.models.sessions import LiteModel
from handfast.models.store import ModelStore

pytestmark = pytest.mark.models
in_half = pytest.mark.skipif(not half.available(), reason="this processor does not compute in float16")
MODELS = (("palm", 192), ("hand-landmark", 224))


def picture(seed: int, side: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random((1, side, side, 3), dtype=np.float32)


def same(a: Mapping[str, NDArray[Any]], b: Mapping[str, NDArray[Any]]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def drawn(person: int, hand: Hand) -> NDArray[np.uint8]:
    """(H, W, 3): an open hand before a grey wall."""
    shown = open_hand(Person(person), hand, 1.5).pixels
    room = np.full((shown.shape[0] + 160, shown.shape[1] + 160, 3), 120, np.uint8)
    place = room[80 : 80 + shown.shape[0], 80 : 80 + shown.shape[1]]
    cover = shown[..., 3:] / 255
    place[:] = place + (shown[..., :3] - place.astype(np.float64)) * cover
    return room


@in_half
@pytest.mark.parametrize("hand", Hand)
@pytest.mark.parametrize("person", [1, 2])
def test_a_hand_is_found_and_read_alike_in_either_precision(models_dir: Path, person: int, hand: Hand) -> None:
    store, pixels = ModelStore(models_dir), drawn(person, hand)
    (full, *_), (short, *_) = (PalmDetector(store, half=way).detect(pixels) for way in (False, True))
    assert short.score == pytest.approx(full.score, abs=0.01)
    assert np.linalg.norm(short.region.centre - full.region.centre) < 0.01 * full.region.side
    assert short.region.side == pytest.approx(full.region.side, rel=0.02)
    exact, rounded = (LandmarkModel(store, half=way).read(pixels, full.region) for way in (False, True))
    assert rounded.presence == pytest.approx(exact.presence, abs=0.01)
    moved = np.linalg.norm(rounded.points - exact.points, axis=1) / full.region.side
    assert moved.max() < 2 / INPUT_SIDE


@in_half
def test_a_blank_picture_shows_no_hand_in_either_precision(models_dir: Path) -> None:
    store, blank = ModelStore(models_dir), np.full((320, 240, 3), 120, np.uint8)
    everything = Region(np.array([120.0, 160.0]), 0.0, 240.0)
    for way in (False, True):
        assert PalmDetector(store, half=way).detect(blank) == ()
        assert LandmarkModel(store, half=way).read(blank, everything).presence < 0.1


@pytest.mark.parametrize(("name", "side"), MODELS)
def test_a_processor_without_float16_runs_the_same_in_float32(
    models_dir: Path, monkeypatch: pytest.MonkeyPatch, name: str, side: int
) -> None:
    monkeypatch.setattr(numba.config, "CPU_NAME", "znver3")
    store, batch = ModelStore(models_dir), picture(1, side)
    assert same(store.litert(name, half=True)(batch), store.litert(name)(batch))


@in_half
@pytest.mark.parametrize(("name", "side"), MODELS)
def test_threads_at_once_get_what_each_gets_alone(models_dir: Path, name: str, side: int) -> None:
    model = ModelStore(models_dir).litert(name, half=True)
    pictures = [picture(seed, side) for seed in range(6)]
    alone = [model(one) for one in pictures]
    together = Barrier(len(pictures))

    def read(one: NDArray[np.float32]) -> Mapping[str, NDArray[Any]]:
        together.wait()
        return model(one)

    with ThreadPoolExecutor(len(pictures)) as threads:
        assert all(map(same, threads.map(read, pictures), alone))


@in_half
def test_outputs_have_the_names_and_shapes_of_float32_and_outlive_the_next_call(models_dir: Path) -> None:
    for name, side in MODELS:
        store = ModelStore(models_dir)
        short, full = store.litert(name, half=True), store.litert(name)
        first = short(picture(1, side))
        copies = {output: value.copy() for output, value in first.items()}
        short(picture(2, side))
        assert same(first, copies)
        expected = {output: value.shape for output, value in full(picture(1, side)).items()}
        assert {output: value.shape for output, value in first.items()} == expected


@in_half
def test_nothing_is_printed_that_names_a_path(models_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    half._environment.cache_clear()
    ModelStore(models_dir).litert("palm", half=True)
    said = capfd.readouterr()
    assert "/" not in said.out + said.err
    assert "WARNING" not in said.out + said.err


@in_half
def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(SetupError, match="ai-edge-litert"):
        LiteModel(b"no model at all" * 9, 1, half=True)
