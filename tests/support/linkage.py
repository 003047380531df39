"""Linking two programmes by what they hold: the measure of Gomez-Barrero et al. 2018, and an attack with known pairs.

"General framework to evaluate unlinkability in biometric template protection systems", IEEE TIFS 13(6). With LR(s) the
ratio of the densities of linkage scores of one person and of two people, D(s) = max(0, 2 LR / (1 + LR) - 1) where both
are as likely beforehand, and D_sys is its mean over scores of one person: 0 unlinkable, 1 fully linkable.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.gallery.transform import KeyedTransform

Vectors = NDArray[np.float64]
BINS = 20


@dataclass(frozen=True, slots=True)
class Spread:
    """How embeddings lie: their mean, and factors of the covariance between people and between takes of one."""

    mean: NDArray[np.float64]
    between: Vectors
    within: Vectors


def plain_spread(dimension: int = 128, mated: float = 0.7) -> Spread:
    """People everywhere alike, two takes of one at a cosine of about `mated`."""
    identity = np.eye(dimension) / np.sqrt(dimension)
    return Spread(np.zeros(dimension), np.sqrt(mated) * identity, np.sqrt(1 - mated) * identity)


def measured_spread(people: list[Vectors]) -> Spread:
    """The spread of real embeddings, one (takes, dimension) array a person."""
    means = np.array([takes.mean(axis=0) for takes in people])
    within = np.concatenate([takes - takes.mean(axis=0) for takes in people])
    freedom = len(within) - len(people)
    between = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)
    inside = np.linalg.svd(within, full_matrices=False)
    return Spread(
        means.mean(axis=0),
        (between[1] / np.sqrt(len(people) - 1))[:, None] * between[2],
        (inside[1] / np.sqrt(freedom))[:, None] * inside[2],
    )


def simulated(spread: Spread, people: int, takes: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Unit vectors (takes, people, dimension) of people who do not exist."""
    who = spread.mean + chance.standard_normal((people, len(spread.between))) @ spread.between
    noise = chance.standard_normal((takes, people, len(spread.within))) @ spread.within
    vectors = who + noise
    return np.asarray(vectors / np.linalg.norm(vectors, axis=2, keepdims=True))


def turned(vectors: Vectors, programme: bytes, *, per_person: bool) -> Vectors:
    """The vectors as a programme holds them, under the transform of each person or of the programme."""
    shared = KeyedTransform(programme * 32)
    rows = []
    for number, vector in enumerate(vectors):
        transform = KeyedTransform((programme + number.to_bytes(4)).ljust(32, b"k")) if per_person else shared
        rows.append(np.frombuffer(transform.turn(vector.astype("<f4").tobytes()), "<f4"))
    return np.array(rows, np.float64)


def d_sys(one: Vectors, other: Vectors) -> float:
    """How far the cosine links row i of one programme to row i of the other."""
    scores = one @ other.T
    mated, non_mated = np.diag(scores), scores[~np.eye(len(scores), dtype=bool)]
    edges = np.quantile(np.concatenate([mated, non_mated]), np.linspace(0, 1, BINS + 1)[1:-1])
    edges = np.union1d(edges, np.quantile(mated, np.linspace(0, 1, BINS + 1)[1:-1]))
    p = np.bincount(np.digitize(mated, edges), minlength=len(edges) + 1) / len(mated)
    q = np.bincount(np.digitize(non_mated, edges), minlength=len(edges) + 1) / len(non_mated)
    share = p / np.maximum(p + q, 1e-12)
    return float(np.sum(p * np.maximum(0.0, 2 * share - 1)))


def known_pairs(one: Vectors, other: Vectors, known: int, rounds: int = 20) -> float:
    """Rank-1 rate among everyone else of who fits the best orthonormal map to known pairs, in multiples of chance.

    The mean over so many choices of whom is known: by chance one person in each is hit.
    """
    hits = 0
    for seed in range(rounds):
        order = np.random.default_rng(seed).permutation(len(one))
        seen, rest = order[:known], order[known:]
        left, _, right = np.linalg.svd(one[seen].T @ other[seen])
        scores = one[rest] @ (left @ right) @ other[rest].T
        hits += int(np.sum(scores.argmax(axis=1) == np.arange(len(rest))))
    return hits / rounds
