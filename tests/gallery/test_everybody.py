"""Everybody with everybody: each pair is looked at once, and no pair is lost that a search of each among all has."""

from itertools import combinations

import numpy as np
import pytest

from handfast.base.modality import Modality
from handfast.base.search import SearchCode
from handfast.gallery.circle import looks_at
from handfast.gallery.local import LocalShards
from handfast.gallery.search_set import ranked
from handfast.gallery.shard import Candidate, Entry, Query
from support.crowd import FINGERS, SEARCHERS, codes_of

PEOPLE, TWICE, DAY, KEY = 300, 40, 800_000, bytes(32)
ALIKE = 0.5  # of faces and of fingers, far above what two drawn strangers have
Pairs = set[frozenset[str]]


@pytest.fixture(scope="module")
def shards() -> LocalShards:
    """People 0 to 259, the first forty of them twice."""
    local = LocalShards(SEARCHERS, 2)
    for n in range(PEOPLE):
        local.put(n % 2, [Entry(name(n), (DAY, DAY), turned(n))])
    return local


def name(n: int) -> str:
    return f"sub_{n}"


def turned(n: int) -> tuple[SearchCode, ...]:
    codes = codes_of(n % (PEOPLE - TWICE))
    return tuple(c for m in SEARCHERS for c in SEARCHERS[m].turned([c for c in codes if c.modality is m], KEY))


def found(shards: LocalShards, first: int | None, *, halves: bool) -> Pairs:
    """Pairs that are alike by face and fingers, among those that a search of each person would compare in full."""
    both, pairs = ((Modality.FACE, None), (Modality.FINGER, FINGERS[0])), set[frozenset[str]]()
    for n in range(PEOPLE):
        query = Query(turned(n), 0, DAY, 256, first, name(n) if halves else "")
        answers = [answer for answer in shards.search(query) if answer is not None]
        scores = {c.subject_id: c.scores for answer in answers for c in answer.candidates}
        for other in set(ranked(answers, 12)) - {name(n)}:
            if all(scores[other].get(place, 0) > ALIKE for place in both):
                pairs.add(frozenset((name(n), other)))
    return pairs


@pytest.mark.parametrize("first", [None, 1])
def test_halves_of_the_circle_find_the_pairs_that_searches_among_all_find(
    shards: LocalShards, first: int | None
) -> None:
    everyone_twice = {frozenset((name(n), name(n + PEOPLE - TWICE))) for n in range(TWICE)}
    assert found(shards, first, halves=False) == everyone_twice
    assert found(shards, first, halves=True) == everyone_twice


def test_each_pair_is_looked_at_from_one_side_and_everyone_looks_at_about_half() -> None:
    people = [name(n) for n in range(120)]
    for one, other in combinations(people, 2):
        assert looks_at(one, other) is not looks_at(other, one)
    seen = [sum(looks_at(one, other) for other in people) for one in people]
    assert not any(looks_at(one, one) for one in people)
    assert sum(seen) == 120 * 119 // 2
    assert max(seen) < 90


def test_half_of_the_others_are_compared_and_their_scores_are_those_of_the_whole(shards: LocalShards) -> None:
    compared = []
    for n in range(0, PEOPLE, 10):
        whole, half = ({c.subject_id: c.scores for c in listed(shards, n, after)} for after in ("", name(n)))
        assert set(half) - {name(n)} == {other for other in whole if looks_at(name(n), other)}
        assert all(half[other] == whole[other] for other in half)
        compared.append(len(half))
    assert np.mean(compared) == pytest.approx(PEOPLE / 2, rel=0.1)


def listed(shards: LocalShards, n: int, after: str) -> list[Candidate]:
    """Everyone on any list: they are longer than this gallery."""
    answers = shards.search(Query(turned(n), 0, DAY, 256, None, after))
    return [candidate for answer in answers if answer is not None for candidate in answer.candidates]
