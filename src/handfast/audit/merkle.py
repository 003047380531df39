"""The Merkle tree of RFC 6962, section 2.1, over a store of complete subtrees; pure functions.

A node (level, place) covers the 2**level leaves from place * 2**level on.
"""

import hashlib
from collections.abc import Callable

HASH_BYTES = 32
ReadNode = Callable[[int, int], bytes]
Node = tuple[int, int, bytes]


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(frontier: bytes, size: int, leaf: bytes) -> tuple[bytes, tuple[Node, ...]]:
    """Add a leaf to a tree of `size` leaves: the new frontier, and the nodes that became complete.

    frontier   hashes of the complete subtrees, largest first, 32 bytes each: one per set bit of size
    """
    node = leaf_hash(leaf)
    nodes = [(0, size, node)]
    level, place, kept = 0, size, len(frontier)
    while place & 1:
        node = node_hash(frontier[kept - HASH_BYTES : kept], node)
        level, place, kept = level + 1, place >> 1, kept - HASH_BYTES
        nodes.append((level, place, node))
    return frontier[:kept] + node, tuple(nodes)


def root_of(frontier: bytes) -> bytes:
    """The root hash of the tree with this frontier."""
    peaks = [frontier[i : i + HASH_BYTES] for i in range(0, len(frontier), HASH_BYTES)]
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks.pop()
    while peaks:
        root = node_hash(peaks.pop(), root)
    return root


def root(read: ReadNode, size: int) -> bytes:
    """The root hash of the first `size` leaves."""
    return hashlib.sha256(b"").digest() if size == 0 else _subtree(read, 0, size)


def inclusion(read: ReadNode, n: int, size: int) -> tuple[bytes, ...]:
    """The proof that leaf n is in the tree of the first `size` leaves."""
    if not 0 <= n < size:
        raise ValueError(f"leaf {n} is not in a tree of {size}")
    return tuple(_path(read, n, 0, size))


def consistency(read: ReadNode, old: int, new: int) -> tuple[bytes, ...]:
    """The proof that the tree of `new` leaves continues the tree of `old`."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} does not continue one of {old}")
    return tuple(_subproof(read, old, 0, new, complete=True))


def _subtree(read: ReadNode, start: int, end: int) -> bytes:
    width = end - start
    if width & (width - 1) == 0 and start % width == 0:
        return read(width.bit_length() - 1, start // width)
    middle = start + _split(width)
    return node_hash(_subtree(read, start, middle), _subtree(read, middle, end))


def _path(read: ReadNode, n: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if n < middle:
        return [*_path(read, n, start, middle), _subtree(read, middle, end)]
    return [*_path(read, n, middle, end), _subtree(read, start, middle)]


def _subproof(read: ReadNode, old: int, start: int, end: int, *, complete: bool) -> list[bytes]:
    if old == end:
        return [] if complete else [_subtree(read, start, end)]
    middle = start + _split(end - start)
    if old <= middle:
        return [*_subproof(read, old, start, middle, complete=complete), _subtree(read, middle, end)]
    return [*_subproof(read, old, middle, end, complete=False), _subtree(read, start, middle)]


def _split(width: int) -> int:
    """The largest power of two below width."""
    return 1 << ((width - 1).bit_length() - 1)
