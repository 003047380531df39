"""What `lab gate` writes: every check, and all that it binds to."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import handfast
from handfast.base.errors import RequestError
from handfast.base.modality import Modality, SampleKind
from handfast.decision.gate import Check, Finding, table_digest
from handfast.decision.policy import SESSION_KINDS, Policy
from handfast.decision.policy_data import policy_data
from handfast.decision.tables import Table, Tables
from handfast.lab.gate.groups import People
from handfast.lab.gate.judge import acquisition_check, as_json, group_checks, measures_of, policy_checks, table_checks
from handfast.lab.gate.transactions import transactions
from handfast.lab.ratios import ratios_of, table_of
from handfast.lab.runs import Run


def gate_body(
    programme: str,
    policy: Policy,
    runs: Sequence[Run],
    tables: Tables,
    people: Sequence[str],
    groups: People | None,
    made_on: date,
) -> dict[str, Any]:
    """The gate of a programme, still unsigned; `people` are the salted ids of everybody in the runs.

    Raises RequestError where the runs are not of samples as a session takes them, or of a modality twice.
    """
    _check(runs)
    ratios = {run.name: ratios_of(run, run.rows, tables) for run in runs}
    made = transactions(list(ratios.values()), policy)
    checks = policy_checks(policy, made)
    for run in runs:
        checks += table_checks(table_of(run, tables), ratios[run.name], SampleKind(run.summary["kind"]))
        checks += [acquisition_check(policy, run, people), _stated(run)]
    seen = {table_of(run, tables).id for run in runs}
    checks += [_unseen(table) for table in _in_use(tables) if table.id not in seen]
    checks += group_checks(groups, measures_of(policy, made, runs, people))
    return {
        "programme": programme,
        "made_on": made_on.isoformat(),
        "policy": policy_data(policy),
        "tables": {table.id: table_digest(table) for table in _in_use(tables)},
        "models": sorted({model for run in runs for model in run.summary["models"]}),
        "people": len(made.people),
        "software": handfast.__version__,
        "protocols": {run.name: run.summary["protocol"] for run in runs},
        "checks": as_json(checks),
    }


def _check(runs: Sequence[Run]) -> None:
    modalities = [run.summary.get("modality") for run in runs]
    if len(set(modalities)) < len(modalities):
        raise RequestError("give one run for each modality")
    for run in runs:
        kind = run.summary.get("kind")
        if kind != SESSION_KINDS.get(Modality(str(run.summary.get("modality")))):
            raise RequestError(f"{run.name} is of {kind} samples; a session does not take those")


def _in_use(tables: Tables) -> tuple[Table, ...]:
    return tuple(table for kind in SESSION_KINDS.values() for table in tables.for_kinds(kind, kind))


def _stated(run: Run) -> Check:
    signed = run.summary.get("statement") is not None
    finding, why = (Finding.PASSED, "") if signed else (Finding.NO_EVIDENCE, "nobody signed one (lab state)")
    return Check(f"{run.name}: statement of consent and source", finding, 0.0, None, 0.0, 0, 0, 0, why)


def _unseen(table: Table) -> Check:
    return Check(f"{table.id}, {table.probe_kind}: all", Finding.NO_EVIDENCE, 0.0, None, 0.0, 0, 0, 0, "no run of it")
