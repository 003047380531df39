"""Units of minutiae records: angles anticlockwise with y up in whole steps, lengths in whole pixels at a resolution."""

from math import tau

import numpy as np
from numpy.typing import NDArray

from handfast.finger.types import PRINT_PPI, Floats

Codes = NDArray[np.uint16]

_CM_PER_INCH = 2.54
PIXELS_PER_CM = round(PRINT_PPI / _CM_PER_INCH)
"""197 is how the standards' whole number says 500 ppi."""


def to_codes(angle: Floats, turn: int) -> Codes:
    """Codes, `turn` of them a full turn, of angles from +x towards +y, which is down."""
    return (np.rint(-angle * (turn / tau)) % turn).astype(np.uint16)


def to_angles(codes: Codes, turn: int) -> Floats:
    """The angles in [0, tau), from +x towards +y, of such codes."""
    return -codes.astype(np.float64) % turn * (tau / turn)


def whole(values: Floats, largest: int) -> Codes:
    """Rounded to whole numbers from 0 to `largest`."""
    return np.clip(np.rint(values), 0, largest).astype(np.uint16)


def scale(pixels_per_cm: int) -> float:
    """Our pixels per pixel of a record."""
    return 1.0 if pixels_per_cm == PIXELS_PER_CM else PRINT_PPI / (pixels_per_cm * _CM_PER_INCH)
