"""Shards in this process, one a core, searched at once by threads: the scans run without the interpreter's lock."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from handfast.base.modality import Modality
from handfast.base.search import Searcher
from handfast.gallery.locked import LockedMemory
from handfast.gallery.shard import Entry, Query, Shard, Shortlist


def local_shards(searchers: Mapping[Modality, Searcher]) -> "LocalShards":
    """One shard for each core that this process may use."""
    return LocalShards(searchers, len(os.sched_getaffinity(0)))


class LocalShards:
    """Fulfils Shards in this process's own locked memory."""

    def __init__(self, searchers: Mapping[Modality, Searcher], count: int) -> None:
        self.memory = LockedMemory()
        self.shards = [Shard(searchers, self.memory.allocate) for _ in range(count)]
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="shard")

    def __len__(self) -> int:
        return len(self.shards)

    def put(self, shard: int, entries: Sequence[Entry]) -> None:
        self.shards[shard].put(entries)

    def drop(self, shard: int, subject_ids: Sequence[str]) -> None:
        self.shards[shard].drop(subject_ids)

    def search(self, query: Query) -> tuple[Shortlist | None, ...]:
        return tuple(self._pool.map(lambda shard: shard.search(query), self.shards))

    def lost(self) -> tuple[int, ...]:
        return ()

    def mended(self, shard: int) -> None:
        """Nothing: threads are not lost."""

    def close(self) -> None:
        self._pool.shutdown()
        self.shards.clear()
        self.memory.wipe()
