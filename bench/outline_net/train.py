"""Train the outline network: one finger upright in its strip to "this finger" and "its last phalanx", per pixel.

    python -m venv ENV && ENV/bin/pip install jax==0.10.2 opencv-python-headless numpy
    ENV/bin/python bench/outline_net/train.py FOLDER WEIGHTS.npz
    ENV/bin/pip install onnx
    ENV/bin/python bench/outline_net/export.py WEIGHTS.npz src/handfast/finger/tip/outline_net.onnx

A small U-Net (Ronneberger, Fischer & Brox 2015) without normalisation. Strips are cut where a landmark model would put
them: tips up to a third of a breadth off, turned by up to 12 degrees, breadths wrong by up to a third. Colour, light
and ground are changed at random, so that shape and edges are learned more than the drawn skin's own colours.
"""

import argparse
from pathlib import Path
from typing import Any

import cv2
import jax
import jax.numpy as jnp
import numpy as np

WIDTH, HEIGHT, BREADTH, ABOVE = 64, 80, 22.0, 1.15  # as in handfast.finger.tip.outline_net
BEYOND = 0.33  # breadths from the tip's landmark to the tip
CHANNELS = (8, 16, 24, 32)
EMPTY = 0.15  # of the strips that are cut off the fingers, where a hand lacks one
BATCH, RATE, SEED = 16, 3e-3, 7

Weights = dict[str, jax.Array]
Sample = tuple[np.ndarray, np.ndarray]
Tip = tuple[int, int, np.ndarray, np.ndarray, float]  # photo, finger 1..4, apex, unit direction, breadth


class Person:
    """One person's photos and where the fingers are in them."""

    def __init__(self, path: Path) -> None:
        data = np.load(path)
        self.pictures, self.fingers, self.phalanges = data["pictures"], data["fingers"], data["phalanges"]
        self.tips: list[Tip] = []
        for take, (finger, phalanx) in enumerate(zip(self.fingers, self.phalanges, strict=True)):
            for number in range(1, 5):
                place = tip_of(finger == number, phalanx == number)
                if place is not None:
                    self.tips.append((take, number, *place))


def convolved(x: jax.Array, w: Weights, name: str) -> jax.Array:
    out = jax.lax.conv_general_dilated(x, w[name + "_w"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
    return out + w[name + "_b"]


def forward(w: Weights, x: jax.Array) -> jax.Array:
    """(N, 80, 64, 3) in -1..1 to logits (N, 80, 64, 2)."""
    skips = []
    for level in range(len(CHANNELS)):
        if level:
            x = x.reshape(x.shape[0], x.shape[1] // 2, 2, x.shape[2] // 2, 2, -1).max((2, 4))
        x = jax.nn.relu(convolved(x, w, f"down{level}a"))
        x = jax.nn.relu(convolved(x, w, f"down{level}b"))
        skips.append(x)
    for level in reversed(range(len(CHANNELS) - 1)):
        x = jnp.concatenate([jnp.repeat(jnp.repeat(x, 2, 1), 2, 2), skips[level]], -1)
        x = jax.nn.relu(convolved(x, w, f"up{level}"))
    return convolved(x, w, "out")


def start(rng: np.random.Generator) -> Weights:
    shapes = {}
    for level, width in enumerate(CHANNELS):
        shapes[f"down{level}a"] = (3, 3, CHANNELS[level - 1] if level else 3, width)
        shapes[f"down{level}b"] = (3, 3, width, width)
    for level in range(len(CHANNELS) - 1):
        shapes[f"up{level}"] = (3, 3, CHANNELS[level + 1] + CHANNELS[level], CHANNELS[level])
    shapes["out"] = (1, 1, CHANNELS[0], 2)
    weights: dict[str, Any] = {}
    for name, shape in shapes.items():
        weights[name + "_w"] = jnp.asarray(rng.normal(0, np.sqrt(2 / np.prod(shape[:3])), shape), jnp.float32)
        weights[name + "_b"] = jnp.zeros(shape[3], jnp.float32)
    return weights


def sample(rng: np.random.Generator, data: Person) -> Sample:
    """A strip (80, 64, 3) uint8 and its two masks (80, 64, 2) bool."""
    take, finger, tip, up, width = data.tips[int(rng.integers(len(data.tips)))]
    landmark = tip - up * BEYOND * width + rng.normal(0, 0.14 * width, 2)
    empty = rng.random() < EMPTY
    if empty:
        away = landmark + rng.normal(0, 3 * width, 2)
        x, y = (away + up * np.array([[0.0], [0.35 * width]])).T.astype(int)
        near = data.fingers[take][max(0, y.min() - int(0.2 * width)) : y.max() + int(0.2 * width), max(0, x.min()) :]
        empty = min(x.min(), y.min()) >= 0 and near.size > 0 and not near[:, : int(0.3 * width) + 1].any()
        landmark = away if empty else landmark
    turn = float(np.clip(rng.normal(0, np.radians(5)), -0.21, 0.21))
    unit = np.array([up[0] * np.cos(turn) - up[1] * np.sin(turn), up[0] * np.sin(turn) + up[1] * np.cos(turn)])
    guess = width * float(np.clip(np.exp(rng.normal(0, 0.13)), 0.7, 1.4))
    down, across = -unit, np.array([-unit[1], unit[0]])
    if rng.random() < 0.5:
        across = -across  # the mirror image is a finger too
    origin = landmark - guess * ABOVE * down - across * guess * WIDTH / 2 / BREADTH
    per_px = guess / BREADTH
    corners = np.stack([origin, origin + across * per_px * WIDTH, origin + down * per_px * HEIGHT])
    ends = np.array([(0, 0), (WIDTH, 0), (0, HEIGHT)], np.float32)
    to_strip = cv2.getAffineTransform(corners.astype(np.float32), ends)

    def view(picture: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.warpAffine(picture, to_strip, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR))

    fingers, last = data.fingers[take], data.phalanges[take]
    strip, hand = view(data.pictures[take]), view((fingers > 0).astype(np.uint8) * 255) / 255.0
    masks = [view((labels == finger).astype(np.uint8) * 255) > 127 for labels in (fingers, last)]
    return _recoloured(rng, _on_other_ground(rng, data, strip, hand)), np.stack(masks, -1) & np.bool_(not empty)


def tip_of(finger: np.ndarray, phalanx: np.ndarray) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Apex, unit direction and breadth of a finger from its masks (H, W); None where too little of it is in view."""
    if phalanx.sum() < 300 or (finger & ~phalanx).sum() < 300:
        return None
    upper = np.argwhere(phalanx)[:, ::-1].astype(float)
    middle = upper.mean(0)
    lower = np.argwhere(finger & ~phalanx)[:, ::-1].astype(float)
    near = lower[np.argsort(((lower - middle) ** 2).sum(1))[: len(upper)]]
    up = (middle - near.mean(0)) / np.linalg.norm(middle - near.mean(0))
    across = np.array([-up[1], up[0]])
    along, side = (upper - middle) @ up, (upper - middle) @ across
    belt = np.abs(along) < 0.25 * np.ptp(along)
    return middle + up * along.max() + across * np.median(side), up, float(np.ptp(side[belt])) + 1


def _on_other_ground(rng: np.random.Generator, data: Person, strip: np.ndarray, hand: np.ndarray) -> np.ndarray:
    """Often: the hand before part of another photo, its colour drawn near that of the skin, which is the hard case."""
    if rng.random() < 0.45 or hand.max() < 1:
        return strip
    other = data.pictures[int(rng.integers(len(data.pictures)))]
    size = int(rng.integers(90, 300))
    y, x = int(rng.integers(other.shape[0] - size)), int(rng.integers(other.shape[1] - size))
    ground = cv2.resize(other[y : y + size, x : x + size], (WIDTH, HEIGHT)).astype(np.float32)
    wanted = strip[hand > 0.9].mean(0) * rng.uniform(0.55, 1.25) * rng.normal(1, 0.12, 3)
    ground = np.clip((ground - ground.reshape(-1, 3).mean(0)) * rng.uniform(0.3, 1.0) + wanted, 0, 255)
    if rng.random() < 0.5:  # the shadow that the hand throws
        shift = np.float32([[1, 0, rng.uniform(-4, 4)], [0, 1, rng.uniform(-4, 4)]])
        shadow = cv2.GaussianBlur(cv2.warpAffine(hand, shift, (WIDTH, HEIGHT)), (0, 0), rng.uniform(0.5, 4))
        ground *= 1 - rng.uniform(0.1, 0.5) * shadow[..., None]
    alpha = cv2.GaussianBlur(hand, (0, 0), 0.6)[..., None]
    return np.asarray(ground + (strip - ground) * alpha, np.uint8)


def _recoloured(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    gamma, gain = np.exp(rng.normal(0, 0.25)), np.exp(rng.normal(0, 0.12, 3))
    out = 255 * np.clip(picture / 255.0, 0, 1) ** gamma * gain
    if rng.random() < 0.15:
        out = np.repeat(out.mean(2, keepdims=True), 3, 2)
    out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.01, 1.2)) + rng.normal(0, rng.uniform(0, 6), out.shape)
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def loss(w: Weights, x: jax.Array, y: jax.Array) -> jax.Array:
    """Cross-entropy, and overlap (Dice 1945), so that narrow fingers count as much as broad ones."""
    logit = forward(w, x)
    cross = jnp.mean(jnp.maximum(logit, 0) - logit * y + jnp.log1p(jnp.exp(-jnp.abs(logit))))
    likely = jax.nn.sigmoid(logit)
    overlap = 2 * (likely * y).sum((1, 2)) / ((likely + y).sum((1, 2)) + 1)
    return cross + 0.5 * (1 - overlap.mean())


@jax.jit
def step(w: Weights, m: Weights, v: Weights, t: jax.Array, rate: jax.Array, x: jax.Array, y: jax.Array) -> Any:
    """One step of Adam (Kingma & Ba 2015)."""
    value, gradient = jax.value_and_grad(loss)(w, x, y)
    m = {k: 0.9 * m[k] + 0.1 * gradient[k] for k in w}
    v = {k: 0.999 * v[k] + 0.001 * gradient[k] ** 2 for k in w}
    w = {k: w[k] - rate * (m[k] / (1 - 0.9**t)) / (jnp.sqrt(v[k] / (1 - 0.999**t)) + 1e-8) for k in w}
    return w, m, v, value


def batch(rng: np.random.Generator, people: list[Person]) -> tuple[jax.Array, jax.Array]:
    drawn = [sample(rng, people[int(rng.integers(len(people)))]) for _ in range(BATCH)]
    strips, masks = zip(*drawn, strict=True)
    return jnp.asarray(np.stack(strips), jnp.float32) / 127.5 - 1, jnp.asarray(np.stack(masks), jnp.float32)


def overlap(w: Weights, tests: list[tuple[jax.Array, jax.Array]]) -> np.ndarray:
    """Mean intersection over union of finger and of phalanx."""
    found = []
    for x, y in tests:
        mask, wanted = np.asarray(forward(w, x)) > 0, np.asarray(y) > 0
        found.append((mask & wanted).sum((1, 2)) / np.maximum(1, (mask | wanted).sum((1, 2))))
    return np.concatenate(found).mean(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--stop", type=int, default=1000, help="stop after this many; rates fall as for all --steps")
    arguments = parser.parse_args()
    people = [Person(path) for path in sorted(arguments.folder.glob("*.npz"))]
    kept = max(1, len(people) // 8)
    rng = np.random.default_rng(SEED)
    tests = [batch(rng, people[-kept:]) for _ in range(6)]
    w = start(rng)
    m, v = ({k: jnp.zeros_like(p) for k, p in w.items()} for _ in range(2))
    for t in range(1, arguments.steps + 1):
        rate = RATE * 0.5 * (1 + np.cos(np.pi * t / arguments.steps))
        w, m, v, value = step(w, m, v, jnp.float32(t), jnp.float32(rate), *batch(rng, people[:-kept]))
        if t % 250 == 0 or t == arguments.steps:
            print(t, f"loss {float(value):.3f}", "overlap on others", overlap(w, tests).round(3), flush=True)
            np.savez(arguments.out, **{k: np.asarray(p, np.float16) for k, p in w.items()})
        if t == arguments.stop:
            break


if __name__ == "__main__":
    main()
