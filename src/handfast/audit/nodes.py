"""Reading the tree of a kept log: nodes of a level from LOWEST_KEPT on are rows, those below come from their leaves.

A row less for nearly every leaf makes appending cheap; a proof reads at most eight neighbouring leaves for it.
"""

from itertools import islice

from handfast.audit.merkle import leaf_hash, node_hash
from handfast.storage.tables.leaves import LogReads

LOWEST_KEPT = 3
_BLOCK = 1 << LOWEST_KEPT


class Nodes:
    """The nodes of one log in one snapshot, each read once: proofs of neighbouring leaves share most of theirs."""

    def __init__(self, log: LogReads) -> None:
        self._log = log
        self._known: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, place: int) -> bytes:
        """The hash of the 2**level leaves from place * 2**level on; b"" where the log does not have them."""
        if (level, place) not in self._known:
            if level < LOWEST_KEPT:
                self._read_block(place >> (LOWEST_KEPT - level))
            else:
                self._known[level, place] = self._log.node(level, place)
        return self._known.get((level, place), b"")

    def _read_block(self, block: int) -> None:
        start = block * _BLOCK
        row = [leaf_hash(raw) for raw in islice(self._log.leaves(start, _BLOCK), _BLOCK)]
        for level in range(LOWEST_KEPT):
            first = start >> level
            self._known.update({(level, first + i): node for i, node in enumerate(row)})
            row = [node_hash(*pair) for pair in zip(row[::2], row[1::2], strict=False)]
