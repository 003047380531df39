import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from handfast.finger.comparison.hull import convex_hull

points = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=1, max_size=40)


def columns(pairs: list[tuple[int, int]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = np.array(pairs, np.float64).T
    return x.copy(), y.copy()


@settings(deadline=None)
@given(points)
def test_every_point_lies_inside(pairs: list[tuple[int, int]]) -> None:
    x, y = columns(pairs)
    hull_x, hull_y = convex_hull(x, y)
    if len(hull_x) < 3:
        return
    edge_x, edge_y = np.roll(hull_x, -1) - hull_x, np.roll(hull_y, -1) - hull_y
    cross = edge_x[:, None] * (y - hull_y[:, None]) - edge_y[:, None] * (x - hull_x[:, None])
    assert (cross >= 0).all()


@settings(deadline=None)
@given(points)
def test_the_order_of_the_points_does_not_matter(pairs: list[tuple[int, int]]) -> None:
    in_order = sorted(pairs)
    assert np.array_equal(convex_hull(*columns(pairs)), convex_hull(*columns(in_order)))


def test_points_in_a_line_have_no_hull() -> None:
    x = np.arange(10.0)
    assert len(convex_hull(x, 2 * x)[0]) < 3
