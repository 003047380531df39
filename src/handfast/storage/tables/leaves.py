"""Rows of the log: leaves, tree nodes, sealed details, where the tree stands, ratchet states, open erasures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from handfast.storage.engines.database import Database, Record
from handfast.storage.engines.slab import REPLACE, Slab, content_of
from handfast.storage.tables.mapping import Table


@dataclass(frozen=True, slots=True)
class LeafRow:
    """Leaf n of the log: its canonical JSON, and its tag again for finding it (None for an act on nobody)."""

    n: int
    tag: str | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class RatchetRow:
    """How often a person was used, and the newest state of their hash ratchet, sealed under their log key.

    handle   where the state lies, to put the next one in its place
    """

    subject_id: str
    uses: int
    sealed: bytes
    handle: bytes


@dataclass(frozen=True, slots=True)
class Turned:
    """A person's ratchet, moved on in a unit of work that is not over.

    uses     how often the person was used
    handle   where the state before this one lies
    state    the newest state, in the clear
    seal     gives a state as it is kept; called once, however often the ratchet turned
    """

    subject_id: str
    uses: int
    handle: bytes
    state: bytes = field(repr=False)
    seal: Callable[[bytes, int], bytes] = field(repr=False)

    def sealed(self) -> bytes:
        return self.seal(self.state, self.uses)


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
    """Growing the log; only `handfast.audit` calls this.

    Rows of the log are written at the end of the unit of work, many by one statement, or before anything is read there.
    """

    def __init__(self, database: Database, logged: Callable[[], None]) -> None:
        super().__init__(database)
        self._logged = logged
        self._tree: TreeRow | None = None
        self._sign: Sign | None = None
        self._leaves: list[Record] = []
        self._nodes: list[Record] = []
        self._details: list[Record] = []
        self._turned: dict[str, Turned] = {}

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
        self._write()
        if self._sign is not None:
            self._tree = self._sign(self.tree())
            self._keep(self._tree)

    def leaf(self, n: int) -> LeafRow:
        self._write()
        return super().leaf(n)

    def by_tag(self, tag: str) -> LeafRow | None:
        self._write()
        return super().by_tag(tag)

    def leaves(self, start: int = 0, page: int = 1000) -> Iterator[bytes]:
        self._write()
        return super().leaves(start, page)

    def node(self, level: int, place: int) -> bytes:
        self._write()
        return super().node(level, place)

    def details(self, n: int) -> bytes | None:
        self._write()
        return super().details(n)

    def ratchet(self, subject_id: str) -> RatchetRow | None:
        if subject_id in self._turned:
            self._write()
        return super().ratchet(subject_id)

    def add_leaf(self, leaf: LeafRow) -> None:
        self._leaves.append((leaf.n, leaf.tag, leaf.raw))
        self._logged()

    def add_node(self, level: int, place: int, node: bytes) -> None:
        self._nodes.append((level, place, node))

    def add_details(self, n: int, sealed: bytes) -> None:
        self._details.append((n, sealed))

    def begin_ratchet(self, subject_id: str, sealed: bytes) -> None:
        """Keep a person's first state; Conflict if there is one."""
        sql = "INSERT INTO ratchets (subject_id, uses, sealed) VALUES (?, ?, ?)"
        self._database.execute(sql, (subject_id, 0, Slab(self._database).put(sealed)))

    def turned(self, subject_id: str) -> Turned | None:
        """The state that this unit of work moved a person's ratchet on to, if it did."""
        return self._turned.get(subject_id)

    def turn(self, turned: Turned) -> None:
        """Keep only this state; the one before, which lies at its handle, is overwritten."""
        self._turned[turned.subject_id] = turned

    def add_erasure(self, erasure: Erasure) -> None:
        _ERASURES.insert(self._database, erasure)

    def end_erasure(self, subject_id: str) -> bool:
        """Whether there was one to end."""
        return self._database.execute("DELETE FROM erasures WHERE subject_id = ?", (subject_id,)) == 1

    def _write(self) -> None:
        if self._leaves:
            self._database.fill("INSERT INTO leaves (n, tag, raw) VALUES (?, ?, ?)", self._leaves)
            self._database.fill("INSERT INTO nodes (level, place, hash) VALUES (?, ?, ?)", self._nodes)
        if self._details:
            self._database.fill("INSERT INTO details (n, sealed) VALUES (?, ?)", self._details)
        if self._turned:
            # Of who withdrew in this unit of work there is no row and no slot any more: nothing is written.
            filled = Slab(self._database).filled
            slots = [(filled(turned.sealed()), turned.handle) for turned in self._turned.values()]
            self._database.fill(REPLACE, slots)
            uses = [(turned.uses, turned.subject_id) for turned in self._turned.values()]
            self._database.fill("UPDATE ratchets SET uses = ? WHERE subject_id = ?", uses)
        self._leaves, self._nodes, self._details, self._turned = [], [], [], {}

    def _keep(self, row: TreeRow) -> None:
        sql = (
            "INSERT INTO tree (one, size, last_at, frontier, note, verifier_key) VALUES (1, ?, ?, ?, ?, ?) "
            "ON CONFLICT (one) DO UPDATE SET size = excluded.size, last_at = excluded.last_at, "
            "frontier = excluded.frontier, note = excluded.note, verifier_key = excluded.verifier_key"
        )
        self._database.execute(sql, (row.size, row.last_at, row.frontier, row.note, row.verifier_key))
