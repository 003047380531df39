"""Policies: what a programme asks for before anyone is accepted. Data, versioned, and shown in plain words.

Why a threshold on the sum bounds the false accept rate: let L be the likelihood ratio that the sum stands for. Over
strangers the mean of L is 1 at most, so by Markov's inequality L >= 1 / FAR happens to at most a share FAR of them.
This needs only that the tables do not overstate a score (hence their floors and ceilings) and that the parts are
independent or scaled down for not being so (see `fuse`). The same argument the other way round bounds how often the
rightful person is told `not_accepted`: the mean of 1 / L over rightful people is 1 at most.
"""

import math
from dataclasses import dataclass

from handfast.base.decision import Assurance
from handfast.base.errors import UnsupportedTarget
from handfast.base.modality import Modality, SampleKind
from handfast.decision.fuse import INDEPENDENT_FINGERS, SYNTHETIC_HAND_LIMIT
from handfast.decision.tables import Basis, Table, Tables

SESSION_KINDS = {Modality.FACE: SampleKind.PORTRAIT, Modality.FINGER: SampleKind.HAND}
"""The kind of sample that a capture session takes of each modality, at enrolment and at a check alike."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one answer of a check must rest on.

    target_far      share of strangers, holding another's card by mistake, that may be accepted in one session
    false_refusal   share of rightful people that may be told `not_accepted`; what lies between is referred
    required        modalities without which nobody is accepted
    attended_only   True if only a check beside an operator can accept
    who_decides     who decides a referred check, in the programme's own words
    """

    id: str
    version: int
    target_far: float
    false_refusal: float
    required: frozenset[Modality]
    attended_only: bool = False
    who_decides: str = "a person at the desk"

    def __post_init__(self) -> None:
        if not 0.0 < self.target_far < 1.0 or not 0.0 < self.false_refusal < 1.0:
            raise ValueError("target rates lie between 0 and 1")
        if not self.required:
            raise ValueError("a policy requires a modality")

    @property
    def name(self) -> str:
        """Id with version, such as "default:1"."""
        return f"{self.id}:{self.version}"

    @property
    def accept_at(self) -> float:
        """The sum of log10 likelihood ratios from which a check may be accepted."""
        return -math.log10(self.target_far)

    @property
    def refuse_at(self) -> float:
        """The sum of log10 likelihood ratios up to which a check is not accepted."""
        return math.log10(self.false_refusal)


DEFAULT_POLICY = Policy(
    id="default",
    version=1,
    target_far=1e-3,
    false_refusal=1e-2,
    required=frozenset({Modality.FACE, Modality.FINGER}),
)


def best_far(required: frozenset[Modality], tables: Tables) -> float:
    """The lowest false accept rate that the tables' ceilings can support for these modalities with one hand shown."""
    return float(10.0 ** -sum(_reach(modality, tables) for modality in required))


def check_supported(policy: Policy, tables: Tables) -> None:
    """Raises UnsupportedTarget if even perfect scores could not reach the policy's target."""
    best = best_far(policy.required, tables)
    if policy.target_far < best:
        raise UnsupportedTarget(
            f"a false accept rate of {policy.target_far:g} was asked for; the calibration of "
            f"{' and '.join(sorted(policy.required))} supports {best:.2g} at best"
        )


def plain_words(policy: Policy, assurance: Assurance) -> tuple[str, ...]:
    """The policy as sentences for those who decide whether to use it, and for those it is used on."""
    sentences = [
        f"Of {_one_in(policy.target_far)} strangers holding someone's card by mistake, about one at most would pass.",
        "This says nothing about a determined attacker or a twin.",
        f"Of {_one_in(policy.false_refusal)} rightful people, about one at most is told that we could not confirm it.",
        f"Whoever is in between is decided by {policy.who_decides}.",
        f"Nobody is accepted without {' and '.join(sorted(policy.required))}.",
    ]
    if assurance is Assurance.SELF:
        sentences.append(
            "Nobody stands by in this check: only an operator can accept."
            if policy.attended_only
            else "Nobody stands by in this check: fingers alone never pass, and every step asked for must be seen."
        )
    return tuple(sentences)


def _reach(modality: Modality, tables: Tables) -> float:
    kind = SESSION_KINDS[modality]
    candidates = tables.for_kinds(kind, kind)
    return min((_most(modality, table) for table in candidates), default=0.0)


def _most(modality: Modality, table: Table) -> float:
    most = table.limits[1]
    if modality is not Modality.FINGER:
        return most
    hand = INDEPENDENT_FINGERS * most
    return min(hand, SYNTHETIC_HAND_LIMIT) if table.basis is Basis.SYNTHETIC else hand


def _one_in(rate: float) -> str:
    return f"{round(1.0 / rate):,}"
