from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from handfast.base.image import Image
from handfast.face import tiled
from handfast.face.align import align
from handfast.face.detect import FaceDetector
from handfast.face.net import PlainNet, TiledNet
from handfast.imaging.decode import decode
from handfast.imaging.packing import aligned, bfloat16, from_bfloat16, packed
from handfast.imaging.tiles import available
from handfast.models.store import ModelStore

Single = NDArray[np.float32]
Stored = dict[str, NDArray[np.float32]]

on_tiles = pytest.mark.skipif(not available(), reason="this processor has no tiles")
HALVING = {1, 3, 5, 11}


def bent(values: Single, slope: Single) -> Single:
    return np.asarray(np.where(values < 0, values * slope, values), np.float32)


def filtered(picture: Single, filters: Single, stride: int) -> Single:
    """(H, W, C) by (9, C), by OpenCV."""
    kernels = filters.T.reshape(-1, 3, 3)
    planes = [
        cv2.filter2D(picture[:, :, n], -1, kernel, borderType=cv2.BORDER_CONSTANT) for n, kernel in enumerate(kernels)
    ]
    return np.asarray(np.stack(planes, axis=2)[::stride, ::stride], np.float32)


def drawn(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Single:
    return np.asarray(rng.standard_normal(shape, np.float32) * scale, np.float32)


def with_margin(picture: Single) -> Single:
    """As the compiled layers have it, and some more behind it."""
    cells = np.pad(picture, ((1, 1), (1, 1), (0, 0)))
    out = aligned(cells.size + 2 * tiled.AT_ONCE * picture.shape[2])
    out[: cells.size] = cells.reshape(-1)
    return out


@pytest.fixture(scope="module")
def faces(models_dir: Path) -> list[Image]:
    detector, found = FaceDetector(ModelStore(models_dir)), []
    for name in ("person_a_1", "person_b_1", "impostor_1"):
        picture = decode((models_dir / "portraits" / f"{name}.jpg").read_bytes())
        found.append(align(picture, detector.one(picture)))
    return found


@pytest.mark.models
def test_the_table_of_layers_is_the_net(models_dir: Path, faces: list[Image]) -> None:
    with np.load(models_dir / "sface-layers.npz") as archive:
        stored = {n: from_bfloat16(archive[n]) if archive[n].dtype == np.uint16 else archive[n] for n in archive.files}
    net = PlainNet(ModelStore(models_dir))
    for face in faces:
        assert alike(by_table(stored, face), net(face)) > 0.9999


def by_table(stored: Stored, face: Image) -> Single:
    picture = face.pixels.astype(np.float32) - 127.5
    values = np.zeros((*picture.shape[:2], len(stored["first/bias"])), np.float32)
    for channel in range(3):
        taps = stored["first/mix"].reshape(9, 3, -1)[:, channel]
        values += filtered(np.repeat(picture[:, :, channel, None], taps.shape[1], 2), taps, 1)
    values = bent(values + stored["first/bias"], stored["first/slope"])
    for n in range(13):
        values = filtered(values, stored[f"{n}/filters"], 2 if n in HALVING else 1)
        values = bent(values + stored[f"{n}/filters/bias"], stored[f"{n}/filters/slope"])
        values = bent(values @ stored[f"{n}/mix"] + stored[f"{n}/mix/bias"], stored[f"{n}/mix/slope"])
    return values.reshape(-1) @ stored["last/mix"] + stored["last/bias"]


def alike(one: Single, other: Single) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@on_tiles
@pytest.mark.models
def test_on_tiles_a_face_has_the_vector_that_it_has_without(models_dir: Path, faces: list[Image]) -> None:
    store = ModelStore(models_dir)
    rounded, exact = TiledNet(store), PlainNet(store)
    for face in faces:
        one, other = rounded(face), exact(face)
        assert alike(one, other) > 0.9999
        assert np.linalg.norm(one) == pytest.approx(np.linalg.norm(other), rel=0.005)
        assert np.array_equal(one, rounded(face))


@on_tiles
@pytest.mark.parametrize(("side", "stride", "margin"), [(28, 1, 1), (28, 2, 1), (14, 1, 1), (14, 2, 0), (64, 2, 1)])
def test_a_layer_is_its_filters_and_then_its_product(side: int, stride: int, margin: int) -> None:
    rng, channels, columns = np.random.default_rng(side + stride), 64, 96
    picture, filters = drawn(rng, side, side, channels), drawn(rng, 9, channels, scale=0.3)
    mix, biases, slopes = drawn(rng, channels, columns, scale=0.12), drawn(rng, 160), drawn(rng, 160, scale=0.25)
    within = bent(filtered(picture, filters, stride) + biases[:channels], slopes[:channels])
    expected = bent(within @ mix + biases[channels:], slopes[channels:])
    new = side // stride
    out = aligned((new + 2 * margin) ** 2 * columns)
    weights = filters.reshape(-1), biases[:channels], slopes[:channels]
    tiled.separable(
        with_margin(picture), side, stride, weights, packed(mix), biases[channels:], slopes[channels:], out, margin
    )
    cells = out.reshape(new + 2 * margin, -1, columns)
    found = cells[margin : margin + new, margin : margin + new]
    assert np.abs(found - expected).max() < 0.03 * np.abs(expected).max()
    assert np.count_nonzero(cells) == np.count_nonzero(found)


@on_tiles
def test_the_last_product_is_over_all_values() -> None:
    rng, out = np.random.default_rng(3), np.empty(128, np.float32)
    values, mix, bias = drawn(rng, 256), drawn(rng, 256, 128, scale=0.06), drawn(rng, 128)
    tiled.last(values, packed(mix), bias, out)
    assert np.abs(out - from_bfloat16(bfloat16(values)) @ mix - bias).max() < 0.02
