import numpy as np
from numpy.typing import NDArray

from handfast.imaging.compiled import compiled_for_floats
from handfast.imaging.vectors import NARROW, load, root, store, total, total_each

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
