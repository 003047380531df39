"""From light to file: exposure, lens blur, motion, sensor noise, tone curve, sharpening, JPEG."""

import cv2
import numpy as np

from handfast.finger.synth.compiled import Bytes, Floats, compiled
from handfast.finger.synth.shot import Lens

STEPS = 4096  # of the tone curve
GAMMA = 2.2


def expose(linear: Floats, subject: Bytes, level: float, warmth: float) -> None:
    """Scale the picture in place so that the subject's median green shows at `level` 0..1; warmth favours red."""
    sparse = linear[::4, ::4, 1][subject[::4, ::4] > 0]
    median = float(np.median(sparse)) if sparse.size else 0.3
    gain = level**GAMMA / max(median, 1e-3)
    linear *= np.array([gain * (1 + warmth), gain, gain * (1 - warmth)], np.float32)


def develop(rng: np.random.Generator, linear: Floats, lens: Lens) -> Bytes:
    """The picture a phone would store, (H, W, 3) uint8 sRGB, from linear light (H, W, 3)."""
    if lens.defocus > 0.2:
        linear = np.asarray(cv2.GaussianBlur(linear, (0, 0), lens.defocus), np.float32)
    if lens.motion > 1:
        linear = np.asarray(cv2.filter2D(linear, -1, _smear(lens.motion, rng.uniform(0, np.pi))), np.float32)
    curve = (np.linspace(0, 1, STEPS) ** (1 / GAMMA) * 255).round().astype(np.uint8)
    picture = cv2.GaussianBlur(_expose_sensor(linear, lens.noise, int(rng.integers(2**31)), curve), (0, 0), 0.5)
    picture = cv2.addWeighted(picture, 1.6, cv2.GaussianBlur(picture, (0, 0), 1.4), -0.6, 0)
    return _through_jpeg(np.asarray(picture, np.uint8), lens.jpeg)


def _through_jpeg(picture: Bytes, quality: int) -> Bytes:
    _, coded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def _smear(length: float, angle: float) -> Floats:
    size = int(np.ceil(length)) | 1
    kernel = np.zeros((size, size), np.float32)
    for place in np.linspace(-length / 2, length / 2, 4 * size):
        x, y = size // 2 + np.cos(angle) * place, size // 2 + np.sin(angle) * place
        kernel[int(np.clip(round(y), 0, size - 1)), int(np.clip(round(x), 0, size - 1))] += 1
    return np.asarray(kernel / kernel.sum(), np.float32)


@compiled
def _expose_sensor(linear: Floats, noise: float, seed: int, curve: Bytes) -> Bytes:
    """Noise that grows with the root of the light (from a hash of the pixel's number), then the tone curve."""
    out = np.empty(linear.shape, np.uint8)
    state = np.uint64(seed)
    for y in range(linear.shape[0]):
        for x in range(linear.shape[1]):
            for k in range(3):
                # SplitMix64 (Steele, Lea & Flood 2014); two halves make a triangular deviate of unit variance.
                state += np.uint64(0x9E3779B97F4A7C15)
                z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
                z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
                z = z ^ (z >> np.uint64(31))
                first, second = np.int64(z & np.uint64(0xFFFF)), np.int64((z >> np.uint64(32)) & np.uint64(0xFFFF))
                deviate = (first + second - 65535) * np.float32(2.449 / 65535)
                light = min(max(linear[y, x, k], np.float32(0)), np.float32(1))
                light += np.float32(1.6 * noise) * np.sqrt(light * np.float32(0.5) + np.float32(0.02)) * deviate
                out[y, x, k] = curve[int(min(max(light, np.float32(0)), np.float32(1)) * np.float32(STEPS - 1))]
    return out
