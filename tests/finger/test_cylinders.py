from math import cos, erf, sin, sqrt, tau

import cv2
import numpy as np
import pytest

from handfast.finger.comparison.cylinders import (
    ANGULAR_SIGMA,
    LEAST_SUM,
    LEAST_VALID,
    SECTIONS,
    SPATIAL_SIGMA,
    Cylinders,
    build_cylinders,
    cell_sums,
)
from handfast.finger.comparison.disc import GRID, RADIUS, WORDS
from handfast.finger.comparison.hull import convex_hull
from handfast.finger.comparison.prints import prepare
from handfast.finger.comparison.seen import HULL_MARGIN
from handfast.finger.comparison.similarity import similarities
from handfast.finger.types import Minutiae
from support.prints import moved, scattered


def set_bits(words: np.ndarray) -> int:
    return int(np.bitwise_count(words).sum())


def differing_bits(a: Cylinders, b: Cylinders) -> float:
    """Share of the set bits in which two prints differ, cylinder by cylinder."""
    return set_bits(a.bits ^ b.bits) / set_bits(a.bits)


def test_cylinders_move_with_the_print() -> None:
    here = scattered(1)
    there = build_cylinders(moved(here, 0.0, (64.0, -32.0)))
    assert differing_bits(build_cylinders(here), there) == 0.0


@pytest.mark.parametrize("turn", [0.1, tau / 4, 3.0, -2.0])
def test_cylinders_turn_with_the_print(turn: float) -> None:
    here = scattered(2)
    assert differing_bits(build_cylinders(here), build_cylinders(moved(here, turn, (7.0, 5.0)))) < 0.01


def test_bits_are_set_only_in_valid_cells() -> None:
    cylinders = build_cylinders(scattered(3))
    sections = cylinders.bits.reshape(len(cylinders), SECTIONS, WORDS)
    assert set_bits(sections & ~cylinders.valid[:, None, :]) == 0


def test_every_cylinder_has_enough_valid_cells() -> None:
    cylinders = build_cylinders(scattered(4))
    cells = np.bitwise_count(cylinders.valid).sum(axis=1)
    assert cells.min() >= LEAST_VALID * 0.78 * GRID * GRID  # a disc fills pi / 4 of its square


def test_a_neighbour_sets_the_bit_of_its_place_and_direction() -> None:
    # Three minutiae in a row and one to the side, all pointing along +x.
    row = Minutiae(
        200,
        200,
        np.array([100.0, 130.0, 70.0, 100.0]),
        np.array([100.0, 100.0, 100.0, 140.0]),
        np.zeros(4),
        np.ones(4, np.uint8),
        np.full(4, 50.0),
    )
    cylinders = build_cylinders(row)
    first = cylinders.bits[np.flatnonzero((cylinders.x == 100) & (cylinders.y == 100))[0]].reshape(SECTIONS, WORDS)
    ahead, behind, beside = (cell(first, u, v) for u, v in ((30, 0), (-30, 0), (0, 40)))
    assert ahead.any()
    assert behind.any()
    assert beside.any()
    assert not cell(first, 0, -40).any()  # nobody is there
    assert ahead[SECTIONS // 2 - 1 : SECTIONS // 2 + 1].all()  # the same direction falls between the middle sections
    assert not ahead[[0, -1]].any()  # and none turned about


def cell(bits: np.ndarray, u: float, v: float) -> np.ndarray:
    """The bits (SECTIONS,) of the cell at (u, v) px from a minutia, u along its direction."""
    i, j = (round(place * GRID / 150 + (GRID - 1) / 2) for place in (u, v))
    word, bit = divmod(i * GRID + j, 64)
    return (bits[:, word] >> np.uint64(bit)) & np.uint64(1)


def test_a_cylinder_is_most_like_itself() -> None:
    here = scattered(5)
    cylinders = build_cylinders(here)
    table = similarities(prepare(here), prepare(here))
    says_something = cylinders.bits.any(axis=1)
    assert says_something.sum() > 30
    assert np.allclose(np.diag(table), says_something)
    assert np.allclose(table, table.T)
    assert table.min() >= 0.0


def test_minutiae_turned_by_more_than_a_quarter_are_not_compared() -> None:
    here = scattered(6)
    table = similarities(prepare(here), prepare(moved(here, 0.26 * tau, (0.0, 0.0))))
    assert np.allclose(np.diag(table), 0.0)


def plain_bits(minutiae: Minutiae, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Sums (GRID, GRID, SECTIONS) of one minutia's cylinder and which of its cells are valid, cell by cell."""
    place = (np.arange(GRID) - (GRID - 1) / 2) * 2 * RADIUS / GRID
    u, v = np.meshgrid(place, place, indexing="ij")
    middle, angle = np.array([minutiae.x[m], minutiae.y[m]]), minutiae.angle[m]
    along, aside = np.array([cos(angle), sin(angle)]), np.array([-sin(angle), cos(angle)])
    cells = middle + u[..., None] * along + v[..., None] * aside
    sums = np.zeros((GRID, GRID, SECTIONS))
    for t in set(range(len(minutiae))) - {m}:
        away = np.hypot(cells[..., 0] - minutiae.x[t], cells[..., 1] - minutiae.y[t])
        near = np.where(away <= 3 * SPATIAL_SIGMA, np.exp(-((away / SPATIAL_SIGMA) ** 2) / 2), 0)
        for k in range(SECTIONS):
            offset = (tau * ((k + 0.5) / SECTIONS - 0.5) - angle + minutiae.angle[t] + tau / 2) % tau - tau / 2
            before, after = ((offset + side * tau / SECTIONS / 2) / (ANGULAR_SIGMA * sqrt(2)) for side in (-1, 1))
            sums[..., k] += near / (SPATIAL_SIGMA * sqrt(tau)) * (erf(after) - erf(before)) / 2
    hull = np.stack(convex_hull(minutiae.x, minutiae.y), axis=1)
    contour = hull.astype(np.float32).reshape(-1, 1, 2)
    depth = [[cv2.pointPolygonTest(contour, (float(x), float(y)), measureDist=True) for x, y in row] for row in cells]
    return sums * (u**2 + v**2 <= RADIUS**2)[..., None], (np.array(depth) >= -HULL_MARGIN) & (u**2 + v**2 <= RADIUS**2)


def test_sums_and_valid_cells_are_those_of_the_definition() -> None:
    here = scattered(7, 25, 240, 300)
    cylinders, rows = build_cylinders(here), np.arange(len(here))
    sums = cell_sums(here, rows).reshape(-1, GRID, GRID, SECTIONS)
    for m in rows:
        expected, valid = plain_bits(here, int(m))
        assert sums[m] == pytest.approx(expected, abs=1e-7)
        for k in np.flatnonzero(cylinders.rows == m):
            found = np.unpackbits(cylinders.valid[k].view(np.uint8), bitorder="little").reshape(GRID, GRID)
            assert np.array_equal(found.astype(bool), valid)
            bits = np.unpackbits(cylinders.bits[k].view(np.uint8), bitorder="little").reshape(SECTIONS, GRID, GRID)
            assert np.array_equal(bits.astype(bool), np.moveaxis(expected > LEAST_SUM, -1, 0) & valid)
