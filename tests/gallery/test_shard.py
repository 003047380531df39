"""A cascade finds whom the search over everything finds, by either modality, and scans the other fingers for few."""

import numpy as np

from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import SearchCode
from handfast.gallery.shard import WIDE, Entry, Query, Shard, Shortlist
from support.searching import NumberSearcher, number

PEOPLE, DAY = 4000, 800_000
FIRST, SECOND = FingerPosition.RIGHT_INDEX, FingerPosition.RIGHT_MIDDLE


def heap(size: int) -> memoryview:
    return memoryview(bytearray(size))


def codes(face: int, first: int, second: int) -> tuple[SearchCode, ...]:
    places = ((Modality.FACE, None, face), (Modality.FINGER, FIRST, first), (Modality.FINGER, SECOND, second))
    return tuple(SearchCode(modality, position, number(value)) for modality, position, value in places)


def crowd() -> tuple[Shard, dict[Modality, NumberSearcher]]:
    """Person n is n by face, and by fingers numbers that have nothing to do with it."""
    searchers = {modality: NumberSearcher(modality) for modality in Modality}
    shard = Shard(searchers, heap)
    shard.put([Entry(f"p{n}", (DAY, DAY), codes(n, *fingers(n))) for n in range(PEOPLE)])
    return shard, searchers


def fingers(n: int) -> tuple[int, int]:
    return n * 1_237 % 3989, n * 2_741 % 3967


def found(shard: Shard, sought: tuple[SearchCode, ...], first: int | None) -> Shortlist:
    return shard.search(Query(sought, 0, DAY, 20, first))


def test_who_is_known_by_face_alone_or_by_the_first_finger_alone_stays_on_a_cascades_list() -> None:
    shard, _ = crowd()
    for n in range(5, PEOPLE, 397):
        by_face = codes(n, 9000, fingers(n)[1])
        by_finger = codes(9000, *fingers(n))
        for sought in (by_face, by_finger):
            for first in (None, 1):
                assert f"p{n}" in {candidate.subject_id for candidate in found(shard, sought, first).candidates}


def test_a_cascade_scans_the_other_finger_for_few_and_says_that_everyone_was_compared() -> None:
    shard, searchers = crowd()
    columns = searchers[Modality.FINGER].columns
    answer = found(shard, codes(7, *fingers(7)), 1)
    assert answer.compared == PEOPLE
    assert len(columns[0].compared) == PEOPLE
    assert len(columns[1].compared) <= 2 * PEOPLE // WIDE
    assert all(len(candidate.scores) == 3 for candidate in answer.candidates)


def test_a_shard_filled_at_once_answers_as_one_that_was_filled_one_by_one() -> None:
    shard, _ = crowd()
    searchers = {modality: NumberSearcher(modality) for modality in Modality}
    filled = Shard(searchers, heap)
    rows = [[c.data for c in codes(n, *fingers(n))] for n in range(PEOPLE)]
    places = ((Modality.FACE, None), (Modality.FINGER, FIRST), (Modality.FINGER, SECOND))
    columns = {place: np.array([np.frombuffer(r[k], np.uint8) for r in rows]) for k, place in enumerate(places)}
    filled.fill([f"p{n}" for n in range(PEOPLE)], (DAY, DAY), columns)
    sought = codes(1234, *fingers(77))
    assert found(filled, sought, None) == found(shard, sought, None)
    filled.drop(["p1234"])
    assert "p1234" not in {candidate.subject_id for candidate in found(filled, sought, None).candidates}
