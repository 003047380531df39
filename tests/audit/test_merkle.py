"""The tree against the published vectors of RFC 6962 and against the independent reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.audit import merkle
from handfast.audit.verify import Checkpoint, verify_consistency, verify_inclusion
from handfast.base.errors import LogBroken

# Leaves and roots of the certificate-transparency reference implementation (merkle_tree_test.cc).
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Tree:
    """A tree in memory."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self.frontier = b""
        self.nodes: dict[tuple[int, int], bytes] = {}
        for size, leaf in enumerate(leaves):
            self.frontier, nodes = merkle.grow(self.frontier, size, leaf)
            self.nodes.update({(level, place): node for level, place, node in nodes})

    def read(self, level: int, place: int) -> bytes:
        return self.nodes[level, place]

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint("log", size, merkle.root(self.read, size))


sizes = st.integers(1, 70)


def tree_of(size: int) -> Tree:
    return Tree([f"leaf {n}".encode() for n in range(size)])


def test_the_roots_are_those_of_the_reference_implementation() -> None:
    tree = Tree([bytes.fromhex(leaf) for leaf in LEAVES])
    assert [merkle.root(tree.read, size).hex() for size in range(1, 9)] == ROOTS


@given(sizes)
def test_the_frontier_gives_the_same_root_as_the_nodes(size: int) -> None:
    tree = tree_of(size)
    assert merkle.root_of(tree.frontier) == merkle.root(tree.read, size)


@given(sizes, st.data())
def test_every_leaf_is_proved_and_only_in_its_place(size: int, data: st.DataObject) -> None:
    tree = tree_of(size)
    n = data.draw(st.integers(0, size - 1))
    hashes = merkle.inclusion(tree.read, n, size)
    verify_inclusion(tree.leaves[n], n, hashes, tree.checkpoint(size))
    for other in {0, n - 1, n + 1, size - 1} - {n}:
        with pytest.raises(LogBroken):
            verify_inclusion(tree.leaves[n], other, hashes, tree.checkpoint(size))
    with pytest.raises(LogBroken):
        verify_inclusion(tree.leaves[n] + b"x", n, hashes, tree.checkpoint(size))
    with pytest.raises(LogBroken):
        verify_inclusion(tree.leaves[n], n, [*hashes, bytes(32)], tree.checkpoint(size))


@given(sizes, st.data())
def test_a_longer_log_is_proved_to_continue_a_shorter_one(new: int, data: st.DataObject) -> None:
    tree = tree_of(new)
    old = data.draw(st.integers(1, new))
    hashes = merkle.consistency(tree.read, old, new)
    verify_consistency(tree.checkpoint(old), tree.checkpoint(new), hashes)
    forked = Tree([b"other", *tree.leaves[1:]])
    with pytest.raises(LogBroken):
        verify_consistency(tree.checkpoint(old), forked.checkpoint(new), hashes)
    with pytest.raises(LogBroken):
        verify_consistency(forked.checkpoint(old), tree.checkpoint(new), hashes)
    with pytest.raises(LogBroken):
        verify_consistency(tree.checkpoint(old), tree.checkpoint(new), [*hashes, bytes(32)])


def test_a_proof_of_nothing_cannot_be_asked_for() -> None:
    tree = tree_of(3)
    with pytest.raises(ValueError, match="not in a tree"):
        merkle.inclusion(tree.read, 3, 3)
    with pytest.raises(ValueError, match="does not continue"):
        merkle.consistency(tree.read, 0, 3)
    with pytest.raises(LogBroken):
        verify_consistency(Checkpoint("log", 0, b""), tree.checkpoint(3), [])
