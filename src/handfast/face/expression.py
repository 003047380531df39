"""Eyes, mouth and smile, from the places of the mesh alone (eye aspect ratio: Soukupova & Cech 2016).

Components of ISO/IEC 29794-5: eyes open, mouth closed, expression neutrality. They say how a picture could be better,
and which of several to take; nobody is refused for them. Somebody may be blind, or unable to close the mouth.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RIGHT, _LEFT = ((33, 133), (160, 144), (158, 153)), ((362, 263), (385, 380), (387, 373))  # corners, pairs of lids
_LIPS, _INNER_CORNERS, _CORNERS, _OUTER_EYES = (13, 14), (78, 308), (61, 291), (33, 263)
_ENDS = np.array([*_RIGHT, *_LEFT, _LIPS, _INNER_CORNERS, _CORNERS, _OUTER_EYES])


@dataclass(frozen=True, slots=True)
class Expression:
    """Ratios of lengths, so that size says nothing.

    eyes    opening over breadth, the mean of both; about 0.25 open, 0.14 and less closed or nearly
    mouth   gap between the lips over the mouth's breadth; under 0.13 closed, from 0.3 on wide open
    smile   breadth of the mouth over that of both eyes; about 0.59, from 0.7 on a broad smile
    """

    eyes: float
    mouth: float
    smile: float


NEUTRAL = Expression(eyes=0.25, mouth=0.05, smile=0.59)


@dataclass(frozen=True, slots=True)
class ExpressionLimits:
    """Where advice begins; set by looking at 400 portraits of 40 people: it is rare and was right in all it named.

    Six of them have mouths from 0.36 on, which are open, and four from 0.30 to 0.32, which smile or speak: nobody is
    held up for a smile. A picture of 13 kB gives the same ratio as one of 36 kB, give or take 0.013 instead of 0.010.
    """

    closed_eyes: float = 0.14
    open_mouth: float = 0.34


def expression(mesh: NDArray[np.float32]) -> Expression:
    """Of mesh points (468, 2 or 3), in any unit."""
    between = mesh[_ENDS[:, 0], :2] - mesh[_ENDS[:, 1], :2]
    far = np.maximum(np.hypot(between[:, 0], between[:, 1]), np.float32(1e-6)).tolist()  # never 0, so that ratios exist
    right, right_lids, left, left_lids = far[0], far[1] + far[2], far[3], far[4] + far[5]
    gap, inner, mouth, eyes = far[6:]
    return Expression((right_lids / (2 * right) + left_lids / (2 * left)) / 2, gap / inner, mouth / eyes)


def advice(shown: Expression, limits: ExpressionLimits = ExpressionLimits()) -> str:
    """What would make the picture better, as a word of the capture page, or "" where nothing would."""
    if shown.eyes < limits.closed_eyes:
        return "open-eyes"
    return "close-mouth" if shown.mouth > limits.open_mouth else ""
