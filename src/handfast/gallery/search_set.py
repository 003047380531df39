"""Everyone who may be searched in one programme, over any number of shards, kept true to the store.

Before each search the set catches up with the store in the same snapshot: who was enrolled, froze, withdrew or took a
consent back since the last one is put or dropped first, on every shard. What is in memory is under a transform whose
key follows from the programme's and from a number drawn at the start; the matcher turns, neither this nor a shard can.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from threading import Lock
from typing import Protocol

from handfast.base.clock import Clock
from handfast.base.errors import NoConsent, Overloaded
from handfast.base.grant import SEARCH, Grant
from handfast.base.modality import Modality
from handfast.base.search import NOTHING, SearchCode, Searcher
from handfast.gallery.shard import NEVER, Candidate, Entry, Moments, Place, Query, Shortlist
from handfast.storage.store import Reader, Store
from handfast.storage.tables.search_codes import Searchable, SearchCodeRow

BATCH = 512  # people opened and handed to a shard at once
PATIENCE = 5.0  # seconds that a search waits while the set is read in at the start
LISTED = 256  # people on each of a shard's two shortlists
Progress = Callable[[int, int], None]
PURPOSES = ("find", "duplicate-check")
"""What a search may be for; the place of each in Entry.until and Query.purpose."""


def nobody_watches(_done: int, _of: int) -> None:
    """Progress that is told to nobody."""


class Shards(Protocol):
    """Where codes are: threads of this process, or other machines."""

    def __len__(self) -> int: ...

    def put(self, shard: int, entries: Sequence[Entry]) -> None:
        """Have a shard take people in."""
        ...

    def drop(self, shard: int, subject_ids: Sequence[str]) -> None:
        """Have a shard forget people."""
        ...

    def search(self, query: Query) -> tuple[Shortlist | None, ...]:
        """Each shard's answer; None where one did not give any in time."""
        ...

    def lost(self) -> tuple[int, ...]:
        """Shards of which a copy is new and empty: everyone of theirs must be put again. They still take changes."""
        ...

    def mended(self, shard: int) -> None:
        """Everyone of this shard was put again: it may answer for all of them."""
        ...

    def close(self) -> None:
        """Overwrite everything."""
        ...


@dataclass(frozen=True, slots=True)
class Turned:
    """One person's codes as they are searched."""

    subject_id: str
    codes: tuple[SearchCode, ...]


class Codes(Protocol):
    """What opens sealed codes and turns them, under the transform of a programme and an epoch: the matcher."""

    def turned(self, programme_id: str, epoch: bytes, codes: Sequence[SearchCode]) -> tuple[SearchCode, ...]:
        """Codes of somebody who is looked for."""
        ...

    def opened(self, programme_id: str, epoch: bytes, rows: Sequence[SearchCodeRow]) -> tuple[Turned, ...]:
        """Sealed codes of people of this programme; whose row does not open is left out."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """Who looks most like the probes, best first; only for full comparison.

    searched   how many people were compared
    complete   False where a shard gave no answer, or some people still have codes of another model only: then nobody
               may be said not to be there
    heard      False where a shard gave no answer
    """

    candidates: tuple[str, ...]
    searched: int
    complete: bool
    heard: bool = True


class SearchSet:
    """The people of one programme who may be searched."""

    def __init__(
        self,
        programme_id: str,
        searchers: Mapping[Modality, Searcher],
        shards: Shards,
        codes: Codes,
        clock: Clock,
        epoch: bytes,
    ) -> None:
        self.programme_id = programme_id
        self.model = model_of(searchers)
        self._shards = shards
        self._codes = codes
        self._clock = clock
        self.epoch = epoch
        self._lock = Lock()
        self._known: dict[str, Searchable] = {}
        self._bound = searchers[Modality.FACE].bound if Modality.FACE in searchers else None
        self._unbounded: set[str] = set()
        self._moved = -1
        self._day: date | None = None
        self._outdated = 0

    def __len__(self) -> int:
        return len(self._known)

    @property
    def moved(self) -> int:
        """How far this set has followed the store; -1 before it first did."""
        return self._moved

    def catch_up(self, reader: Reader, progress: Progress = nobody_watches) -> None:
        """Bring every shard to what the store says now. `progress(done, of)` is told of people taken in."""
        with self._lock:
            self._catch_up(reader, progress)

    def search(
        self,
        reader: Reader,
        grant: Grant,
        codes: Sequence[SearchCode],
        most: int,
        first: int | None = None,
        after: str = "",
    ) -> Found:
        """The `most` likeliest people among all who may be searched for the grant's purpose. NoConsent, Overloaded.

        first   fingers that are scanned for everyone (a cascade), or None for all
        after   look only at the half of them who follow this person, as where everybody is looked for
        """
        return self.search_turned(reader, grant, self.turned(codes), most, first, after)

    def search_turned(
        self,
        reader: Reader,
        grant: Grant,
        turned: Sequence[SearchCode],
        most: int,
        first: int | None = None,
        after: str = "",
        least: float | None = None,
    ) -> Found:
        """The same by codes that are under this set's transform already.

        least   where given, leave out, of the likeliest, those whose face scores less by code, and so in full
        """
        self._hold(grant)
        today = self._clock.now().date()
        query = Query(tuple(turned), PURPOSES.index(grant.purpose), today.toordinal(), LISTED, first, after)
        if not self._lock.acquire(timeout=PATIENCE):
            raise Overloaded("those who may be searched are being read in")
        try:
            self._catch_up(reader, nobody_watches)
            answers = self._shards.search(query)
            outdated = self._outdated
        finally:
            self._lock.release()
        heard = [answer for answer in answers if answer is not None]
        everyone = len(heard) == len(self._shards)
        candidates = ranked(heard, most)
        if least is not None and self._bounded(turned):
            candidates = self._reaching(candidates, heard, least)
        return Found(candidates, sum(a.compared for a in heard), everyone and not outdated, everyone)

    def mend(self, store: Store) -> None:
        """Put everyone of lost shards again, a few at a time, while searches and changes go on."""
        for shard in self._shards.lost():
            with self._lock:
                waiting = [s for s in self._known if self._place(s) == shard]
            for at in range(0, len(waiting), BATCH):
                with self._lock, store.read() as reader:
                    # Who was dropped meanwhile stays dropped.
                    self._put(reader, [self._known[s] for s in waiting[at : at + BATCH] if s in self._known])
            with self._lock:
                self._shards.mended(shard)

    def turned(self, codes: Sequence[SearchCode]) -> tuple[SearchCode, ...]:
        """Codes under this programme's transform of this epoch."""
        return self._codes.turned(self.programme_id, self.epoch, codes)

    def close(self) -> None:
        """Overwrite the codes in memory."""
        with self._lock:
            self._shards.close()
            self._known.clear()
            self._unbounded.clear()
            self._moved = -1

    def _hold(self, grant: Grant) -> None:
        now = self._clock.now()
        if grant.programme_id != self.programme_id or grant.subject_id != SEARCH or grant.purpose not in PURPOSES:
            raise NoConsent("this grant is for no search in this programme")
        if not grant.checked_at <= now < grant.expires_at:
            raise NoConsent("this grant is over")

    def _catch_up(self, reader: Reader, progress: Progress) -> None:
        moved, cleared = reader.searched.moved(self.programme_id)
        today = self._clock.now().date()
        if moved <= self._moved and today == self._day:  # a reader may be older than what another one brought in
            return
        only = (
            None
            if self._moved < cleared or today != self._day
            else reader.searched.moves(self.programme_id, self._moved)
        )
        current = reader.searched.searchable(self.programme_id, self.model, today, only)
        self._apply(reader, current, only, progress)
        if only is None or self._outdated or len(current) < len(only):  # somebody who moved may not be searched so far
            self._outdated = len(reader.searched.outdated(self.programme_id, self.model, today))
        self._moved, self._day = moved, today

    def _apply(
        self,
        reader: Reader,
        current: Sequence[Searchable],
        only: Sequence[str] | None,
        progress: Progress,
    ) -> None:
        there = {person.subject_id for person in current}
        gone = [s for s in (self._known if only is None else only) if s in self._known and s not in there]
        self._drop(gone)
        fresh = [person for person in current if self._known.get(person.subject_id) != person]
        for at in range(0, len(fresh), BATCH):
            self._put(reader, fresh[at : at + BATCH])
            progress(min(at + BATCH, len(fresh)), len(fresh))

    def _drop(self, subject_ids: Sequence[str]) -> None:
        for shard, mine in self._by_shard(subject_ids).items():
            self._shards.drop(shard, mine)
        for subject_id in subject_ids:
            del self._known[subject_id]
            self._unbounded.discard(subject_id)

    def _put(self, reader: Reader, people: Sequence[Searchable]) -> None:
        by_id = {person.subject_id: person for person in people}
        rows = [row for s in by_id if (row := reader.searched.code(s, self.model)) is not None]
        # A damaged row is not found; nobody else is held up by it.
        opened = self._codes.opened(self.programme_id, self.epoch, rows)
        entries = {person.subject_id: _entry(by_id[person.subject_id], person.codes) for person in opened}
        for shard, mine in self._by_shard(list(entries)).items():
            self._shards.put(shard, [entries[subject_id] for subject_id in mine])
        for subject_id, entry in entries.items():
            self._known[subject_id] = by_id[subject_id]
            (self._unbounded.discard if self._bounded(entry.codes) else self._unbounded.add)(subject_id)

    def _bounded(self, codes: Sequence[SearchCode]) -> bool:
        """Whether the score of this face by code tells what it scores in full at most."""
        bound = self._bound
        return bound is not None and all(bound.holds(code.data) for code in codes if code.modality is Modality.FACE)

    def _reaching(self, candidates: Sequence[str], answers: Sequence[Shortlist], least: float) -> tuple[str, ...]:
        faces = {c.subject_id: c.scores.get((Modality.FACE, None), NOTHING) for a in answers for c in a.candidates}
        return tuple(who for who in candidates if who in self._unbounded or faces[who] >= least)

    def _by_shard(self, subject_ids: Sequence[str]) -> dict[int, list[str]]:
        shards: dict[int, list[str]] = {}
        for subject_id in subject_ids:
            shards.setdefault(self._place(subject_id), []).append(subject_id)
        return shards

    def _place(self, subject_id: str) -> int:
        return shard_of(subject_id, len(self._shards))


def shard_of(subject_id: str, shards: int) -> int:
    """Which shard keeps a person: by the hash of their random id, so that shards are alike."""
    return int.from_bytes(hashlib.blake2b(subject_id.encode(), digest_size=8).digest(), "big") % shards


def model_of(searchers: Mapping[Modality, Searcher]) -> str:
    """The model of a person's codes: that of every searcher, so that codes of two models never meet."""
    return "+".join(searchers[m].model for m in Modality if m in searchers)


def ranked(answers: Sequence[Shortlist], most: int) -> tuple[str, ...]:
    """The best of all shards' candidates by the sum of standardised scores, and the best by each modality among them.

    A place that somebody lacks counts like a stranger's score there. A third of the places goes to those best by face,
    a third to those best by fingers, whatever the sum says of them: a modality that failed must not hide a mate.
    """
    moments: dict[Place, Moments] = {}
    for answer in answers:
        for place, one in answer.moments.items():
            moments[place] = moments.get(place, Moments()) + one
    people = [(c.subject_id, _strengths(c, moments)) for answer in answers for c in answer.candidates]
    by_sum = _order(people, tuple(Modality))
    lists = [by_sum[: most - 2 * (most // 3)], *(_order(people, (m,))[: most // 3] for m in Modality)]
    chosen = reduce(lambda kept, more: kept | dict.fromkeys(more), [lists[0], *lists[1:], by_sum], dict[str, None]())
    return tuple(chosen)[:most]


def _strengths(person: Candidate, moments: Mapping[Place, Moments]) -> Mapping[Modality, float]:
    """The sum of a person's standardised scores by each modality."""
    strengths = dict.fromkeys(Modality, 0.0)
    for place, score in person.scores.items():
        strengths[place[0]] += moments[place].standard(score)
    return strengths


def _order(people: Sequence[tuple[str, Mapping[Modality, float]]], of: Sequence[Modality]) -> list[str]:
    return [who for who, by in sorted(people, key=lambda person: (-sum(person[1][m] for m in of), person[0]))]


def _entry(person: Searchable, codes: tuple[SearchCode, ...]) -> Entry:
    return Entry(person.subject_id, (_ordinal(person.find_until), _ordinal(person.duplicates_until)), codes)


def _ordinal(day: date | None) -> int:
    return NEVER if day is None else day.toordinal()
