import numpy as np
from numpy.typing import NDArray

from handfast.imaging.compiled import compiled_for_floats
from handfast.imaging.vectors import NARROW, as_single, load, root, store, total, total_each

Single = NDArray[np.float32]


@compiled_for_floats
def _totals(rows: Single, one_by_one: Single, together: Single) -> None:
    for row in range(NARROW):
        one_by_one[row] = total(load(rows, row * NARROW))
    store(total_each(rows, 0), together, 0)


@compiled_for_floats
def _roots(values: Single, out: Single) -> None:
    store(root(load(values, 0)), out, 0)


def test_vectors_summed_together_have_the_totals_that_each_has_alone() -> None:
    rows = np.random.default_rng(1).normal(size=NARROW * NARROW).astype(np.float32)
    alone, together = np.empty(NARROW, np.float32), np.empty(NARROW, np.float32)
    _totals(rows, alone, together)
    assert np.array_equal(alone, together)
    assert np.allclose(together, rows.reshape(NARROW, NARROW).sum(1), atol=1e-5)


def test_roots_are_those_of_numpy() -> None:
    values, out = np.linspace(0, 7, NARROW, dtype=np.float32), np.empty(NARROW, np.float32)
    _roots(values, out)
    assert np.allclose(out, np.sqrt(values), rtol=1e-6)


def test_halves_become_the_singles_that_numpy_makes_of_them() -> None:
    halves = np.random.default_rng(2).normal(size=(3, 5, 7)).astype(np.float16)
    halves[0, 0] = (0, -0.0, 6e-8, -3e-5, 65504, 1, -1)
    assert np.array_equal(as_single(halves), halves.astype(np.float32))
    assert np.array_equal(as_single(halves.transpose(2, 0, 1)), halves.transpose(2, 0, 1).astype(np.float32))
