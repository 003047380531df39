"""The search sets of this installation: one a programme, in memory, kept true to the store."""

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Lock

from handfast.base.clock import Clock
from handfast.base.errors import HandfastError
from handfast.base.modality import Modality
from handfast.base.randomness import Randomness
from handfast.base.search import SearchCode, Searcher
from handfast.base.template import Template
from handfast.consent.purpose import Purpose
from handfast.gallery.codes import codes_of
from handfast.gallery.search_set import Codes, SearchSet, Shards, model_of
from handfast.storage.store import Store
from handfast.storage.tables.programmes import Programme

logger = logging.getLogger("handfast.service")

EPOCH_BYTES = 32


class Searching:
    """Makes a programme's set when it is first needed. A number drawn then and kept nowhere tells its transform."""

    def __init__(
        self,
        searchers: Mapping[Modality, Searcher],
        store: Store,
        codes: Codes,
        clock: Clock,
        randomness: Randomness,
        make_shards: Callable[[Mapping[Modality, Searcher]], Shards],
    ) -> None:
        self._searchers = searchers
        self._store = store
        self._turning = codes
        self._clock = clock
        self._randomness = randomness
        self._make_shards = make_shards
        self._sets: dict[str, SearchSet] = {}
        self._lock = Lock()
        self._following = Lock()

    @property
    def model(self) -> str:
        """The model of the codes that are searched."""
        return model_of(self._searchers)

    def codes(self, templates: Sequence[Template]) -> tuple[SearchCode, ...]:
        """What somebody with these templates is searched by; those of fingers with the best quality first."""
        return codes_of(self._searchers, templates)

    def of(self, programme_id: str) -> SearchSet:
        """The set of a programme, as it was when it last caught up."""
        with self._lock:
            if programme_id not in self._sets:
                self._sets[programme_id] = SearchSet(
                    programme_id,
                    self._searchers,
                    self._make_shards(self._searchers),
                    self._turning,
                    self._clock,
                    self._randomness.bytes(EPOCH_BYTES),
                )
            return self._sets[programme_id]

    def follow(self) -> None:
        """Catch up with the store everywhere, and clear the journal of what everybody has. Run it every second.

        One thread at a time: two would put two processes in the place of one that was lost.
        """
        with self._following:
            self._follow()

    def close(self) -> None:
        """Overwrite every code in memory."""
        with self._lock:
            for one in self._sets.values():
                one.close()
            self._sets.clear()

    def _follow(self) -> None:
        with self._store.read() as reader:
            searched = [programme for programme in reader.programmes.all() if searches(programme)]
            for programme in searched:
                try:
                    self.of(programme.id).catch_up(reader)
                    self.of(programme.id).mend(self._store)
                except HandfastError as error:
                    logger.error("the search set of %s is behind: %s", programme.id, error.code)
                    searched = [other for other in searched if other is not programme]
            moved = {programme.id: self.of(programme.id).moved for programme in searched}
            behind = {p: to for p, to in moved.items() if reader.searched.moves(p, 0)}
        for programme_id, to in behind.items():
            with self._store.write() as unit:
                unit.searched.clear_moves(programme_id, to)


def searches(programme: Programme) -> bool:
    """Whether anybody may be searched for in this programme, for whatever purpose."""
    return may_find(programme) or checks_duplicates(programme)


def may_find(programme: Programme) -> bool:
    """Whether the programme finds people among those who agreed to it."""
    return bool(programme.settings.get("find"))


def further_purposes(programme: Programme) -> tuple[Purpose, ...]:
    """What an enrolment in this programme asks for beside the check, in the order of asking."""
    asked = (
        (Purpose.FIND, may_find(programme)),
        (Purpose.DUPLICATE_CHECK, checks_duplicates(programme)),
        (Purpose.REVIEW_PICTURES, keeps_review_pictures(programme)),
    )
    return tuple(purpose for purpose, wanted in asked if wanted)


def keeps_review_pictures(programme: Programme) -> bool:
    """Whether the programme asks to keep a few pictures for whoever decides a case."""
    return bool(programme.settings.get("review_pictures"))


def checks_duplicates(programme: Programme) -> bool:
    """Whether the programme looks, at enrolment, for people who are enrolled already."""
    return bool(programme.settings.get("duplicate_check"))
