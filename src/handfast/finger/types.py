"""What flows through the finger modality: a clean print and its minutiae."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from handfast.base.image import GrayImage
from handfast.base.modality import FingerPosition

PRINT_PPI = 500.0
"""The resolution at which prints are read and minutiae are given."""

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Mask = NDArray[np.bool_]


class MinutiaType(IntEnum):
    """Minutia type codes of ISO/IEC 19794-2."""

    OTHER = 0
    ENDING = 1
    BIFURCATION = 2


@dataclass(frozen=True, slots=True)
class Minutia:
    """One ridge ending or bifurcation.

    x, y      pixels at 500 ppi, origin top left, y down
    angle     radians in [0, tau), from +x towards +y; along the ridge away from its end, or into the fork's valley
    type      ending, bifurcation, or other where it is not told apart
    quality   0..100, or 0 when not measured
    """

    x: float
    y: float
    angle: float
    type: MinutiaType
    quality: float


@dataclass(frozen=True, slots=True, eq=False)
class Minutiae:
    """All minutiae of one print, as columns; units as in Minutia.

    width, height   extent of the print in pixels at 500 ppi
    x, y, angle     (N,) float64
    type            (N,) uint8, MinutiaType codes
    quality         (N,) float64
    """

    width: int
    height: int
    x: Floats
    y: Floats
    angle: Floats
    type: NDArray[np.uint8]
    quality: Floats

    def __post_init__(self) -> None:
        for column in (self.x, self.y, self.angle, self.type, self.quality):
            if column.shape != self.x.shape or column.ndim != 1:
                raise ValueError(f"columns must be (N,) and equally long, got {column.shape}")
            column.setflags(write=False)

    def __len__(self) -> int:
        return len(self.x)

    def __iter__(self) -> Iterator[Minutia]:
        for x, y, angle, kind, quality in zip(self.x, self.y, self.angle, self.type, self.quality, strict=True):
            yield Minutia(float(x), float(y), float(angle), MinutiaType(int(kind)), float(quality))

    def take(self, chosen: NDArray[np.intp] | Mask) -> "Minutiae":
        """The minutiae at these indices (or where this mask is set), in that order."""
        return Minutiae(
            self.width,
            self.height,
            self.x[chosen],
            self.y[chosen],
            self.angle[chosen],
            self.type[chosen],
            self.quality[chosen],
        )

    def strongest(self, count: int) -> "Minutiae":
        """At most `count` minutiae of the highest quality, in their old order."""
        if len(self) <= count:
            return self
        best = np.argsort(-self.quality, kind="stable")[:count]
        return self.take(np.sort(best))


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """A clean print: 500 ppi, dark ridges, seen as on paper (a photo of a finger is its mirror image).

    image      (H, W) at 500 ppi
    mask       (H, W) bool, where ridges can be read
    position   which finger, UNKNOWN where nobody said
    """

    image: GrayImage
    mask: Mask
    position: FingerPosition

    def __post_init__(self) -> None:
        if self.mask.shape != self.image.pixels.shape:
            raise ValueError(f"mask {self.mask.shape} does not cover the image {self.image.pixels.shape}")
        self.mask.setflags(write=False)
