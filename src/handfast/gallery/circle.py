"""Everybody with everybody, each pair once: people stand on a circle, and each looks at the half that follows them.

So every search is among as many people as the others, and knows as well as they do what a stranger's score looks like;
an order from first to last would give the first all and the last nobody.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

Circle = NDArray[np.uint64]
HALF = np.uint64(1 << 63)


def place_on_circle(subject_id: str) -> np.uint64:
    """Where somebody stands, by the hash of their random id: 0 to 2**64 - 1, and 0 follows the last."""
    return np.uint64(int.from_bytes(hashlib.blake2b(subject_id.encode(), digest_size=8).digest(), "little"))


def following(subject_id: str, places: Circle) -> NDArray[np.bool_]:
    """Who stands in the half circle from this person on; themselves, and whoever is exactly opposite, too."""
    return places - place_on_circle(subject_id) <= HALF


def looks_at(one: str, other: str) -> bool:
    """Whether it is one's turn to look at the other, and not the other's; never at oneself."""
    here, there = (np.array([place_on_circle(s)]) for s in (one, other))
    if one == other or not following(one, there)[0]:
        return False
    return one < other or not following(other, here)[0]
