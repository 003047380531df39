"""Every unordered pair of many templates, block by block: faces by a matrix product, prints on every core."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from handfast.base.template import Template
from handfast.finger.comparison.compare import compare_with_each, fast_forms, warm_up
from handfast.finger.comparison.prints import Prints
from handfast.lab.rates.large import Scores

Block = tuple[Scores, NDArray[np.bool_]]
ROWS = 512  # of one block of faces
TASK = 16  # prints whose comparisons are one task


def face_blocks(vectors: NDArray[np.float32], people: NDArray[np.int32], rows: int = ROWS) -> Iterator[Block]:
    """Cosines of every pair of unit vectors (N, D); people (N,) says who. Blocks of at most `rows` x N."""
    for start in range(0, len(vectors), rows):
        stop = min(start + rows, len(vectors))
        cosines = vectors[start:stop] @ vectors[start:].T
        later = np.arange(start, len(vectors))[None, :] > np.arange(start, stop)[:, None]
        mated = people[start:stop, None] == people[None, start:]
        yield cosines[later], mated[later]


def finger_blocks(templates: Sequence[Template], people: NDArray[np.int32], workers: int) -> Iterator[Block]:
    """The comparator's scores of every pair of prints, on so many processes; each holds all templates once."""
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_start, initargs=(tuple(templates),)
    ) as pool:
        starts = range(0, len(templates), TASK)
        for start, scores in zip(starts, pool.map(_run, starts), strict=True):
            rows = range(start, min(start + TASK, len(templates)))
            yield scores, np.concatenate([people[i] == people[i + 1 :] for i in rows])


_prints: Prints


def _start(templates: tuple[Template, ...]) -> None:
    global _prints
    warm_up()
    _prints = fast_forms(templates)


def _run(start: int) -> Scores:
    rows = range(start, min(start + TASK, len(_prints)))
    scores = [compare_with_each(_prints.only(i), _prints.part(i + 1, len(_prints))) for i in rows]
    return np.concatenate(scores).astype(np.float32)
