"""One upright finger's outline: its tip, its two sides; by colour where that is plausible, else by edges.

A colour mask that leaks into the background gives a finger that is too long or too wide for its hand. Landmarks say
quite well where a fingertip must be, so they settle which outline is believed and where edges are looked for.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handfast.base.image import Pixels
from handfast.finger.types import Floats, Mask

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class OutlineParameters:
    """Lengths in breadths of the finger, unless said otherwise."""

    axis: float = 0.12  # half width of the central band in which the tip is looked for
    inside: float = 0.05  # below the landmark, where the first look for the tip starts
    rows: tuple[float, float] = (0.55, 1.35)  # below the tip, between which sides are measured
    sides: tuple[float, float] = (0.34, 0.92)  # from the axis, where a side may be
    rounds: int = 3  # of finding tip, then sides, then the centre again
    off_tip: float = 0.3  # most that a believable outline departs from what the landmarks foretell
    off_width: float = 0.3
    off_centre: float = 0.3
    dome: float = 0.6  # height of the half ellipse that closes a fingertip
    sure_centre: float = 0.10  # deviation of the axis from the landmarks'
    sure_width: float = 0.12
    sure_tip: float = 0.12
    trust: float = 0.5  # weight of one deviation of edge strength against the square of such a deviation


@dataclass(frozen=True, slots=True)
class Outline:
    """A finger in its strip, px: its axis and breadth, and the row where it begins.

    by_colour    False where the colour mask was not believed
    """

    centre: float
    width: float
    tip: float
    by_colour: bool


def find_outline(
    gray: Pixels,
    inside: Mask,
    visible: Mask,
    expected: Outline,
    p: OutlineParameters = OutlineParameters(),
) -> Outline:
    """Outline of the finger in (H, W) views of its strip: gray levels, finger by colour, inside the picture."""
    shade = cv2.GaussianBlur(gray, (0, 0), max(0.6, expected.width / 35)).astype(np.float32)
    found = outline_by_colour(shade, inside, visible, expected, p)
    return found if is_believable(found, expected, p) else outline_by_edges(shade, expected, p)


def is_believable(found: Outline, expected: Outline, p: OutlineParameters = OutlineParameters()) -> bool:
    """Whether an outline is about where and as wide as the landmarks foretell."""
    unit = expected.width
    return (
        abs(found.tip - expected.tip) <= p.off_tip * unit
        and abs(found.width - unit) <= p.off_width * unit
        and abs(found.centre - expected.centre) <= p.off_centre * unit
    )


def outline_by_colour(
    shade: Plane, inside: Mask, visible: Mask, expected: Outline, p: OutlineParameters = OutlineParameters()
) -> Outline:
    """By turns: the tip where the mask ends on the axis, the sides where it ends below the tip."""
    height = inside.shape[0]
    centre, width = expected.centre, expected.width
    start = expected.tip + (0.5 + p.inside) * width
    tip = _tip_row(inside, centre, width, start, expected.tip, p)
    for turn in range(p.rounds):
        if 0 < turn < p.rounds - 1:
            tip = _tip_row(inside, centre, width, tip + 0.45 * width, expected.tip, p)
        first, last = (int(np.clip(tip + share * width, 0, height - 1)) for share in p.rows)
        rows = slice(first, max(last, first + 1))
        covered = inside[rows].mean(0) * (visible[rows].mean(0) > 0.5)
        profile = shade[rows].mean(0)
        left = _side(profile, covered, centre, -expected.width, p)
        right = _side(profile, covered, centre, expected.width, p)
        centre, width = (left + right) / 2, max(right - left, 1.0)
    return Outline(centre, width, _refined_tip(inside, centre, width, tip, p), by_colour=True)


def outline_by_edges(shade: Plane, expected: Outline, p: OutlineParameters = OutlineParameters()) -> Outline:
    """The two sides with the strongest edges, then the dome with the strongest edge, both near what is foretold."""
    unit, height = expected.width, shade.shape[0]
    across, along = (np.asarray(cv2.Sobel(shade, cv2.CV_32F, x, 1 - x, ksize=3), np.float32) for x in (1, 0))
    first, last = (int(np.clip(expected.tip + share * unit, 0, height - 1)) for share in (0.4, 1.2))
    strength = _standard(np.abs(across[first : max(last, first + 1)]).mean(0))
    centres = expected.centre + unit * np.linspace(-0.3, 0.3, 25)[:, None]
    widths = unit * np.linspace(0.7, 1.3, 25)[None]
    score = p.trust * (_at(strength, centres - widths / 2) + _at(strength, centres + widths / 2))
    score -= ((centres - expected.centre) / (p.sure_centre * unit)) ** 2 / 2
    score -= ((widths / unit - 1) / p.sure_width) ** 2 / 2
    row, column = np.unravel_index(int(score.argmax()), score.shape)
    centre, breadth = float(centres[row, 0]), float(widths[0, column])
    tips = expected.tip + unit * np.linspace(-0.4, 0.4, 41)
    domed = _standard(_dome_strength(across, along, centre, breadth, tips, p))
    tip = tips[int((2 * p.trust * domed - ((tips - expected.tip) / (p.sure_tip * unit)) ** 2 / 2).argmax())]
    return Outline(centre, breadth, float(tip), by_colour=False)


def _dome_strength(
    across: Plane, along: Plane, centre: float, width: float, tips: Floats, p: OutlineParameters
) -> Floats:
    """Mean strength of the edge along a dome that begins at each of these rows."""
    turn = np.linspace(-1.1, 1.1, 33)
    x = centre + width / 2 * np.sin(turn)
    y = tips[:, None] + p.dome * width * (1 - np.cos(turn))[None]
    normal = np.stack([p.dome * np.sin(turn), -0.5 * np.cos(turn)])
    normal /= np.linalg.norm(normal, axis=0)
    columns = np.clip(np.round(x), 0, across.shape[1] - 1).astype(int)[None]
    rows = np.clip(np.round(y), 0, across.shape[0] - 1).astype(int)
    return np.asarray(np.abs(across[rows, columns] * normal[0] + along[rows, columns] * normal[1]).mean(1), np.float64)


def _standard(values: NDArray[np.floating]) -> Floats:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-6), np.float64)


def _at(profile: Floats, columns: Floats) -> Floats:
    return np.asarray(profile[np.clip(np.round(columns), 0, len(profile) - 1).astype(int)])


def _central(inside: Mask, centre: float, width: float, p: OutlineParameters) -> Mask:
    left, right = int(max(0, centre - p.axis * width)), int(max(0, centre + p.axis * width)) + 1
    return np.asarray(inside[:, min(left, inside.shape[1] - 1) : right].mean(1) > 0.5)


def _tip_row(inside: Mask, centre: float, width: float, start: float, fallback: float, p: OutlineParameters) -> float:
    """Up from `start` to where the finger ends, or down to where it begins."""
    column = _central(inside, centre, width, p)
    row = int(np.clip(start, 0, len(column) - 1))
    if column[row]:
        above = np.flatnonzero(~column[:row])
        return float(above[-1]) if len(above) else 0.0
    below = np.flatnonzero(column[row:])
    return float(row + below[0]) if len(below) and row + below[0] < len(column) - width else fallback


def _refined_tip(inside: Mask, centre: float, width: float, tip: float, p: OutlineParameters) -> float:
    column = _central(inside, centre, width, p)
    row = int(min(len(column) - 1, tip + 0.4 * width))
    if not column[row]:
        return tip
    above = np.flatnonzero(~column[:row])
    return float(above[-1]) if len(above) else 0.0


def _side(shade: Plane, covered: Plane, centre: float, breadth: float, p: OutlineParameters) -> float:
    """Column of a side (right of the centre for a positive breadth, else left): where the mask ends.

    Where it does not end, the darkest column, which parts touching fingers.
    """
    sign, size = np.sign(breadth), abs(breadth)
    columns = np.round(centre + sign * np.arange(p.sides[0] * size, p.sides[1] * size)).astype(int)
    columns = columns[(columns >= 0) & (columns < len(shade))]
    if not len(columns):
        return float(centre + sign * p.sides[0] * size)
    outside = np.flatnonzero(covered[columns] < 0.5)
    if len(outside):
        return float(columns[outside[0]])
    middle = shade[int(np.clip(centre, 0, len(shade) - 1))]
    distance = np.abs(np.arange(len(columns)) / len(columns) - 0.4)
    return float(columns[int(np.argmin(shade[columns] + 0.15 * middle * distance))])
