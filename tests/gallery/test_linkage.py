"""Two programmes do not link by the vectors that they hold; the measure itself sees what does link."""

import numpy as np
import pytest

from support.linkage import d_sys, known_pairs, plain_spread, simulated, turned

PEOPLE, KNOWN = 1_000, 200


@pytest.fixture(scope="module")
def takes() -> np.ndarray:
    return simulated(plain_spread(), PEOPLE, 2, np.random.default_rng(1))


def test_the_measure_sees_plain_vectors_link(takes: np.ndarray) -> None:
    assert d_sys(takes[0], takes[1]) > 0.9


def test_one_transform_a_programme_falls_to_known_pairs(takes: np.ndarray) -> None:
    one, other = (turned(take, key, per_person=False) for take, key in ((takes[0], b"a"), (takes[1], b"b")))
    assert d_sys(one, other) < 0.1
    assert known_pairs(one, other, KNOWN) > 100


def test_one_transform_a_person_links_nobody_even_with_known_pairs(takes: np.ndarray) -> None:
    one, other = (turned(take, key, per_person=True) for take, key in ((takes[0], b"a"), (takes[1], b"b")))
    assert d_sys(one, other) <= 0.1
    assert known_pairs(one, other, KNOWN) <= 2
