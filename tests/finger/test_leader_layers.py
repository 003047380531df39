from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from handfast.finger.ridges.leader import layers, tiled_layers
from handfast.finger.ridges.leader.layers import BOTTLENECK_REACH, SEPARABLE_REACH, VIEW_REACH
from handfast.finger.ridges.leader.planes import Plane, Workspace
from handfast.finger.ridges.leader.trunk import Network
from handfast.imaging import tiles

Single = NDArray[np.float32]
Double = NDArray[np.float64]
Layers = dict[str, Single]


@dataclass(frozen=True)
class Kit:
    """What makes layers, and how far they may be off."""

    make: Any
    within: float
    half: bool = False

    def plane(self, height: int, width: int, channels: int, margin: int) -> Plane:
        """Of zeros."""
        return Plane.new(Workspace(half=self.half), height, width, channels, margin)

    def of(self, picture: Single, margin: int) -> Plane:
        height, width, channels = picture.shape
        plane = self.plane(height, width, channels, margin)
        inside(plane)[:, :, :channels] = picture
        return plane


@pytest.fixture(params=["plain", "tiled"])
def kit(request: pytest.FixtureRequest) -> Kit:
    if request.param == "plain":
        return Kit(layers, 1e-5)
    if not tiles.available():
        pytest.skip("this processor has no tiles")
    return Kit(tiled_layers, 0.03, half=True)  # bfloat16 rounds by up to 0.004 of a value


def drawn(rng: np.random.Generator, **shapes: tuple[int, ...]) -> Layers:
    """A layer's random weights by part, such that values stay near 1."""
    return {name: (rng.normal(size=s) / np.sqrt(max(s[0], 1))).astype(np.float32) for name, s in shapes.items()}


def named(name: str, parts: Layers) -> Layers:
    return {f"{name}/{part}": values for part, values in parts.items()}


def inside(plane: Plane) -> NDArray[np.floating[Any]]:
    """(H, W, stored channels) without the margin."""
    height, width, _, _, margin = plane.place
    return plane.cells()[margin : margin + height, margin : margin + width]


def gelu(value: Double) -> Double:
    return np.asarray(0.5 * value * (1 + np.tanh(np.sqrt(2 / np.pi) * (value + 0.044715 * value**3))))


def norm(value: Double) -> Double:
    """Over the last axis."""
    return np.asarray((value - value.mean(-1, keepdims=True)) / np.sqrt(value.var(-1, keepdims=True) + 1e-3))


def correlated(picture: Double, kernel: Double) -> Double:
    return np.asarray(cv2.filter2D(picture, -1, kernel, borderType=cv2.BORDER_CONSTANT))


def filtered(picture: Single, taps: Single, side: int) -> Double:
    """Each channel by its own filter, by OpenCV."""
    kernels = taps.T.reshape(-1, side, side).astype(np.float64)
    planes = [correlated(picture[:, :, n].astype(np.float64), kernel) for n, kernel in enumerate(kernels)]
    return np.stack(planes, axis=2)


def plain_bottleneck(x: Single, w: Layers) -> Double:
    """The outcome before its last bias is in."""
    wide = gelu(norm(filtered(x, w["filters"], 7)) @ w["expand"] + w["expand_bias"])
    return np.asarray(x @ w["adjust"] + wide @ w["reduce"] + w["bias"])


def plain_separable(x: Single, w: Layers) -> Double:
    return gelu(norm(filtered(x, w["filters"], 5) @ w["mix"] + w["bias"]) * w["scale"] + w["offset"])


def bottleneck_weights(rng: np.random.Generator, channels: int, wide: int, count: int) -> Layers:
    return drawn(
        rng,
        filters=(49, channels),
        expand=(channels, wide),
        expand_bias=(wide,),
        reduce=(wide, count),
        adjust=(channels, count),
        bias=(count,),
    )


def separable_weights(rng: np.random.Generator, channels: int, count: int) -> Layers:
    return drawn(rng, filters=(25, channels), mix=(channels, count), bias=(count,), scale=(count,), offset=(count,))


# Sizes that fill a row's last block of pixels or leave it nearly empty, channels that fill a register or not.
@pytest.mark.parametrize(
    ("height", "width", "channels", "count"), [(8, 16, 16, 32), (3, 5, 20, 7), (1, 1, 59, 91), (2, 200, 33, 40)]
)
def test_a_bottleneck_is_filters_norm_two_layers_and_what_passes_by(
    kit: Kit, height: int, width: int, channels: int, count: int
) -> None:
    rng = np.random.default_rng(1)
    weights = bottleneck_weights(rng, channels, 4 * channels, count)
    picture = rng.normal(size=(height, width, channels)).astype(np.float32)
    out = kit.plane(height, width, count, 0)
    kit.make.bottleneck(named("b", weights), "b")(kit.of(picture, BOTTLENECK_REACH), out, 0, 1)
    assert np.abs(inside(out)[:, :, :count] - plain_bottleneck(picture, weights)).max() < kit.within


@pytest.mark.parametrize(("height", "width", "channels", "count"), [(8, 16, 16, 32), (3, 5, 20, 16), (1, 1, 64, 128)])
def test_a_separable_layer_is_filters_a_layer_norm_and_gelu(
    kit: Kit, height: int, width: int, channels: int, count: int
) -> None:
    rng = np.random.default_rng(2)
    weights = separable_weights(rng, channels, count)
    picture = rng.normal(size=(height, width, channels)).astype(np.float32)
    out = kit.plane(height, width, count, 0)
    kit.make.separable(named("s", weights), "s")(kit.of(picture, SEPARABLE_REACH), out, 0, 1)
    assert np.abs(inside(out)[:, :, :count] - plain_separable(picture, weights)).max() < kit.within


def test_twice_the_size_is_four_pixels_of_each_and_nothing_beside_them_is_touched(kit: Kit) -> None:
    rng = np.random.default_rng(3)
    weights = separable_weights(rng, 16, 16)
    block = kit.make.separable(named("s", weights), "s")
    picture = kit.of(rng.normal(size=(3, 5, 16)).astype(np.float32), SEPARABLE_REACH)
    single, double = kit.plane(3, 5, 16, 0), kit.plane(6, 10, 48, 2)
    double.cells()[:] = 9
    block(picture, single, 0, 1)
    block(picture, double, 32, 2)
    assert np.array_equal(inside(double)[:, :, 32:], inside(single).repeat(2, 0).repeat(2, 1))
    inside(double)[:, :, 32:] = 9
    assert np.all(double.cells() == 9)


@pytest.mark.parametrize("highest", [True, False])
def test_a_stem_is_filters_norm_gelu_and_pooling(kit: Kit, highest: bool) -> None:
    rng = np.random.default_rng(4)
    picture = rng.integers(0, 256, (32, 64)).astype(np.float32)
    weights = drawn(rng, filters=(32, 9, 9), bias=(32,), scale=(32,), offset=(32,))
    weights["filters"][:16, [0, 1, -1, -2]] = weights["filters"][16:, 1::2] = 0
    weights["filters"][:16, :, [0, 1, -1, -2]] = weights["filters"][16:, :, 1::2] = 0
    out = kit.plane(16, 32, 32, 0)
    kit.make.Stem(named("stem", weights), "stem", highest=highest)(kit.make.bordered(picture), out, 0)
    planes = [correlated(picture.astype(np.float64), kernel.astype(np.float64)) for kernel in weights["filters"]]
    value = gelu(norm(np.stack(planes, axis=2) + weights["bias"]) * weights["scale"] + weights["offset"])
    squares = value.reshape(16, 2, 32, 2, 32)
    expected = squares.max((1, 3)) if highest else squares.mean((1, 3))
    assert np.abs(inside(out) - expected).max() < 10 * kit.within


def test_attention_lets_through_what_three_views_agree_on(kit: Kit) -> None:
    rng = np.random.default_rng(5)
    picture = rng.normal(size=(9, 13, 32)).astype(np.float32)
    weights = drawn(rng, views=(3, 9 * 32, 16), bias=(48,), gate=(48, 32), gate_bias=(32,))
    out = kit.plane(9, 13, 64, 3)
    kit.make.attention(named("attention", weights))(kit.of(picture, VIEW_REACH), out)
    padded = np.pad(picture.astype(np.float64), ((6, 6), (6, 6), (0, 0)))
    views = []
    for reach, view in zip((1, 3, 6), weights["views"], strict=True):
        moved = [
            padded[6 + i * reach : 15 + i * reach, 6 + j * reach : 19 + j * reach]
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
        ]
        views.append(np.concatenate(moved, axis=2) @ view)
    gate = gelu(np.concatenate(views, axis=2) + weights["bias"]) @ weights["gate"] + weights["gate_bias"]
    assert np.abs(inside(out)[:, :, :32] - picture / (1 + np.exp(-gate))).max() < kit.within
    assert not inside(out)[:, :, 32:].any()


def test_the_head_gives_four_pixels_for_each_cell(kit: Kit) -> None:
    rng = np.random.default_rng(6)
    weights = bottleneck_weights(rng, 52, 208, 4)
    weights |= drawn(rng, second=(4, 4), second_bias=(4,), phases=(4, 4, 3, 3), phases_bias=(4,))
    picture = rng.normal(size=(6, 11, 52)).astype(np.float32)
    logit = kit.make.position_head(named("head", weights))(kit.of(picture, 4))
    value = plain_bottleneck(picture, weights)
    value /= np.sqrt((value**2).mean(-1, keepdims=True) + 1e-3)  # which has mean 0 in LEADER
    value = gelu(value @ weights["second"].T + weights["second_bias"])
    for phase, kernels in enumerate(weights["phases"].astype(np.float64)):
        expected = sum(correlated(np.ascontiguousarray(value[:, :, n]), kernel) for n, kernel in enumerate(kernels))
        expected += weights["phases_bias"][phase]
        assert np.abs(logit[phase // 2 :: 2, phase % 2 :: 2] - expected).max() < kit.within


def test_a_network_halves_by_maximum_and_mean_and_puts_what_came_from_below_last(kit: Kit) -> None:
    rng = np.random.default_rng(7)
    down, up = separable_weights(rng, 16, 16), separable_weights(rng, 16, 32)
    picture = rng.normal(size=(4, 6, 16)).astype(np.float32)
    out = kit.plane(4, 6, 48, 3)
    network = Network([kit.make.separable(named("d", down), "d")], [kit.make.separable(named("u", up), "u")])
    assert network(kit.of(picture, SEPARABLE_REACH), Workspace(half=kit.half), out) is out
    across = plain_separable(picture, down)
    squares = across.reshape(2, 2, 3, 2, 16)
    half = np.concatenate([squares.max((1, 3))[..., :8], squares.mean((1, 3))[..., 8:]], axis=2).astype(np.float32)
    below = plain_separable(half, up).repeat(2, 0).repeat(2, 1)
    assert np.abs(inside(out)[:, :, :48] - np.concatenate([across, below], axis=2)).max() < kit.within


def test_memory_used_again_changes_nothing(kit: Kit) -> None:
    rng = np.random.default_rng(8)
    network = Network(
        [kit.make.separable(named("d", separable_weights(rng, 16, 16)), "d")],
        [kit.make.separable(named("u", separable_weights(rng, 16, 20)), "u")],
    )
    space, outcomes = Workspace(half=kit.half), []
    pictures = [rng.normal(size=(*size, 16)).astype(np.float32) for size in ((8, 12), (4, 6), (8, 12))]
    for picture in [*pictures, pictures[0]]:
        space.begin()
        height, width, channels = picture.shape
        plane = Plane.new(space, height, width, channels, SEPARABLE_REACH)
        inside(plane)[:, :, :channels], inside(plane)[:, :, channels:] = picture, 0
        out = Plane.new(space, height, width, 48, 0)
        outcomes.append(inside(network(plane, space, out)).copy())
    assert np.array_equal(outcomes[0], outcomes[-1])
