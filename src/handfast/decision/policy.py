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

    A transaction is all that one person does to be checked once: up to `attempts` sessions, each with its retakes and
    the best of several references (the tables are fitted on that), and a person's decision where one is referred.

    target_far       share of strangers, holding another's card by mistake, that may be accepted in one transaction
    false_refusal    share of rightful people that may be told `not_accepted`; what lies between is referred
    required         modalities without which nobody is accepted
    attended_only    True if only a check beside an operator can accept
    vouched          True if an operator may vouch for who cannot follow the steps of the challenge
    who_decides      who decides a referred check, in the programme's own words
    attempts         sessions of one transaction; from there on each further one costs a pause that grows
    operator_tries   sessions of one desk in a day that may end without `accepted` before its pauses grow too
    target_frr       share of rightful people that may be asked again, referred or refused; measured at the gate
    target_fta       share of captures that may fail; measured at the gate
    referred_far     share of strangers whom the person who decides would accept, as the programme states it and the
                     target counts it; None where nobody knows, which the plain words then say
    """

    id: str
    version: int
    target_far: float
    false_refusal: float
    required: frozenset[Modality]
    attended_only: bool = False
    vouched: bool = False
    who_decides: str = "a person at the desk"
    attempts: int = 3
    operator_tries: int = 30
    target_frr: float = 0.1
    target_fta: float = 0.1
    referred_far: float | None = None

    def __post_init__(self) -> None:
        rates = (self.target_far, self.false_refusal, self.target_frr, self.target_fta)
        if not all(0.0 < rate < 1.0 for rate in rates):
            raise ValueError("target rates lie between 0 and 1")
        if self.referred_far is not None and not 0.0 <= self.referred_far < self.target_far:
            raise ValueError("strangers whom a person accepts must leave something of the target rate")
        if min(self.attempts, self.operator_tries, self.version) < 1:
            raise ValueError("attempts, operator_tries and version are 1 or more")
        if not self.required:
            raise ValueError("a policy requires a modality")

    @property
    def name(self) -> str:
        """Id with version, such as "default:1"."""
        return f"{self.id}:{self.version}"

    @property
    def session_far(self) -> float:
        """What the target leaves to one session: the rest after who decides, shared among the attempts."""
        return (self.target_far - (self.referred_far or 0.0)) / self.attempts

    @property
    def accept_at(self) -> float:
        """The sum of log10 likelihood ratios from which a check may be accepted."""
        return -math.log10(self.session_far)

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
    """The lowest FAR of one session that the tables' ceilings can support for these modalities, one hand shown."""
    return float(10.0 ** -sum(_reach(modality, tables)[1] for modality in required))


def check_supported(policy: Policy, tables: Tables) -> None:
    """Raises UnsupportedTarget, with what could be asked for, where the calibration cannot support a target.

    The ceilings bound the false accept rate and the floors the false refusals. No share of rightful people below 3 / P
    can be told from tables that were fitted on P people (rule of 3, ISO/IEC 19795-1).
    """
    of = f"the calibration of {' and '.join(sorted(policy.required))} supports"
    best = best_far(policy.required, tables)
    if policy.session_far < best:
        least = best * policy.attempts + (policy.referred_far or 0.0)
        raise UnsupportedTarget(f"a false accept rate of {policy.target_far:g} was asked for; {of} {least:.2g} at best")
    lowest = float(10.0 ** sum(_reach(modality, tables)[0] for modality in policy.required))
    if policy.false_refusal < lowest:
        raise UnsupportedTarget(f"a false refusal of {policy.false_refusal:g} was asked for; {of} {lowest:.2g} at best")
    people = min(_people(modality, tables) for modality in policy.required)
    if policy.target_frr < 3.0 / people:
        raise UnsupportedTarget(
            f"a false rejection rate of {policy.target_frr:g} was asked for; {of} {3.0 / people:.2g} at best, being "
            f"fitted on {people} people"
        )


def plain_words(policy: Policy, assurance: Assurance) -> tuple[str, ...]:
    """The policy as sentences for those who decide whether to use it, and for those it is used on."""
    tries = "in one try" if policy.attempts == 1 else f"in up to {policy.attempts} tries"
    sentences = [
        f"Of {one_in(policy.target_far):,} strangers holding someone's card by mistake, one at most passes {tries}.",
        "This says nothing about a determined attacker or a twin.",
        f"Of {one_in(policy.target_frr):,} rightful people, about one is asked to try again or referred.",
        f"Of {one_in(policy.false_refusal):,} rightful people, about one at most is told that we could not confirm it.",
        f"Whoever is in between is decided by {policy.who_decides}.",
        "How often that decision is wrong is not in these figures."
        if policy.referred_far is None
        else "Strangers whom that decision lets pass are in the first figure.",
        f"Nobody is accepted without {' and '.join(sorted(policy.required))}.",
    ]
    if assurance is Assurance.SELF:
        sentences.append(
            "Nobody stands by in this check: only an operator can accept."
            if policy.attended_only
            else "Nobody stands by in this check: fingers alone never pass, and every step asked for must be seen."
        )
    elif policy.vouched:
        sentences.append("Who cannot follow the steps may pass if the operator beside them vouches for them.")
    return tuple(sentences)


def one_in(rate: float) -> int:
    """How many people there is one among, at this rate."""
    return round(1.0 / rate)


def _reach(modality: Modality, tables: Tables) -> tuple[float, float]:
    """(least, most) that a modality can be worth, by the narrowest table of its kind."""
    kind = SESSION_KINDS[modality]
    limits = [_limits(modality, table) for table in tables.for_kinds(kind, kind)]
    return max((low for low, _ in limits), default=0.0), min((high for _, high in limits), default=0.0)


def _limits(modality: Modality, table: Table) -> tuple[float, float]:
    least, most = table.limits
    if modality is not Modality.FINGER:
        return least, most
    cut = SYNTHETIC_HAND_LIMIT if table.basis is Basis.SYNTHETIC else math.inf
    return max(INDEPENDENT_FINGERS * least, -cut), min(INDEPENDENT_FINGERS * most, cut)


def _people(modality: Modality, tables: Tables) -> int:
    kind = SESSION_KINDS[modality]
    return min((table.counts.get("people", 0) or 1 for table in tables.for_kinds(kind, kind)), default=1)
