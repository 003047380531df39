"""Whole transactions in a report: what a policy would make of the compared people, by how many attempts they have.

Session for session as in `transactions`; best of several enrolled pictures and retakes within a session are inside the
scores. Where two runs are of the same people (one salt) and of different modalities, their ratios are added.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handfast.base.modality import Modality
from handfast.decision.policy import SESSION_KINDS, Policy
from handfast.decision.tables import Tables
from handfast.lab.gate.transactions import Transactions, transactions
from handfast.lab.rates.differentials import Trials, clustered_interval
from handfast.lab.ratios import ratios_of
from handfast.lab.runs import Run

Json = dict[str, Any]
OUTCOMES = ("accepted", "referred", "not_accepted")


def transacted(runs: Sequence[Run], policy: Policy, tables: Tables) -> list[Json]:
    """Outcomes of transactions for each group of runs that goes together; none for what no session takes.

    Without rows where a modality lacks that the policy requires: a transaction of it cannot be told then.
    """
    return [_figures(group, policy, tables) for group in _together([run for run in runs if _taken(run, tables)])]


def _taken(run: Run, tables: Tables) -> bool:
    """Whether sessions take samples of this kind, and a table says what its scores are worth."""
    summary = run.summary
    if summary.get("modality") not in set(Modality) or len(summary.get("comparators") or []) != 1:
        return False
    kind = SESSION_KINDS[Modality(summary["modality"])]
    return bool(summary.get("kind") == kind and (summary["comparators"][0], kind, kind) in tables.by_key)


def _together(runs: Sequence[Run]) -> list[list[Run]]:
    both = len(runs) == 2 and runs[0].summary["modality"] != runs[1].summary["modality"]
    people = [{name for level in run.levels for name in level.people} for run in runs]
    return [list(runs)] if both and len(people[0] & people[1]) > 1 else [[run] for run in runs]


def _figures(runs: Sequence[Run], policy: Policy, tables: Tables) -> Json:
    parts = [ratios_of(run, run.rows, tables) for run in runs]
    shown = frozenset(part.modality for part in parts)
    missing = sorted(policy.required - shown)
    rows = []
    for attempts in range(1, 1 if missing else policy.attempts + 1):
        # The threshold is the policy's own, which shares its target among all its attempts.
        made = transactions(parts, replace(policy, attempts=attempts))
        rows.append({"attempts": attempts, **{_whom(own): _outcomes(made, policy, own) for own in (False, True)}})
    return {
        "runs": [run.name for run in runs],
        "modalities": sorted(shown),
        "missing": missing,
        "people": len(set.intersection(*({*part.people} for part in parts))),
        "policy": policy.name,
        "accept_at": policy.accept_at,
        "refuse_at": policy.refuse_at,
        "target_far": policy.target_far,
        "referred_far": policy.referred_far,
        "rows": rows,
    }


def _whom(own: bool) -> str:
    return "rightful" if own else "strangers"


def _outcomes(made: Transactions, policy: Policy, own: bool) -> Json:
    """A transaction is accepted if a session is, else referred if one is, else not accepted."""
    accepted = made.best >= policy.accept_at
    refused = made.best <= policy.refuse_at
    which = made.mated == own
    by_outcome = zip(OUTCOMES, (accepted, ~accepted & ~refused, refused), strict=True)
    return {"transactions": int(which.sum())} | {name: _share(made, happened, which) for name, happened in by_outcome}


def _share(made: Transactions, happened: NDArray[np.bool_], which: NDArray[np.bool_]) -> Json:
    trials = Trials(happened[which], made.left[which], made.right[which])
    count = int(trials.errors.sum())
    rate = count / len(trials.errors) if len(trials.errors) else None
    return {"count": count, "rate": rate, "interval": clustered_interval(trials)}
