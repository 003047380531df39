"""Codes of one length of many people, in blocks of memory that never move."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from handfast.base.errors import UnreadableTemplate
from handfast.base.search import NOTHING, Allocate, Rows, Scores

Bytes = NDArray[np.uint8]
Scan = Callable[[Bytes, Rows, Scores], None]
"""A block (people, width), which of its rows in rising order, and where their scores go."""


class BlockColumn:
    """Fulfils Column: rows of `width` bytes, `people` of them in a block, compared by what `ready` makes of a probe."""

    def __init__(self, allocate: Allocate, width: int, people: int, ready: Callable[[bytes], Scan]) -> None:
        self._allocate = allocate
        self._width = width
        self._people = people
        self._ready = ready
        self._blocks: list[Bytes] = []
        self._held = np.zeros(0, np.bool_)

    @property
    def bytes_held(self) -> int:
        return sum(block.nbytes for block in self._blocks)

    def put(self, row: int, data: bytes) -> None:
        if len(data) != self._width:
            raise UnreadableTemplate(f"{len(data)} bytes are not a code of {self._width}")
        self._reach(row)
        self._blocks[row // self._people][row % self._people] = np.frombuffer(data, np.uint8)
        self._held[row] = True

    def fill(self, codes: Bytes) -> None:
        """Put codes (N, width) into rows 0 to N - 1 at once. Raises UnreadableTemplate."""
        if codes.ndim != 2 or codes.shape[1] != self._width:
            raise UnreadableTemplate(f"{codes.shape} bytes are not codes of {self._width}")
        self._reach(len(codes) - 1)
        for first in range(0, len(codes), self._people):
            part = codes[first : first + self._people]
            self._blocks[first // self._people][: len(part)] = part
        self._held[: len(codes)] = True

    def drop(self, row: int) -> None:
        if row < len(self._held):
            self._blocks[row // self._people][row % self._people] = 0
            self._held[row] = False

    def scores(self, probe: bytes, rows: Rows) -> Scores:
        scores = np.full(len(rows), NOTHING, np.float32)
        scan = self._ready(probe)
        bounds = np.searchsorted(rows, np.arange(len(self._blocks) + 1) * self._people)
        for number, block in enumerate(self._blocks):
            first, last = bounds[number], bounds[number + 1]
            if first < last:
                scan(block, rows[first:last] - number * self._people, scores[first:last])
        there = rows[: bounds[-1]]
        scores[: bounds[-1]][~self._held[there]] = NOTHING
        return scores

    def _reach(self, row: int) -> None:
        while row >= len(self._held):
            block = np.frombuffer(self._allocate(self._people * self._width), np.uint8)
            self._blocks.append(block.reshape(self._people, self._width))
            self._held = np.concatenate([self._held, np.zeros(self._people, np.bool_)])
