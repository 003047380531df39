"""What runs in a process of the cluster: one replica of one shard, in locked memory, and no key but the messages'."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from handfast.base.errors import SetupError
from handfast.base.modality import Modality
from handfast.base.search import Searcher
from handfast.face.search import FaceSearcher
from handfast.finger.codes.searcher import FingerSearcher
from handfast.gallery.locked import LockedMemory, forbid_dumps
from handfast.gallery.search_set import model_of
from handfast.gallery.shard import Shard
from handfast.jobs.cluster.folder import ClusterFolder
from handfast.jobs.cluster.wire import Wire


class ShardWorker:
    """One replica. `name` is what messages to it are sealed for, new for each process: an old message opens nowhere.

    It compares codes of `model` alone: a node whose version has another one refuses, and the process counts as lost.
    """

    searchers: Mapping[Modality, Searcher] = MappingProxyType(
        {Modality.FACE: FaceSearcher(), Modality.FINGER: FingerSearcher()}
    )

    def __init__(self, name: str, model: str) -> None:
        if model != model_of(self.searchers):
            raise SetupError(f"this node's version compares {model_of(self.searchers)}, the server's {model}")
        forbid_dumps()
        self._name = name
        self._wire = Wire(ClusterFolder(Path(os.environ["HANDFAST_CLUSTER"])).wire_key)
        self._memory = LockedMemory()
        self._shard = Shard(self.searchers, self._memory.allocate)

    def put(self, sealed: bytes) -> int:
        """Take people in; how many there are."""
        self._shard.put(self._wire.read_entries(sealed, self._name))
        return len(self._shard)

    def drop(self, sealed: bytes) -> int:
        """Overwrite people; how many there are."""
        self._shard.drop(self._wire.read_names(sealed, self._name))
        return len(self._shard)

    def search(self, sealed: bytes) -> bytes:
        """The sealed shortlist of a sealed query."""
        query = self._wire.read_query(sealed, self._name)
        return self._wire.shortlist(self._shard.search(query), self._name)

    def about(self) -> tuple[int, int, int]:
        """Process id, people, bytes of codes: nothing of anyone."""
        return os.getpid(), len(self._shard), self._shard.bytes_held
