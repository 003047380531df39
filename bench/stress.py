"""Make prints hard: four sets of a set of contact prints, each spoilt in one way, with the same names.

    .venv/bin/python bench/stress.py PRINTS TO

crop         half to seven tenths of the print's area, cut by a straight line in any direction
scale        enlarged or reduced by up to 15 %
distortion   a smooth warp of 6 px, as a finger pressed and pushed
noise        Gaussian noise of 20 gray levels, 2 % of the pixels dead, and a blur of 0.8 px

PRINTS is a folder of pictures at 500 ppi; TO must lie outside the project, as it then holds people's prints too.
"""

import argparse
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

from handfast.base.image import GrayImage, Pixels
from handfast.finger.contact import ridge_mask
from handfast.finger.synth.noise import thin_plate_shift
from handfast.imaging.encode import png

Spoil = Callable[[np.random.Generator, Pixels], Pixels]

KEPT_AREA = 0.5, 0.7
SCALE = 0.15
WARP = 6.0  # px
NOISE = 20.0  # gray levels
DEAD = 0.02  # of the pixels
BLUR = 0.8  # px


def crop(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    mask = ridge_mask(pixels)
    row, column = np.nonzero(mask) if mask.any() else np.nonzero(np.ones_like(mask))
    turn = rng.uniform(0, 2 * np.pi)
    least = np.quantile(np.cos(turn) * column + np.sin(turn) * row, 1 - rng.uniform(*KEPT_AREA))
    every_row, every_column = np.indices(pixels.shape)
    gone = np.cos(turn) * every_column + np.sin(turn) * every_row < least
    ground = np.median(pixels[~mask]) if not mask.all() else 255
    return np.where(gone, ground, pixels).astype(np.uint8)


def scale(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    factor = rng.uniform(1 - SCALE, 1 + SCALE)
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=kind), np.uint8)


def distortion(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    height, width = pixels.shape
    dy, dx = thin_plate_shift(rng, (height, width), WARP)
    row, column = np.indices(pixels.shape, np.float32)
    x, y = (column + dx).astype(np.float32), (row + dy).astype(np.float32)
    return np.asarray(cv2.remap(pixels, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def noise(rng: np.random.Generator, pixels: Pixels) -> Pixels:
    blurred = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), BLUR) + rng.normal(0, NOISE, pixels.shape)
    dead = rng.random(pixels.shape)
    spoilt = np.where(dead < DEAD / 2, 0, np.where(dead > 1 - DEAD / 2, 255, blurred))
    return np.clip(spoilt, 0, 255).astype(np.uint8)


SPOILT: dict[str, Spoil] = {"crop": crop, "scale": scale, "distortion": distortion, "noise": noise}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prints", type=Path)
    parser.add_argument("to", type=Path)
    arguments = parser.parse_args()
    paths = sorted(path for path in arguments.prints.rglob("*") if path.suffix in {".tif", ".png", ".bmp"})
    for path in track(paths, "spoiling prints"):
        pixels = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
        place = path.relative_to(arguments.prints).with_suffix(".png")
        for name, spoil in SPOILT.items():
            rng = np.random.default_rng(zlib.crc32(f"{name} {place.as_posix()}".encode()))
            to = arguments.to / name / place
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(png(GrayImage(spoil(rng, pixels))))


if __name__ == "__main__":
    main()
