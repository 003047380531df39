"""Who learns from answers alone: tries probes against one reference and sees nothing but the outcome of each.

Embeddings are points on a sphere of 128 dimensions. What is measured is how near to the reference the attacker's best
guess lies after so many tries, beside one who only draws at random. Limits on tries are off.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handfast.base.decision import Assurance, Evidence, Outcome
from handfast.base.modality import Modality, SampleKind
from handfast.decision.decide import decide, public
from handfast.decision.policy import DEFAULT_POLICY
from handfast.decision.tables import load_tables

DIMENSIONS = 128
FINGERS = (None, -2.0, -1.5, -1.0, 0.0, 1.0, 2.0)
"""What the fingers that are shown beside the face are worth, log10; None where none are shown."""
RANK = {Outcome.NOT_ACCEPTED: 0, Outcome.NOT_CAPTURED: 1, Outcome.REFERRED: 2, Outcome.ACCEPTED: 3}

Vector = NDArray[np.float64]
Ask = Callable[[Vector], int]
Strategy = Callable[[Ask, int, np.random.Generator], Vector]


def shipped(fingers: float | None) -> Callable[[float], int]:
    """From the cosine of a probe to the rank of what the default policy answers by the shipped face table."""
    table = load_tables().by_key["sface-cosine:1", SampleKind.PORTRAIT, SampleKind.PORTRAIT]
    finger = _shown(Modality.FINGER, fingers or 0.0, shown=fingers is not None)

    def answer(cosine: float) -> int:
        face = _shown(Modality.FACE, table.llr(cosine).llr)
        told = public(decide(DEFAULT_POLICY, (face, finger), Assurance.ATTENDED))
        return RANK[Outcome(str(told["outcome"]))]

    return answer


def _shown(modality: Modality, llr: float, *, shown: bool = True) -> Evidence:
    return Evidence(modality, llr, shown=shown, live=True, quality=80.0, provisional=False)


def unit(vector: Vector) -> Vector:
    """The point of the sphere in this direction."""
    return np.asarray(vector / np.linalg.norm(vector))


def at_random(ask: Ask, tries: int, rng: np.random.Generator) -> Vector:
    """Draw, and keep the best answer; the last of equals."""
    best = unit(rng.normal(size=DIMENSIONS))
    rank = ask(best)
    for _ in range(tries - 1):
        probe = unit(rng.normal(size=DIMENSIONS))
        if (found := ask(probe)) >= rank:
            best, rank = probe, found
    return best


def boundary(ask: Ask, tries: int, rng: np.random.Generator) -> Vector:
    """Look for two answers, walk to the line between them, learn its direction by small steps (HopSkipJump)."""
    low = high = unit(rng.normal(size=DIMENSIONS))
    rank, left = ask(high), tries - 1
    while left > tries // 3:  # until an answer changes
        probe, left = unit(rng.normal(size=DIMENSIONS)), left - 1
        if (found := ask(probe)) != rank:
            low, high = (probe, high) if found < rank else (high, probe)
            rank = max(rank, found)
            break
        low = probe
    else:
        return low
    for _ in range(min(left, 10)):
        middle, left = unit(low + high), left - 1
        low, high = (low, middle) if ask(middle) >= rank else (middle, high)
    steps = rng.normal(size=(left, DIMENSIONS))
    signs = np.array([1.0 if ask(unit(high + 0.1 * unit(step))) >= rank else -1.0 for step in steps])
    return unit((signs - signs.mean()) @ steps + 1e-9 * high)


def evolution(ask: Ask, tries: int, rng: np.random.Generator) -> Vector:
    """Twenty children a generation, the five with the best answers make the next; chance among equals."""
    mean = unit(rng.normal(size=DIMENSIONS))
    for _ in range(tries // 20):
        children = [unit(mean + 0.5 * unit(rng.normal(size=DIMENSIONS))) for _ in range(20)]
        order = sorted(range(20), key=lambda n: (-ask(children[n]), rng.random()))
        mean = unit(np.mean([children[n] for n in order[:5]], axis=0))
    return mean


STRATEGIES: dict[str, Strategy] = {"boundary": boundary, "evolution": evolution}


@dataclass(frozen=True, slots=True)
class Result:
    """Median cosine to the reference over attackers, of theirs and of as many random draws."""

    attacker: float
    random: float
    runs: int

    @property
    def learned(self) -> bool:
        """True if the attackers' median lies above the random one by more than chance: 3 standard errors of both."""
        error = np.sqrt(np.pi / 2 / self.runs / DIMENSIONS)
        return bool(self.attacker > self.random + 3.0 * np.sqrt(2.0) * error)


def attack(strategy: Strategy, answer: Callable[[float], int], *, runs: int, tries: int, seed: int) -> Result:
    """So many attackers, each against a reference of their own."""
    medians = [
        float(np.median([_one(chosen, answer, tries, np.random.default_rng([seed, n, which])) for n in range(runs)]))
        for which, chosen in enumerate((strategy, at_random))
    ]
    return Result(medians[0], medians[1], runs)


def _one(strategy: Strategy, answer: Callable[[float], int], tries: int, rng: np.random.Generator) -> float:
    reference = unit(rng.normal(size=DIMENSIONS))
    asked = 0

    def ask(probe: Vector) -> int:
        nonlocal asked
        asked += 1
        assert asked <= tries
        return answer(float(reference @ probe))

    return float(reference @ strategy(ask, tries, rng))
