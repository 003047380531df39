import numpy as np
import pytest

from handfast.finger.ridges.powers import raise_each


@pytest.mark.parametrize("power", [0.2, 0.5, -0.3, 1.0, 0.0])
def test_powers_are_those_of_numpy_from_the_least_to_the_greatest(power: float) -> None:
    values = np.logspace(-30, 30, 4001).astype(np.float32)
    expected = values.astype(np.float64) ** power
    raise_each(values, np.float32(power), np.empty_like(values))
    assert np.abs(values / expected - 1).max() < 1e-6 + 1.2e-5 * abs(power)


def test_roots_grow_with_what_is_under_them_across_powers_of_two() -> None:
    values = np.linspace(0.5, 4, 3001).astype(np.float32)
    raise_each(values, np.float32(0.5), np.empty_like(values))
    assert np.diff(values).min() > 0
