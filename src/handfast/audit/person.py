"""What the holder of a private code sees: every use of their data in order, with its proof, and what is missing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from handfast.audit import merkle, ratchet
from handfast.audit.leaf import commit
from handfast.audit.log import NONCE_BYTES
from handfast.audit.nodes import Nodes
from handfast.base.errors import SealBroken
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.keys.seal import unseal
from handfast.storage.store import Reader
from handfast.storage.tables.leaves import LeafRow

LOOK_AHEAD = 8  # tags looked for after the last use that the server admits to


@dataclass(frozen=True, slots=True)
class Use:
    """One use.

    i                which use of this person, from 0
    n, raw           its leaf in the log
    nonce, details   what opens the leaf's commitment; empty if it does not open
    hashes           the inclusion proof in the tree of the view's checkpoint
    """

    i: int
    n: int
    raw: bytes
    nonce: bytes
    details: Mapping[str, object]
    hashes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class PersonView:
    """All uses.

    gaps         which uses have no leaf, or one that does not open
    complete     no gaps, and the server's counter and ratchet are where the private code says they should be
    checkpoint   the signed checkpoint that the proofs are for
    """

    uses: tuple[Use, ...]
    gaps: tuple[int, ...]
    complete: bool
    checkpoint: str


def view(reader: Reader, person: PersonKeys, code: bytes) -> PersonView:
    """Every use of a person's data, found from the secret of their private code."""
    tree, nodes = reader.log.tree(), Nodes(reader.log)
    kept = reader.log.ratchet(person.subject_id)
    admitted = kept.uses if kept else 0
    state = ratchet.first_state(code, person.subject_id)
    uses: list[Use] = []
    gaps: list[int] = []
    reached, in_step = 0, False
    for i in range(admitted + LOOK_AHEAD):
        if i == admitted and kept:
            in_step = person.unseal(kept.sealed, "ratchet", str(kept.uses)) == state
        row = reader.log.by_tag(ratchet.tag(state))
        if row is not None:
            hashes = merkle.inclusion(nodes, row.n, tree.size)
            uses.append(_use(reader, person, state, i, row, hashes))
            reached = i + 1
        if (row is None and i < admitted) or (row is not None and not uses[-1].nonce):
            gaps.append(i)
        state = ratchet.next_state(state)
    complete = not gaps and in_step and reached == admitted
    return PersonView(tuple(uses), tuple(gaps), complete, tree.note)


def _use(reader: Reader, person: PersonKeys, state: bytes, i: int, row: LeafRow, hashes: tuple[bytes, ...]) -> Use:
    commitment = str(json.loads(row.raw)["commitment"])
    key = person.use_key(ratchet.of_use(state))
    try:
        opened = unseal(key, reader.log.details(row.n) or b"", person.programme_id, commitment)
    except SealBroken:
        return Use(i, row.n, row.raw, b"", {}, hashes)
    nonce, content = opened[:NONCE_BYTES], opened[NONCE_BYTES:]
    if commit(nonce, content) != commitment:
        return Use(i, row.n, row.raw, b"", {}, hashes)
    return Use(i, row.n, row.raw, nonce, json.loads(content), hashes)
