"""Shards in processes of a Ray cluster: replicas, deadlines, and a lost process replaced while searches go on."""

import logging
import os
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from handfast.base.errors import SetupError
from handfast.gallery.shard import Entry, Query, Shortlist
from handfast.jobs.cluster.folder import ClusterFolder
from handfast.jobs.cluster.wire import ENTRIES, Wire
from handfast.jobs.cluster.worker import ShardWorker

logger = logging.getLogger("handfast.cluster")

DEADLINE = 3.0  # seconds for all shards to answer a search
PATIENCE = 60.0  # seconds for a process to take a batch in
PING = 1.0  # seconds for a process to say that it is there


@dataclass(slots=True)
class Replica:
    """One process with a copy of a shard.

    starting   what it answers once it is there; None from then on. Until then nothing is sent to it
    filled     once it has everyone
    """

    name: str
    actor: Any
    filled: bool
    starting: Any = None


class RayShards:
    """Fulfils Shards. Every change goes to all replicas of a shard, a search to one, and to the next if it fails.

    One more process is always started and empty: it takes the place of the next that is lost. A process on a node whose
    version compares codes of another model than the server's counts as lost, until the node is started anew.
    """

    def __init__(
        self, folder: ClusterFolder, shards: int, replicas: int, model: str, deadline: float = DEADLINE
    ) -> None:
        self._ray = connected(folder)
        self._wire = Wire(folder.wire_key)
        self._model = model
        self._deadline = deadline
        self._turn = 0
        self._spare = self._started(filled=False)
        self._shards = [[self._started(filled=True) for _ in range(replicas)] for _ in range(shards)]

    def __len__(self) -> int:
        return len(self._shards)

    def put(self, shard: int, entries: Sequence[Entry]) -> None:
        some = [tuple(entries[at : at + ENTRIES]) for at in range(0, len(entries), ENTRIES)]
        self._all(shard, lambda r: [r.actor.put.remote(self._wire.entries(few, r.name)) for few in some])

    def drop(self, shard: int, subject_ids: Sequence[str]) -> None:
        self._all(shard, lambda r: [r.actor.drop.remote(self._wire.names(tuple(subject_ids), r.name))])

    def search(self, query: Query) -> tuple[Shortlist | None, ...]:
        ends = time.monotonic() + self._deadline
        self._turn += 1
        answers: list[Shortlist | None] = [None] * len(self._shards)
        tries = [self._order(shard) for shard in range(len(self._shards))]
        while any(a is None and t for a, t in zip(answers, tries, strict=True)) and time.monotonic() < ends:
            asked = {n: t.pop(0) for n, t in enumerate(tries) if answers[n] is None and t}
            sent = {n: r.actor.search.remote(self._wire.query(query, r.name)) for n, r in asked.items()}
            for n, reference in sent.items():
                told = self._told(asked[n], reference, max(0.05, ends - time.monotonic()), slow_is_lost=False)
                answers[n] = None if told is None else self._wire.read_shortlist(told, asked[n].name)
        return tuple(answers)

    def lost(self) -> tuple[int, ...]:
        for replicas in self._shards:
            pings = [(replica, replica.actor.about.remote()) for replica in replicas if replica.filled]
            for replica, ping in pings:
                self._told(replica, ping, PING, slow_is_lost=False)
            for n in range(len(replicas)):
                if replicas[n].actor is None:
                    replicas[n] = self._replacement()
                self._arrived(replicas[n])
        return tuple(n for n, replicas in enumerate(self._shards) if any(_waits(replica) for replica in replicas))

    def mended(self, shard: int) -> None:
        for replica in self._shards[shard]:
            replica.filled = replica.filled or _waits(replica)

    def processes(self) -> tuple[tuple[int, int, int, int], ...]:
        """(shard, process id, people, bytes) of every process that answers."""
        told = [
            (n, self._told(replica, replica.actor.about.remote(), PING, slow_is_lost=False))
            for n, replicas in enumerate(self._shards)
            for replica in replicas
            if _there(replica)
        ]
        return tuple((n, *about) for n, about in told if about is not None)

    def close(self) -> None:
        for replica in (self._spare, *(replica for replicas in self._shards for replica in replicas)):
            if replica.actor is not None:
                self._ray.kill(replica.actor)
        self._shards = []

    def _order(self, shard: int) -> list[Replica]:
        there = [replica for replica in self._shards[shard] if replica.filled and replica.actor is not None]
        first = self._turn % len(there) if there else 0
        return there[first:] + there[:first]

    def _all(self, shard: int, calls: Callable[[Replica], list[Any]]) -> None:
        """Every message to every replica at once; a process takes its own one after another."""
        sent = [(replica, calls(replica)) for replica in self._shards[shard] if _there(replica)]
        for replica, references in sent:
            self._told(replica, references, PATIENCE)

    def _told(self, replica: Replica, reference: Any, seconds: float, *, slow_is_lost: bool = True) -> Any:
        """What a process answered; None if it is gone, which is then remembered, or too slow."""
        try:
            return self._ray.get(reference, timeout=seconds)
        except self._ray.exceptions.GetTimeoutError:
            if slow_is_lost:  # what it was to take in may be missing there
                self._lose(replica)
            return None
        except self._ray.exceptions.RayError as error:
            # Ray's own words, the last of them why a process did not start: those of an answer might be somebody's.
            why = str(error).splitlines()[-1] if isinstance(error, self._ray.exceptions.RayActorError) else ""
            logger.warning("a process of the cluster is gone: %s %s", type(error).__name__, why)
            self._lose(replica)
            return None

    def _lose(self, replica: Replica) -> None:
        if replica.actor is not None:
            self._ray.kill(replica.actor)
        replica.actor, replica.filled, replica.starting = None, False, None

    def _replacement(self) -> Replica:
        """The spare process, which has had the time to start; another takes its place."""
        spare, self._spare = self._spare, self._started(filled=False)
        return spare

    def _arrived(self, replica: Replica) -> None:
        """Send to a process from now on, if it has started by now."""
        if replica.starting is not None and self._ray.wait([replica.starting], timeout=0)[0]:
            self._told(replica, replica.starting, PING)
            replica.starting = None

    def _started(self, *, filled: bool) -> Replica:
        name = secrets.token_hex(8)
        worker = self._ray.remote(ShardWorker).options(num_cpus=0, max_restarts=0, max_concurrency=1)
        actor = worker.remote(name, self._model)
        return Replica(name, actor, filled, None if filled else actor.about.remote())


def _there(replica: Replica) -> bool:
    return replica.actor is not None and replica.starting is None


def _waits(replica: Replica) -> bool:
    """Whether it is there and has to be told of everyone."""
    return _there(replica) and not replica.filled


def connected(folder: ClusterFolder) -> Any:
    """Ray, connected to this folder's cluster. SetupError where it is not installed or not running."""
    if "ray" in sys.modules and os.environ.get("RAY_USE_TLS") != "1":
        raise SetupError("Ray was loaded before its certificates were named; it would wait for ever")
    os.environ.update(folder.environment)
    try:
        import ray
    except ImportError as error:
        raise SetupError("install the cluster's parts: pip install -r requirements-cluster.lock") from error
    if not ray.is_initialized():
        if not folder.address:
            raise SetupError("no cluster is running; run `handfast cluster start`")
        try:
            ray.init(address=folder.address, log_to_driver=False, configure_logging=False)
        except (ConnectionError, RuntimeError) as error:
            raise SetupError(f"the cluster at {folder.address} does not answer") from error
    return ray
