"""Searching by finger: the turned code compares as the plain one does, and a column scores what is in it."""

import numpy as np
import pytest

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import NOTHING, SearchCode
from handfast.finger.codes.scan import search_scores
from handfast.finger.codes.search_code import BITS, CODE_BYTES, MOST_CYLINDERS
from handfast.finger.codes.searcher import FingerSearcher
from handfast.finger.codes.turned_code import turned_codes

KEY, OTHER = bytes(range(32)), bytes(32)


def made_up(rng: np.random.Generator, count: int) -> np.ndarray:
    """Codes of random cylinders in a code's layout."""
    rows = np.zeros((count, CODE_BYTES), np.uint8)
    for row in rows:
        n = int(rng.integers(0, MOST_CYLINDERS + 1))
        row[0] = n
        row[8 : 8 + n] = np.sort(rng.integers(0, 256, n))
        halves = row[8 + MOST_CYLINDERS :].reshape(2, MOST_CYLINDERS, BITS // 16)
        halves[:, :n] = rng.integers(0, 256, (2, n, BITS // 16))
    return rows


def heap(size: int) -> memoryview:
    return memoryview(bytearray(size))


def test_turned_codes_compare_exactly_as_the_plain_ones() -> None:
    rows = made_up(np.random.default_rng(1), 60)
    turned = turned_codes(rows, KEY)
    for n in range(0, 60, 7):
        plain = search_scores(rows[n].tobytes(), rows)
        np.testing.assert_allclose(search_scores(turned[n].tobytes(), turned), plain, atol=1e-6)


def test_codes_under_two_keys_have_nothing_in_common() -> None:
    rows = made_up(np.random.default_rng(2), 200)
    mine, theirs = turned_codes(rows, KEY), turned_codes(rows, OTHER)
    mated = [search_scores(a.tobytes(), b[None])[0] for a, b in zip(mine, theirs, strict=True)]
    strangers = [search_scores(a.tobytes(), b[None])[0] for a, b in zip(mine, theirs[::-1].copy(), strict=True)]
    assert abs(float(np.mean(mated)) - float(np.mean(strangers))) < 0.01


def test_a_column_scores_the_rows_asked_for_and_no_dropped_one() -> None:
    rows = made_up(np.random.default_rng(3), 3000)
    column = FingerSearcher().column(heap)
    for n, row in enumerate(rows):
        column.put(n, row.tobytes())
    probe = rows[17].tobytes()
    everyone = search_scores(probe, rows)
    np.testing.assert_array_equal(column.scores(probe, np.arange(3000)), everyone)
    some = np.array([3, 17, 1023, 1024, 2999, 5000])
    np.testing.assert_array_equal(column.scores(probe, some)[:5], everyone[some[:5]])
    assert column.scores(probe, some)[5] == NOTHING
    column.drop(17)
    assert column.scores(probe, np.array([17]))[0] == NOTHING


def test_bytes_that_are_no_code_are_refused() -> None:
    searcher = FingerSearcher()
    with pytest.raises(UnreadableTemplate):
        searcher.turned([SearchCode(Modality.FINGER, FingerPosition.LEFT_INDEX, b"short")], KEY)
    with pytest.raises(UnreadableTemplate):
        searcher.column(heap).put(0, b"short")
