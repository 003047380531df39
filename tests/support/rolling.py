"""Two models of made-up codes that never meet: a column refuses the other one's; a desk and nodes of either version."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import ClassVar

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import Modality
from handfast.base.search import Allocate, Rows, Scores, SearchCode, Searcher
from handfast.base.template import Template
from handfast.gallery.search_set import Shards, model_of
from handfast.jobs.cluster.folder import ClusterFolder
from handfast.jobs.cluster.shards import RayShards
from handfast.jobs.cluster.worker import ShardWorker
from handfast.service.start import Senses
from support.scripted import Desk
from support.searching import NumberColumn, NumberSearcher, number

FROM = MappingProxyType({"number:1": 0, "number:2": 5_000})
REACH = 1_000


class OneModelColumn(NumberColumn):
    """Takes and compares the numbers of one model alone."""

    def __init__(self, allocate: Allocate, begin: int) -> None:
        super().__init__(allocate)
        self._begin = begin

    def put(self, row: int, data: bytes) -> None:
        self._check(data)
        super().put(row, data)

    def scores(self, probe: bytes, rows: Rows) -> Scores:
        self._check(probe)
        return super().scores(probe, rows)

    def _check(self, data: bytes) -> None:
        if not self._begin <= int.from_bytes(data, "little") < self._begin + REACH:
            raise UnreadableTemplate("a code of another model")


class OneModelSearcher(NumberSearcher):
    """A person's number, counted from another place by each model."""

    def codes(self, templates: Sequence[Template]) -> tuple[SearchCode, ...]:
        begin = FROM[self.model]
        plain = super().codes(templates)
        return tuple(replace(c, data=number(begin + int.from_bytes(c.data, "little"))) for c in plain)

    def column(self, allocate: Allocate) -> NumberColumn:
        return OneModelColumn(allocate, FROM[self.model])


def searchers_of(version: str) -> Mapping[Modality, Searcher]:
    return MappingProxyType({modality: OneModelSearcher(modality, version) for modality in Modality})


class OlderWorker(ShardWorker):
    """A node of the older version."""

    searchers = searchers_of("number:1")


class NewerWorker(ShardWorker):
    """A node of the newer version."""

    searchers = searchers_of("number:2")


VERSIONS = MappingProxyType({"number:1": OlderWorker, "number:2": NewerWorker})


class RollingDesk(Desk):
    """A desk whose server is of one version or the other, and whose codes lie in a cluster."""

    cluster: ClassVar[ClusterFolder]
    version = "number:1"
    shards: RayShards

    def senses(self) -> Senses:
        return replace(super().senses(), searchers=searchers_of(self.version), make_shards=self._made)

    def _made(self, searchers: Mapping[Modality, Searcher]) -> Shards:
        self.shards = RayShards(self.cluster, 2, 1, model_of(searchers), deadline=30.0)
        return self.shards
