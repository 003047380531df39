import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from handfast.finger.comparison.bits import population_count
from handfast.imaging.compiled import compiled

HULL_OF_A_TRIANGLE = """
import numpy as np
from handfast.finger.comparison import hull
hull.convex_hull(np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]))
print(sum(hull._chain.stats.cache_hits.values()), sum(hull._chain.stats.cache_misses.values()))
"""


def hits_and_misses(cache: Path) -> tuple[int, int]:
    done = subprocess.run(
        [sys.executable, "-c", HULL_OF_A_TRIANGLE],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    hits, misses = done.stdout.split()
    return int(hits), int(misses)


def test_a_second_process_reads_what_the_first_one_compiled(tmp_path: Path) -> None:
    assert hits_and_misses(tmp_path) == (0, 1)
    assert hits_and_misses(tmp_path) == (1, 0)


def test_what_is_cached_with_a_constant_of_another_file_is_compiled_anew_when_that_changes(tmp_path: Path) -> None:
    (tmp_path / "times.py").write_text(
        "from handfast.imaging.compiled import compiled\nfrom factor import FACTOR\n"
        "@compiled\ndef times(number):\n    return FACTOR * number\n"
    )
    for factor, misses in ((2, 1), (2, 0), (3, 1)):
        (tmp_path / "factor.py").write_text(f"FACTOR = {factor}\n")
        done = subprocess.run(
            [sys.executable, "-B", "-c", "from times import times; print(times(7), len(times.stats.cache_misses))"],
            cwd=tmp_path,
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split() == [str(7 * factor), str(misses)]


def test_without_a_place_for_the_cache_functions_still_run() -> None:
    # numba finds no folder for a function that has no source file, as for one in a folder that it may not write.
    namespace: dict[str, Callable[[int], int]] = {}
    exec("def twice(number): return 2 * number", namespace)  # noqa: S102
    assert compiled(namespace["twice"])(21) == 42


@compiled
def bits_of(word: np.uint64) -> int:
    return population_count(word)


def test_set_bits_are_counted() -> None:
    for word in (0, 1, 0b1011, 2**63, 2**64 - 1):
        assert bits_of(np.uint64(word)) == word.bit_count()
