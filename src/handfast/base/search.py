"""Looking for one person among very many: what a modality offers for it. One file a modality fulfils `Searcher`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from handfast.base.modality import FingerPosition, Modality
from handfast.base.template import Template

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Allocate = Callable[[int], memoryview]
"""Writable memory of so many bytes, all zero; the matcher hands out memory that is never swapped or dumped."""

NOTHING = np.float32(-1e9)
"""The score of a row that has no code at this place."""


@dataclass(frozen=True, slots=True)
class SearchCode:
    """What one person is searched by at one place: all their references of it, consolidated, compact.

    position   the finger, or None for a face
    data       bytes in the searcher's own format; as kept sealed, not under any transform
    """

    modality: Modality
    position: FingerPosition | None
    data: bytes


@dataclass(frozen=True, slots=True)
class Bound:
    """What a coarse score tells of full comparison: whoever scores s there scores s - 2 slack or more here.

    comparator   whose score s is
    slack        what each of the two codes may take from it
    holds        whether a turned code is one for which this is so
    """

    comparator: str
    slack: float
    holds: Callable[[bytes], bool]


class Column(Protocol):
    """The codes of one place of many people, packed to be scanned. Rows are numbered by the caller."""

    def put(self, row: int, data: bytes) -> None:
        """Keep a code in a row, in place of what was there. Raises UnreadableTemplate."""
        ...

    def fill(self, codes: NDArray[np.uint8]) -> None:
        """Keep codes, a row of bytes each, in rows 0 to N - 1 at once. Raises UnreadableTemplate."""
        ...

    def drop(self, row: int) -> None:
        """Overwrite a row with zeros; it scores NOTHING from now on."""
        ...

    def scores(self, probe: bytes, rows: Rows) -> Scores:
        """How alike the probe is to each of these rows, given in rising order; no other row is compared."""
        ...

    @property
    def bytes_held(self) -> int:
        """Memory taken from the allocator."""
        ...


class Searcher(Protocol):
    """A modality's coarse comparison: it orders people, and never decides.

    modality   what it searches by
    model      id of its codes, such as "sface-int8:1"; codes of two models are never compared
    bound      what its scores tell of full comparison, or None where nothing is proved
    """

    modality: Modality
    model: str
    bound: Bound | None

    def codes(self, templates: Sequence[Template]) -> tuple[SearchCode, ...]:
        """One code for each position that the templates of this modality have."""
        ...

    def turned(self, codes: Sequence[SearchCode], key: bytes) -> tuple[SearchCode, ...]:
        """The codes under a transform with a 32-byte key: comparisons stay as they are, two keys share no frame."""
        ...

    def column(self, allocate: Allocate) -> Column:
        """An empty column; its codes and probes must have been turned under one key."""
        ...
