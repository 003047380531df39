"""An independent reader of the log: it shares no code with the writer and trusts nothing but a public key.

RFC 6962 for the tree, RFC 9162 section 2.1 for checking proofs, C2SP signed-note and tlog-checkpoint for statements.
Everything here returns what was verified or raises LogBroken with the reason.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from handfast.base.errors import LogBroken

_LEAF_KEYS = {"n", "at", "kind", "programme", "actor", "tag", "commitment", "consent"}
_MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")
_NUMBER = re.compile(r"0|[1-9]\d{0,17}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A verified statement: the log called `origin` had this many leaves and this root hash."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """A log that agrees with itself and with every anchor; `anchors` are their sizes."""

    checkpoint: Checkpoint
    last_at: str
    anchors: tuple[int, ...]


def verify_log(leaves: Iterable[bytes], note: str, anchors: Sequence[str], *, expected_key: str) -> Verified:
    """Check a whole log against its newest checkpoint and against checkpoints that were taken away before."""
    # 1 Every statement is signed by the key we trust.
    newest = read_checkpoint(note, expected_key=expected_key)
    old = [read_checkpoint(anchor, expected_key=expected_key) for anchor in anchors]
    # 2 Nothing that was signed before is longer than what is there now.
    for anchor in old:
        if anchor.size > newest.size:
            raise LogBroken(f"rolled back: {newest.size} leaves now, an anchor signed {anchor.size}")
    # 3 Leaves are whole, follow each other in place and in time.
    reader = _Leaves(leaves)
    # 4 The trees that they make have the roots that were signed.
    roots = _roots(reader, {newest.size, *(anchor.size for anchor in old)})
    if reader.count != newest.size:
        raise LogBroken(f"{reader.count} leaves, but the checkpoint signs {newest.size}")
    for statement in (*old, newest):
        if roots[statement.size] != statement.root:
            raise LogBroken(f"the first {statement.size} leaves are not those that were signed: changed or forked")
    return Verified(newest, reader.last_at, tuple(anchor.size for anchor in old))


def read_checkpoint(note: str, *, expected_key: str) -> Checkpoint:
    """A checkpoint that this key signed; a bare statement without a good signature is none."""
    name, key_hash, public = _read_key(expected_key)
    text, blank, signatures = note.partition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise LogBroken("not a signed checkpoint")
    text += "\n"
    if not any(_signed(line, text, name, key_hash, public) for line in signatures[:-1].split("\n")):
        raise LogBroken(f"no good signature of {name} on this checkpoint")
    lines = text.split("\n")
    if len(lines) < 4 or lines[0] != name or not _NUMBER.fullmatch(lines[1]):
        raise LogBroken("a signed note, but not a checkpoint of this log")
    root = _decode(lines[2])
    if len(root) != 32:
        raise LogBroken("a checkpoint whose root is not a SHA-256 hash")
    return Checkpoint(name, int(lines[1]), root)


def verify_inclusion(raw: bytes, n: int, hashes: Sequence[bytes], checkpoint: Checkpoint) -> None:
    """Leaf `raw` stands at place n of the tree of this checkpoint (RFC 9162, 2.1.3.2)."""
    if not 0 <= n < checkpoint.size:
        raise LogBroken(f"leaf {n} is not within a log of {checkpoint.size}")
    place, last, node = n, checkpoint.size - 1, _leaf(raw)
    for sibling in hashes:
        if last == 0:
            raise LogBroken("the proof is too long")
        if place & 1 or place == last:
            node = _node(sibling, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = _node(node, sibling)
        place, last = place >> 1, last >> 1
    if last or node != checkpoint.root:
        raise LogBroken(f"leaf {n} is not in this log")


def verify_consistency(old: Checkpoint, new: Checkpoint, hashes: Sequence[bytes]) -> None:
    """The newer log continues the older one (RFC 9162, 2.1.4.2)."""
    if not 0 < old.size <= new.size:
        raise LogBroken(f"a log of {new.size} does not continue one of {old.size}")
    if old.size == new.size:
        if hashes or old.root != new.root:
            raise LogBroken("two logs of one size that differ: forked")
        return
    path = [old.root, *hashes] if old.size & (old.size - 1) == 0 else list(hashes)
    if not path:
        raise LogBroken("the proof is too short")
    place, last = old.size - 1, new.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise LogBroken("the proof is too long")
        if place & 1 or place == last:
            before, after = _node(sibling, before), _node(sibling, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = _node(after, sibling)
        place, last = place >> 1, last >> 1
    if last or before != old.root or after != new.root:
        raise LogBroken("the newer log does not continue the older one: forked")


class _Leaves:
    """Reads leaves, checking each one as it comes."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self._leaves = leaves
        self.count = 0
        self.last_at = ""

    def __iter__(self) -> Iterator[bytes]:
        for raw in self._leaves:
            leaf = self._parse(raw)
            if leaf["n"] != self.count:
                raise LogBroken(f"gap: leaf {leaf['n']!r} stands at place {self.count}")
            at = str(leaf["at"])
            if not _MINUTE.fullmatch(at) or at < self.last_at:
                raise LogBroken(f"leaf {self.count} is back-dated: {at} after {self.last_at}")
            self.count, self.last_at = self.count + 1, at
            yield raw

    def _parse(self, raw: bytes) -> dict[str, object]:
        try:
            leaf = json.loads(raw)
            again = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        except ValueError as error:
            raise LogBroken(f"leaf {self.count} is not JSON") from error
        if not isinstance(leaf, dict) or set(leaf) != _LEAF_KEYS or again != raw or type(leaf["n"]) is not int:
            raise LogBroken(f"leaf {self.count} does not have the form of a leaf")
        return leaf


def _roots(leaves: Iterable[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root hash after each of these numbers of leaves, in one pass."""
    roots = {0: hashlib.sha256(b"").digest()} if 0 in sizes else {}
    peaks: list[tuple[int, bytes]] = []  # (leaves under it, hash), largest first
    for count, raw in enumerate(leaves, start=1):
        width, node = 1, _leaf(raw)
        while peaks and peaks[-1][0] == width:
            node = _node(peaks.pop()[1], node)
            width *= 2
        peaks.append((width, node))
        if count in sizes:
            roots[count] = _fold(peaks)
    return roots


def _fold(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    root = peaks[-1][1]
    for _, peak in reversed(peaks[:-1]):
        root = _node(peak, root)
    return root


def _signed(line: str, text: str, name: str, key_hash: bytes, public: Ed25519PublicKey) -> bool:
    dash, _, rest = line.partition(" ")
    signer, _, encoded = rest.partition(" ")
    if dash != "—" or signer != name:
        return False
    blob = _decode(encoded)
    try:
        public.verify(blob[4:], text.encode())
    except InvalidSignature:
        return False
    return blob[:4] == key_hash


def _read_key(verifier_key: str) -> tuple[str, bytes, Ed25519PublicKey]:
    name, _, rest = verifier_key.partition("+")
    key_hash, _, encoded = rest.partition("+")
    blob = _decode(encoded)
    expected = hashlib.sha256(f"{name}\n".encode() + blob).digest()[:4]
    if not name or len(blob) != 33 or blob[0] != 1 or key_hash != expected.hex():
        raise LogBroken("not a public key of a log")
    return name, expected, Ed25519PublicKey.from_public_bytes(blob[1:])


def _decode(text: str) -> bytes:
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise LogBroken("not base64") from error
    if base64.b64encode(blob).decode() != text:
        raise LogBroken("base64 that was changed without changing what it says")
    return blob


def _leaf(raw: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + raw).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
