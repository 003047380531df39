"""The decision of one search: face and hand must each support the same person; then the size of the gallery counts.

Let L be the likelihood ratio of one comparison with a stranger: its mean is 1 at most, so by Markov's inequality it
reaches N / FPIR with probability FPIR / N at most, and any of N strangers does so with probability FPIR at most. This
holds however the people were short-listed, since a shortlist only takes people away.

The order of the rules, first match wins:

1. nobody is supported by face and hand on their own      -> not_found, or referred where a part was not searched
2. one such person reaches the threshold, and nobody else does, and everything was searched -> found
3. all else                                               -> referred: a person decides
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from handfast.base.decision import Evidence
from handfast.base.modality import Modality

OWN_SUPPORT = 1.0
"""log10: what face and hand must each say for the same person on their own."""
LEAST_FINGERS = 2
TARGET_FPIR = 1e-2
"""Share of searches for somebody who is not in the gallery that may name anybody."""


class FindOutcome(StrEnum):
    """The only answers of a search."""

    FOUND = "found"
    REFERRED = "referred"
    NOT_FOUND = "not_found"
    NOT_CAPTURED = "not_captured"


@dataclass(frozen=True, slots=True)
class Compared:
    """One person after full comparison: one evidence a modality, and how many fingers were compared."""

    subject_id: str
    evidence: tuple[Evidence, ...]
    fingers: int

    @property
    def supported(self) -> bool:
        """Whether face and hand each support this person on their own."""
        shown = {e.modality: e for e in self.evidence if e.shown}
        both = all(m in shown and shown[m].llr >= OWN_SUPPORT for m in Modality)
        return both and self.fingers >= LEAST_FINGERS

    @property
    def llr(self) -> float:
        """log10 of the likelihood ratio over everything that was shown."""
        return sum(e.llr for e in self.evidence if e.shown)


@dataclass(frozen=True, slots=True)
class FindDecision:
    """An outcome with its reasons; only `outcome`, `trial` and `fpir` may be told, and who was found.

    fpir       the bound on false positives that the outcome keeps, at this gallery's size
    complete   False where a part of the gallery could not be searched
    """

    outcome: FindOutcome
    subject_id: str | None
    fpir: float
    complete: bool
    trial: bool


def decide_find(
    compared: Sequence[Compared], searched: int, *, fpir: float = TARGET_FPIR, complete: bool, live: bool
) -> FindDecision:
    """What one search answers. `searched` people were looked at; `live` once the programme passed its gate."""
    supported = [person for person in compared if person.supported]
    strong = [person for person in supported if person.llr >= threshold(searched, fpir)]
    trial = not live or any(e.provisional for person in supported for e in person.evidence)
    if not supported:
        outcome = FindOutcome.NOT_FOUND if complete else FindOutcome.REFERRED
    elif len(strong) == 1 and len(supported) == 1 and complete:
        outcome = FindOutcome.FOUND
    else:
        outcome = FindOutcome.REFERRED
    who = strong[0].subject_id if outcome is FindOutcome.FOUND else None
    return FindDecision(outcome, who, fpir, complete, trial)


def threshold(searched: int, fpir: float) -> float:
    """log10 of the ratio from which a person is named among so many, so that FPIR stays below the target."""
    return math.log10(max(searched, 1) / fpir)
