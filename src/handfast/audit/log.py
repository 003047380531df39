"""Appending to the log, in the caller's unit of work: the act and its leaf are kept together or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from handfast.audit import merkle, ratchet
from handfast.audit.checkpoint import sign_checkpoint, verifier_key
from handfast.audit.leaf import Leaf, LeafKind, commit, encode_details, to_the_minute
from handfast.audit.nodes import LOWEST_KEPT
from handfast.base.clock import Clock
from handfast.base.errors import NotFound
from handfast.base.randomness import Randomness
from handfast.storage.keys.key_values import PersonKeys, ProgrammeKeys, Signer
from handfast.storage.keys.seal import seal
from handfast.storage.store import Unit
from handfast.storage.tables.leaves import LeafRow, TreeRow, Turned

NONCE_BYTES = 32
_PROGRAMME_DETAILS = "details of an act on nobody"
_NOBODYS_DETAILS = "details of a check on nobody"


@dataclass(frozen=True, slots=True)
class Draft:
    """A leaf without its place and time."""

    kind: str
    programme: str
    actor: str
    tag: str | None
    commitment: str
    consent: str | None


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a leaf's commitment: SHA-256(nonce || details)."""

    nonce: bytes
    details: bytes


@dataclass(frozen=True, slots=True)
class Logged:
    """What was appended.

    raw          the leaf's canonical JSON
    opening      for the person or the caller, who may want to prove it; None where it is not known any more
    """

    n: int
    raw: bytes
    tree: Callable[[], TreeRow] = field(repr=False)
    opening: Opening | None = None

    @property
    def checkpoint(self) -> str:
        """The signed checkpoint of the tree that its unit of work left; RuntimeError before that has ended well."""
        note = self.tree().note
        if not note:
            raise RuntimeError("this unit of work is not over, or it was undone")
        return note


class Log:
    """The one writer of the log.

    verifier_key   the public key for checking its checkpoints, as C2SP signed-note writes it
    """

    def __init__(self, signer: Signer, clock: Clock, randomness: Randomness, origin: str | None = None) -> None:
        self._signer = signer
        self._clock = clock
        self._randomness = randomness
        self.origin = origin or f"handfast-{signer.key_id}"
        self.verifier_key = verifier_key(self.origin, signer.public)

    def begin(self, unit: Unit, person: PersonKeys, first_state: bytes) -> None:
        """Start the person's ratchet at enrolment, from `ratchet.first_state(private code, subject id)`."""
        unit.log.begin_ratchet(person.subject_id, person.seal(first_state, "ratchet", "0"))

    def append_for(
        self,
        unit: Unit,
        person: PersonKeys,
        kind: LeafKind,
        actor: str,
        details: Mapping[str, object],
        consent_hash: bytes | None = None,
    ) -> Logged:
        """One leaf for a use of this person's data; moves their ratchet on."""
        draft, opening, sealed = self.draft_for(unit, person, kind, actor, details, consent_hash)
        logged = self.append_draft(unit, draft, opening)
        unit.log.add_details(logged.n, sealed)
        return logged

    def append(
        self, unit: Unit, programme: ProgrammeKeys, kind: LeafKind, actor: str, details: Mapping[str, object]
    ) -> Logged:
        """One leaf for an act on nobody, such as making a programme."""
        opening = self._opening(details)
        content = opening.nonce + opening.details
        draft = Draft(kind, programme.programme_id, actor, None, commit(opening.nonce, opening.details), None)
        logged = self.append_draft(unit, draft, opening)
        unit.log.add_details(logged.n, programme.seal(content, _PROGRAMME_DETAILS, draft.commitment))
        return logged

    def append_for_nobody(
        self, unit: Unit, programme: ProgrammeKeys, kind: LeafKind, actor: str, details: Mapping[str, object]
    ) -> Logged:
        """One leaf for a check on a reference that nobody stands behind; it cannot be told from a use of somebody's."""
        opening = self._opening(details)
        commitment = commit(opening.nonce, opening.details)
        tag, consent = self._randomness.bytes(32).hex(), self._randomness.bytes(32).hex()
        logged = self.append_draft(unit, Draft(kind, programme.programme_id, actor, tag, commitment, consent))
        unit.log.add_details(logged.n, programme.seal(opening.nonce + opening.details, _NOBODYS_DETAILS, commitment))
        return logged

    def draft_for(
        self,
        unit: Unit,
        person: PersonKeys,
        kind: LeafKind,
        actor: str,
        details: Mapping[str, object],
        consent_hash: bytes | None = None,
    ) -> tuple[Draft, Opening, bytes]:
        """The next leaf of this person, what opens it, and that sealed; moves their ratchet on, appends nothing yet."""
        newest = unit.log.turned(person.subject_id) or _newest(unit, person)
        state = newest.state
        opening = self._opening(details)
        blinded = None if consent_hash is None else commit(opening.nonce, consent_hash)
        commitment = commit(opening.nonce, opening.details)
        draft = Draft(kind, person.programme_id, actor, ratchet.tag(state), commitment, blinded)
        key = person.use_key(ratchet.of_use(state))
        sealed = seal(key, opening.nonce + opening.details, person.programme_id, commitment)
        unit.log.turn(Turned(person.subject_id, newest.uses + 1, newest.handle, ratchet.next_state(state), newest.seal))
        return draft, opening, sealed

    def append_draft(self, unit: Unit, draft: Draft, opening: Opening | None = None) -> Logged:
        """Give a leaf its place and time. The tree is signed once, at the end of the unit of work.

        So no statement is ever signed about a tree that an undone unit of work would have made.
        """
        tree = unit.log.tree()
        # A clock that was set back must not make the log look back-dated.
        at = max(to_the_minute(self._clock.now()), tree.last_at)
        leaf = Leaf(tree.size, at, draft.kind, draft.programme, draft.actor, draft.tag, draft.commitment, draft.consent)
        raw = leaf.encode()
        frontier, nodes = merkle.grow(tree.frontier, tree.size, raw)
        unit.log.add_leaf(LeafRow(leaf.n, leaf.tag, raw))
        for level, place, node in nodes[LOWEST_KEPT:]:
            unit.log.add_node(level, place, node)
        unit.log.grow(TreeRow(tree.size + 1, at, frontier, "", self.verifier_key), self._signed)
        return Logged(leaf.n, raw, unit.log.tree, opening)

    def _signed(self, tree: TreeRow) -> TreeRow:
        note = sign_checkpoint(self.origin, tree.size, merkle.root_of(tree.frontier), self._signer)
        return replace(tree, note=note)

    def _opening(self, details: Mapping[str, object]) -> Opening:
        return Opening(self._randomness.bytes(NONCE_BYTES), encode_details(details))


def _newest(unit: Unit, person: PersonKeys) -> Turned:
    """A person's ratchet as it is kept, opened."""
    row = unit.log.ratchet(person.subject_id)
    if row is None:
        raise NotFound("this person's log was not begun, or has ended")
    state = person.unseal(row.sealed, "ratchet", str(row.uses))
    sealed = partial(_sealed_state, person)
    return Turned(person.subject_id, row.uses, row.handle, state, sealed)


def _sealed_state(person: PersonKeys, state: bytes, uses: int) -> bytes:
    return person.seal(state, "ratchet", str(uses))
