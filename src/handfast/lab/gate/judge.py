"""The go-live gate: do a site's own data contradict the policy, or the tables that it rests on?

Every question is one-sided at 95 %: the data contradict a limit where the lower bound of the rate lies above it. Bounds
are exact ones on as many independent trials as the clustered ones are worth (see `differentials`). Several thresholds
of one table share the 5 % (Bonferroni). Fewer than 50 people contradict nothing and support nothing: no evidence.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.base.modality import SampleKind
from handfast.decision.gate import Check, Finding
from handfast.decision.policy import Policy
from handfast.decision.tables import Table
from handfast.lab.gate.groups import People
from handfast.lab.gate.transactions import Transactions
from handfast.lab.rates.differentials import FEWEST, Trials, clustered_interval
from handfast.lab.rates.intervals import FEWEST_PEOPLE
from handfast.lab.ratios import Ratios
from handfast.lab.runs import Run

RATIOS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)  # log10, where a table's promise is put to the test
MOST_ABOVE = 1.25  # of a group's rate over everybody's
ALPHA = 0.05


def table_checks(table: Table, ratios: Ratios, kind: SampleKind) -> list[Check]:
    """Does a ratio of 1 : x happen to at most a share x of strangers, and turned round of rightful people?"""
    least, most = table.limits
    found = []
    for mated, sign, limit in ((False, 1.0, most), (True, -1.0, -least)):
        asked = [ratio for ratio in RATIOS if ratio <= limit + 1e-9]
        which = ratios.mated == mated
        whom = "rightful people" if mated else "strangers"
        for ratio in asked:
            over = sign * ratios.llr[which] >= ratio
            trials = Trials(over, ratios.left[which], ratios.right[which])
            name = f"{table.id}, {kind}: {whom} beyond a ratio of 10^{sign * ratio:+g}"
            found.append(check(name, trials, 10.0**-ratio, shared=len(asked)))
    return found


def policy_checks(policy: Policy, made: Transactions) -> list[Check]:
    """FAR of whole transactions, refusals, and how often the first session is not accepted, against the policy."""
    strangers, own = ~made.mated, made.mated
    allowed = policy.target_far - (policy.referred_far or 0.0)
    accepted, refused = made.best >= policy.accept_at, made.first <= policy.refuse_at
    return [
        check("strangers accepted in a transaction", _trials(accepted, made, strangers), allowed),
        check("rightful people refused in a session", _trials(refused, made, own), policy.false_refusal),
        check(
            "rightful people asked again, referred or refused",
            _trials(made.first < policy.accept_at, made, own),
            policy.target_frr,
        ),
    ]


def acquisition_check(policy: Policy, run: Run, people: Sequence[str]) -> Check:
    """Share of captures that gave no template at all."""
    return check(f"{run.name}: captures that failed", lost(run, people), policy.target_fta)


def group_checks(groups: People | None, measures: Mapping[str, Trials]) -> list[Check]:
    """No group's 95 % interval may lie wholly above 1.25 times everybody's rate; people numbered as in `groups`."""
    if groups is None:
        return [Check("groups", Finding.NO_EVIDENCE, 0.0, None, 0.0, 0, 0, 0, "no groups were told (--groups)")]
    found = []
    for column, values in groups.columns.items():
        labels = np.array(values)
        for value in sorted(set(values) - {""}):
            members = labels == value
            found += [_group(f"{column} {value}: {name}", trials, members) for name, trials in measures.items()]
    return found


def measures_of(policy: Policy, made: Transactions, runs: Sequence[Run], people: Sequence[str]) -> dict[str, Trials]:
    """What is compared between groups, with people numbered as in `people`."""
    number = np.array([list(people).index(name) for name in made.people], dtype=np.int32)
    own, strangers = made.mated, ~made.mated
    mine = Trials((made.first < policy.accept_at)[own], number[made.left[own]], number[made.right[own]])
    theirs = Trials(
        (made.best >= policy.accept_at)[strangers], number[made.left[strangers]], number[made.right[strangers]]
    )
    failed = {f"{run.name}, captures that failed": lost(run, people) for run in runs}
    return {"asked again, referred or refused": mine, "strangers accepted": theirs} | failed


def lost(run: Run, people: Sequence[str]) -> Trials:
    """Each capture, and whether nothing came of it."""
    number = {name: n for n, name in enumerate(people)}
    whole = [row for row in run.captures if row["unit"].endswith("hand")] or list(run.captures)
    who = np.array([number[row["id"].split(".", 1)[0]] for row in whole], dtype=np.int32)
    return Trials(np.array([not row["quality"] for row in whole], dtype=bool), who, who)


def check(name: str, trials: Trials, limit: float, *, shared: int = 1) -> Check:
    """One question; `shared` is by how many others its 5 % are shared."""
    people = len(np.unique(np.concatenate((trials.left, trials.right))))
    low = clustered_interval(trials, 1.0 - 2.0 * ALPHA / shared)[0]
    finding, why = Finding.PASSED, ""
    if people < FEWEST_PEOPLE:
        finding, why = Finding.NO_EVIDENCE, f"{people} people; {FEWEST_PEOPLE} are the fewest"
    if low > limit and people >= FEWEST:
        finding, why = Finding.FAILED, "the data contradict it (one-sided, 95 %)"
    rate = float(trials.errors.mean()) if len(trials.errors) else None
    return Check(name, finding, limit, rate, low, int(trials.errors.sum()), len(trials.errors), people, why)


def as_json(checks: Sequence[Check]) -> list[dict[str, Any]]:
    """The checks as the gate's file holds them."""
    return [{name: getattr(each, name) for name in each.__slots__} for each in checks]


def _trials(errors: NDArray[np.bool_], made: Transactions, which: NDArray[np.bool_]) -> Trials:
    return Trials(errors[which], made.left[which], made.right[which])


def _group(name: str, trials: Trials, members: NDArray[np.bool_]) -> Check:
    own = trials.among(members)
    overall = float(trials.errors.mean()) if len(trials.errors) else 0.0
    size, limit = int(members.sum()), MOST_ABOVE * overall
    low = clustered_interval(own)[0] if len(own.errors) else 0.0
    finding, why = Finding.PASSED, ""
    if size < FEWEST or len(own.errors) == 0:
        finding, why = Finding.NO_EVIDENCE, f"{size} people; {FEWEST} are the fewest in a group"
    elif low > limit:
        finding, why = Finding.FAILED, f"its whole interval lies above {MOST_ABOVE:g} times everybody's rate"
    rate = float(own.errors.mean()) if len(own.errors) else None
    return Check(name, finding, limit, rate, low, int(own.errors.sum()), len(own.errors), size, why)
