"""Looking for fingers: one search code a finger, compared with those of everyone, none left out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from handfast.base.column import BlockColumn
from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import Allocate, Bound, Rows, Scores, SearchCode
from handfast.base.template import Template
from handfast.finger.codes.scan import SearchQuery, query_scores, search_query, search_scores
from handfast.finger.codes.search_code import CODE_BYTES, build_search_code
from handfast.finger.codes.turned_code import turned_codes

MODEL = "mcc-pca128:1"
ROWS = 1024  # people in one block of memory

Bytes = NDArray[np.uint8]


class FingerSearcher:
    """Fulfils Searcher for fingers."""

    modality = Modality.FINGER
    model = MODEL
    bound: Bound | None = None

    def codes(self, templates: Sequence[Template]) -> tuple[SearchCode, ...]:
        """One code for each finger whose position is known, from all its captures of the first one's kind."""
        by_position: dict[FingerPosition, list[Template]] = defaultdict(list)
        for template in templates:
            if template.modality is Modality.FINGER and template.position:
                by_position[template.position].append(template)
        alike = {p: [t for t in mine if t.kind is mine[0].kind] for p, mine in sorted(by_position.items())}
        return tuple(SearchCode(Modality.FINGER, p, build_search_code(mine)) for p, mine in alike.items())

    def turned(self, codes: Sequence[SearchCode], key: bytes) -> tuple[SearchCode, ...]:
        """Codes whose bits are shuffled and some of them inverted, and whose angles are moved on, as the key says."""
        if any(len(code.data) != CODE_BYTES for code in codes):
            raise UnreadableTemplate("not a search code of a finger")
        rows = np.frombuffer(b"".join(code.data for code in codes), np.uint8).reshape(-1, CODE_BYTES)
        turned = turned_codes(rows, key)
        return tuple(replace(code, data=row.tobytes()) for code, row in zip(codes, turned, strict=True))

    def column(self, allocate: Allocate) -> BlockColumn:
        return BlockColumn(allocate, CODE_BYTES, ROWS, lambda probe: partial(_scan, search_query(probe)))


def _scan(query: SearchQuery, block: Bytes, rows: Rows, scores: Scores) -> None:
    """Where they lie: nothing is brought together, and nothing is left behind."""
    scores[:] = query_scores(query, block, rows)


@lru_cache(maxsize=1)
def warm_up() -> None:
    """Compile the scan, or read it from the cache."""
    search_scores(bytes(CODE_BYTES), np.zeros((1, CODE_BYTES), np.uint8))
