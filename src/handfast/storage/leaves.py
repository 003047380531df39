"""Rows of the log: leaves, tree nodes, sealed details, where the tree stands, ratchet states, open erasures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handfast.storage.database import Database
from handfast.storage.mapping import Table
from handfast.storage.slab import Slab, content_of


@dataclass(frozen=True, slots=True)
class LeafRow:
    """Leaf n of the log: its canonical JSON, and its tag again for finding it (None for an act on nobody)."""

    n: int
    tag: str | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class RatchetRow:
    """How often a person was used, and the newest state of their hash ratchet, sealed under their log key.

    handle   where the state lies, to put the next one in its place; empty for a person who has none yet
    """

    subject_id: str
    uses: int
    sealed: bytes
    handle: bytes = b""


@dataclass(frozen=True, slots=True)
class Erasure:
    """A withdrawal whose key is not yet known to be destroyed; `leaf` is the second leaf, made ready, as JSON."""

    subject_id: str
    programme_id: str
    leaf: str


@dataclass(frozen=True, slots=True)
class TreeRow:
    """Where the log stands.

    size           number of leaves
    last_at        `at` of the newest leaf
    frontier       hashes of the complete subtrees, largest first, 32 bytes each
    note           the newest signed checkpoint
    verifier_key   the public key that it is signed under, as C2SP signed-note writes it
    """

    size: int
    last_at: str
    frontier: bytes
    note: str
    verifier_key: str


Sign = Callable[[TreeRow], TreeRow]
_EMPTY = TreeRow(0, "", b"", "", "")
_RATCHET = (
    "SELECT uses, sealed, data FROM ratchets LEFT JOIN slots ON slots.owner = ratchets.sealed WHERE subject_id = ?"
)
_LEAVES = Table(LeafRow, "leaves")
_ERASURES = Table(Erasure, "erasures")


class LogReads:
    """Reading the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tree(self) -> TreeRow:
        """Where the log stands; size 0 and no note before the first leaf."""
        rows = self._database.query("SELECT size, last_at, frontier, note, verifier_key FROM tree WHERE one = 1")
        return TreeRow(*rows[0]) if rows else _EMPTY  # type: ignore[arg-type]  # the columns of the row type

    def leaf(self, n: int) -> LeafRow:
        return _LEAVES.get(self._database, "WHERE n = ?", n)

    def by_tag(self, tag: str) -> LeafRow | None:
        return _LEAVES.find(self._database, "WHERE tag = ?", tag)

    def leaves(self, start: int = 0, page: int = 1000) -> Iterator[bytes]:
        """The canonical JSON of every leaf from `start` on, in the order of n, whatever n they claim inside."""
        while rows := self._database.query("SELECT n, raw FROM leaves WHERE n >= ? ORDER BY n LIMIT ?", (start, page)):
            for n, raw in rows:
                yield bytes(raw)  # type: ignore[arg-type]  # a BLOB NOT NULL
                start = int(n or 0) + 1

    def node(self, level: int, place: int) -> bytes:
        """The hash of a complete subtree that is kept: 2**level leaves from place * 2**level on."""
        rows = self._database.query("SELECT hash FROM nodes WHERE level = ? AND place = ?", (level, place))
        return rows[0][0] if rows and isinstance(rows[0][0], bytes) else b""

    def details(self, n: int) -> bytes | None:
        """The sealed nonce and details of leaf n."""
        rows = self._database.query("SELECT sealed FROM details WHERE n = ?", (n,))
        return rows[0][0] if rows and isinstance(rows[0][0], bytes) else None

    def ratchet(self, subject_id: str) -> RatchetRow | None:
        rows = self._database.query(_RATCHET, (subject_id,))
        if not rows or not isinstance(rows[0][1], bytes):
            return None
        return RatchetRow(subject_id, int(rows[0][0] or 0), content_of([rows[0][2]]), rows[0][1])

    def erasures(self) -> tuple[Erasure, ...]:
        """Withdrawals that are not finished."""
        return _ERASURES.all(self._database, "ORDER BY subject_id")


class LogWrites(LogReads):
    """Growing the log; only `handfast.audit` calls this."""

    def __init__(self, database: Database, logged: Callable[[], None]) -> None:
        super().__init__(database)
        self._logged = logged
        self._tree: TreeRow | None = None
        self._sign: Sign | None = None

    def tree(self) -> TreeRow:
        """Where the log stands in this unit of work; its note is empty from the first new leaf to the end of it."""
        if self._tree is None:
            self._tree = super().tree()
        return self._tree

    def grow(self, tree: TreeRow, sign: Sign) -> None:
        """Where the log stands after one more leaf; `sign` gives the note when the unit of work ends."""
        self._tree, self._sign = tree, sign

    def end(self) -> None:
        """Sign and keep where the log stands; the last thing that a unit of work does."""
        if self._sign is not None:
            self._tree = self._sign(self.tree())
            self._keep(self._tree)

    def add_leaf(self, leaf: LeafRow) -> None:
        self._database.execute("INSERT INTO leaves (n, tag, raw) VALUES (?, ?, ?)", (leaf.n, leaf.tag, leaf.raw))
        self._logged()

    def add_node(self, level: int, place: int, node: bytes) -> None:
        self._database.execute("INSERT INTO nodes (level, place, hash) VALUES (?, ?, ?)", (level, place, node))

    def add_details(self, n: int, sealed: bytes) -> None:
        self._database.execute("INSERT INTO details (n, sealed) VALUES (?, ?)", (n, sealed))

    def set_ratchet(self, row: RatchetRow) -> None:
        """Keep only this state; the one before, which lies at the row's handle, is overwritten."""
        slab = Slab(self._database)
        if row.handle:
            slab.replace(row.handle, row.sealed)
            sql = "UPDATE ratchets SET uses = ? WHERE subject_id = ?"
            self._database.execute(sql, (row.uses, row.subject_id))
        else:
            sql = "INSERT INTO ratchets (subject_id, uses, sealed) VALUES (?, ?, ?)"
            self._database.execute(sql, (row.subject_id, row.uses, slab.put(row.sealed)))

    def add_erasure(self, erasure: Erasure) -> None:
        _ERASURES.insert(self._database, erasure)

    def end_erasure(self, subject_id: str) -> bool:
        """Whether there was one to end."""
        return self._database.execute("DELETE FROM erasures WHERE subject_id = ?", (subject_id,)) == 1

    def _keep(self, row: TreeRow) -> None:
        sql = (
            "INSERT INTO tree (one, size, last_at, frontier, note, verifier_key) VALUES (1, ?, ?, ?, ?, ?) "
            "ON CONFLICT (one) DO UPDATE SET size = excluded.size, last_at = excluded.last_at, "
            "frontier = excluded.frontier, note = excluded.note, verifier_key = excluded.verifier_key"
        )
        self._database.execute(sql, (row.size, row.last_at, row.frontier, row.note, row.verifier_key))
