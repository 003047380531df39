"""Searchers made up for tests: a code is a number from 0 to 99, and the nearer two are, the more alike."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import NOTHING, Allocate, Bound, Rows, Scores, SearchCode, Searcher
from handfast.base.template import Template
from handfast.consent.purpose import Purpose
from handfast.decision.tables import Tables
from handfast.gallery.codes import row_for, sealed_codes
from handfast.gallery.local import LocalShards
from handfast.gallery.search_set import SearchSet, model_of
from handfast.matcher.matching import Comparing, Matching
from support.keeping import VECTORS, Keeping, Person


class NumberColumn:
    """Numbers in rows, in memory that was handed out."""

    def __init__(self, allocate: Allocate) -> None:
        self._numbers = np.frombuffer(allocate(8 * 4096), np.int64)
        self._numbers[:] = 0
        self.compared: list[int] = []

    @property
    def bytes_held(self) -> int:
        return self._numbers.nbytes

    def put(self, row: int, data: bytes) -> None:
        self._numbers[row] = 1 + int.from_bytes(data, "little")

    def fill(self, codes: NDArray[np.uint8]) -> None:
        for row, code in enumerate(codes):
            self.put(row, code.tobytes())

    def drop(self, row: int) -> None:
        self._numbers[row] = 0

    def scores(self, probe: bytes, rows: Rows) -> Scores:
        numbers = self._numbers[rows]
        self.compared += [int(n) for n in numbers if n]
        apart = np.abs(numbers - 1 - int.from_bytes(probe, "little"))
        return np.where(numbers > 0, -apart, NOTHING).astype(np.float32)


class NumberSearcher:
    """A person is the number that their templates' data ends with."""

    def __init__(self, modality: Modality, model: str = "number:1") -> None:
        self.modality = modality
        self.model = model
        # Scripted engines give 1.0 for the same number, which is 0 apart, and 0.0 for another.
        self.bound: Bound | None = Bound("scripted:1", 0.5, below_1000) if modality is Modality.FACE else None
        self.columns: list[NumberColumn] = []

    def codes(self, templates: Sequence[Template]) -> tuple[SearchCode, ...]:
        mine = {t.position: t for t in templates if t.modality is self.modality}
        return tuple(SearchCode(self.modality, p, number(int(t.data.split()[-1]))) for p, t in mine.items())

    def turned(self, codes: Sequence[SearchCode], key: bytes) -> tuple[SearchCode, ...]:
        """Moved on by a number of the key's: differences stay."""
        return tuple(replace(c, data=number(int.from_bytes(c.data, "little") + 1 + key[0])) for c in codes)

    def column(self, allocate: Allocate) -> NumberColumn:
        self.columns.append(NumberColumn(allocate))
        return self.columns[-1]


def number(value: int) -> bytes:
    return value.to_bytes(4, "little")


def below_1000(data: bytes) -> bool:
    """The bound of these searchers holds for smaller numbers only."""
    return int.from_bytes(data, "little") < 1000


def number_searchers() -> dict[Modality, Searcher]:
    return {modality: NumberSearcher(modality) for modality in Modality}


def codes_of(face: int | None, fingers: int | None) -> tuple[SearchCode, ...]:
    """Codes of a take that shows this face and two of these fingers."""
    positions = (FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE)
    shown = [] if face is None else [SearchCode(Modality.FACE, None, number(face))]
    shown += [] if fingers is None else [SearchCode(Modality.FINGER, p, number(fingers)) for p in positions]
    return tuple(shown)


def search_set(keeping: Keeping, programme_id: str, shards: int = 2) -> SearchSet:
    searchers = number_searchers()
    local = LocalShards(searchers, shards)
    return SearchSet(programme_id, searchers, local, codes_with(keeping, searchers), keeping.clock, bytes([7] * 32))


def codes_with(keeping: Keeping, searchers: Mapping[Modality, Searcher]) -> Matching:
    """What opens and turns the codes of these searchers."""
    comparing = Comparing({}, Tables.of([]), searchers, VECTORS)
    return Matching(keeping.keys, comparing, keeping.clock, keeping.randomness)


def let_be_searched(keeping: Keeping, person: Person, n: int, purpose: Purpose = Purpose.FIND) -> None:
    """The person agrees to a search and is kept as this number."""
    programme_id, subject_id = person.programme_id, person.subject_id
    keys = keeping.keys.person(programme_id, subject_id)
    with keeping.store.write() as unit:
        programme = unit.programmes.get(programme_id)
        agreed = keeping.ledger.record(unit, keys, programme, purpose, tuple(Modality), keeping.agreement())
        grant = keeping.ledger.authorise(
            unit, programme_id=programme_id, subject_id=subject_id, purpose=purpose, session_id="ses_e"
        )
        model = model_of(number_searchers())
        row = row_for(grant, model, keeping.clock.now().date())
        unit.searched.put(sealed_codes(keys, row, codes_of(n, n)))
        keeping.log.append_for(unit, keys, "enrol", "key_test", {}, agreed.record_hash)  # type: ignore[arg-type]
