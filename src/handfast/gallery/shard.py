"""A shard: the codes of some of a programme's people, in memory, searched exactly and all at once.

Two shortlists are drawn, one by face and one by fingers, and both are kept: pruning on one modality loses mates whose
sample of it was poor. In a cascade the face and some fingers are scanned for everyone; the other fingers for one person
in WIDE best by face and one in WIDE best by those fingers. The shortlists are drawn from these.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import NOTHING, Allocate, Column, Rows, Scores, SearchCode, Searcher
from handfast.gallery.circle import Circle, following, place_on_circle

Place = tuple[Modality, FingerPosition | None]
Bytes = NDArray[np.uint8]
NEVER = 0
"""The day (proleptic ordinal) until which nobody may be searched for a purpose."""
WIDE = 50
"""One person in so many is on each of a cascade's two first lists (bench/scale_recall.py)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as a shard keeps them: turned codes, and the last day (ordinal) for each purpose, NEVER for none."""

    subject_id: str
    until: tuple[int, int]
    codes: tuple[SearchCode, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of every shard.

    codes      of one take, turned; those of fingers in the order of how much they promise
    purpose    0 for find, 1 for the duplicate check: which of Entry.until counts
    today      ordinal of the day
    length     of each of the two shortlists
    first      fingers that are scanned for everyone, the others for who is likeliest by then; None for all
    after      only the half of all people who follow this one are looked at (circle.py); "" for everyone
    """

    codes: tuple[SearchCode, ...]
    purpose: int
    today: int
    length: int
    first: int | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over everyone who was compared at one place: what a stranger's score looks like in this very query."""

    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.count + other.count, self.total + other.total, self.squares + other.squares)

    def standard(self, score: float) -> float:
        """The score in standard deviations above the mean; 0 where nothing was compared."""
        mean, spread = self._spread()
        return (score - mean) / spread if score > NOTHING and self.count > 1 else 0.0

    def standards(self, scores: Scores) -> Scores:
        """The same of many scores."""
        mean, spread = self._spread()
        there = (scores > NOTHING) & (self.count > 1)
        return np.where(there, (scores - np.float32(mean)) / np.float32(spread), np.float32(0.0))

    def _spread(self) -> tuple[float, float]:
        mean = self.total / max(self.count, 1)
        return mean, math.sqrt(max(self.squares / max(self.count, 1) - mean * mean, 1e-12))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on a shortlist, with a raw score at each place that both sides have."""

    subject_id: str
    scores: Mapping[Place, float]


@dataclass(frozen=True, slots=True)
class Shortlist:
    """What a shard found: everyone on either list, and how many people were compared."""

    candidates: tuple[Candidate, ...]
    moments: Mapping[Place, Moments]
    compared: int


@dataclass
class Shard:
    """Some people's codes. One thread at a time: its owner sees to that."""

    searchers: Mapping[Modality, Searcher]
    allocate: Allocate
    _rows: dict[str, int] = field(default_factory=dict)
    _subjects: list[str | None] = field(default_factory=list)
    _free: list[int] = field(default_factory=list)
    _columns: dict[Place, Column] = field(default_factory=dict)
    _until: np.ndarray[tuple[int, int], np.dtype[np.int32]] = field(default_factory=lambda: np.zeros((0, 2), np.int32))
    _circle: Circle = field(default_factory=lambda: np.zeros(0, np.uint64))

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def bytes_held(self) -> int:
        """Memory of codes."""
        return sum(column.bytes_held for column in self._columns.values())

    def put(self, entries: Sequence[Entry]) -> None:
        """Take people in, or in place of what was kept of them."""
        for entry in entries:
            self.drop([entry.subject_id])
            row = self._row_for(entry.subject_id)
            for code in entry.codes:
                self._column((code.modality, code.position)).put(row, code.data)
            self._until[row] = entry.until

    def fill(self, subject_ids: Sequence[str], until: tuple[int, int], codes: Mapping[Place, Bytes]) -> None:
        """Take many people in at once, where nobody else is; row n of each place's codes is of person n."""
        self._subjects = list(subject_ids)
        self._rows = {subject_id: row for row, subject_id in enumerate(subject_ids)}
        self._until = np.tile(np.array(until, np.int32), (len(subject_ids), 1))
        self._circle = np.array([place_on_circle(subject_id) for subject_id in subject_ids], np.uint64)
        for place, rows in codes.items():
            self._column(place).fill(rows)

    def drop(self, subject_ids: Sequence[str]) -> None:
        """Overwrite what is kept of these people."""
        for subject_id in subject_ids:
            row = self._rows.pop(subject_id, None)
            if row is None:
                continue
            self._until[row] = NEVER
            self._subjects[row] = None
            for column in self._columns.values():
                column.drop(row)
            self._free.append(row)

    def search(self, query: Query) -> Shortlist:
        """Both shortlists. Nobody is compared who may not be searched for this purpose today."""
        allowed = self._allowed(query)
        face = [code for code in query.codes if code.modality is Modality.FACE]
        fingers = [code for code in query.codes if code.modality is Modality.FINGER]
        scanned = self._scan([*face, *fingers[: query.first]], allowed)
        moments = {place: _moments(column) for place, column in scanned.items()}
        chosen = allowed
        if query.first is not None:
            likely = _likeliest(scanned, moments, max(query.length, len(allowed) // WIDE))
            chosen = allowed[likely]
            rest = self._scan(fingers[query.first :], chosen)
            moments |= {place: _moments(column) for place, column in rest.items()}
            scanned = {place: column[likely] for place, column in scanned.items()} | rest
        best = _likeliest(scanned, moments, query.length)
        scores = {place: column[best] for place, column in scanned.items()}
        found = tuple(self._candidate(int(row), n, scores) for n, row in enumerate(chosen[best]))
        return Shortlist(found, moments, len(allowed))

    def _allowed(self, query: Query) -> Rows:
        people = len(self._subjects)
        may = self._until[:people, query.purpose] >= query.today
        if query.after:
            may &= following(query.after, self._circle[:people])
        return np.flatnonzero(may)

    def _scan(self, codes: Sequence[SearchCode], rows: Rows) -> dict[Place, Scores]:
        nobody = np.full(len(rows), NOTHING, np.float32)
        places = [((code.modality, code.position), code.data) for code in codes]
        return {p: self._columns[p].scores(data, rows) if p in self._columns else nobody for p, data in places}

    def _candidate(self, row: int, n: int, scores: Mapping[Place, Scores]) -> Candidate:
        mine = {place: float(column[n]) for place, column in scores.items() if column[n] > NOTHING}
        return Candidate(str(self._subjects[row]), mine)

    def _row_for(self, subject_id: str) -> int:
        if self._free:
            row = self._free.pop()
            self._subjects[row] = subject_id
        else:
            row = len(self._subjects)
            self._subjects.append(subject_id)
            if row >= len(self._until):
                more = max(1024, row)
                self._until = np.concatenate([self._until, np.zeros((more, 2), np.int32)])
                self._circle = np.concatenate([self._circle, np.zeros(more, np.uint64)])
        self._circle[row] = place_on_circle(subject_id)
        self._rows[subject_id] = row
        return row

    def _column(self, place: Place) -> Column:
        if place not in self._columns:
            self._columns[place] = self.searchers[place[0]].column(self.allocate)
        return self._columns[place]


def _likeliest(scanned: Mapping[Place, Scores], moments: Mapping[Place, Moments], length: int) -> Rows:
    """Where the best by face and the best by fingers are, so many of each, in rising order."""
    lists = [_best(_sum(scanned, moments, modality), length) for modality in Modality]
    return np.unique(np.concatenate(lists)).astype(np.int64)


def _sum(scanned: Mapping[Place, Scores], moments: Mapping[Place, Moments], modality: Modality) -> Scores | None:
    """The sum of one modality's standardised scores; a place that a row lacks counts like a stranger's."""
    total: Scores | None = None
    for place, scores in scanned.items():
        if place[0] is modality:
            standard = moments[place].standards(scores)
            total = standard if total is None else total + standard
    return total


def _best(total: Scores | None, length: int) -> Rows:
    if total is None:
        return np.zeros(0, np.int64)
    if len(total) <= length:
        return np.arange(len(total))
    return np.argpartition(total, len(total) - length)[len(total) - length :]


def _moments(scores: Scores) -> Moments:
    there = scores[scores > NOTHING].astype(np.float64)
    return Moments(len(there), float(there.sum()), float((there * there).sum()))
