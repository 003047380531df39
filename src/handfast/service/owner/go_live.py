"""Going live: answers may be relied on once a signed gate says so, and only while what it measured holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handfast.audit.leaf import LeafKind
from handfast.base.errors import GateClosed
from handfast.decision.gate import Finding, Gate, open_gate, table_digest
from handfast.decision.policy import SESSION_KINDS
from handfast.decision.policy_data import policy_data
from handfast.decision.tables import Basis, Table
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.owner import dpia
from handfast.service.owner.policies import policy_of
from handfast.storage.tables.programmes import Programme, ProgrammeMode

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class GateShown:
    """What the public page tells of a gate; owner is who signed for going live without evidence, or None."""

    day: str
    people: int
    evidence: bool
    owner: str | None


def go_live(
    context: Context, actor: Actor, programme_id: str, file: str, *, expected_lab: str, expected_owner: str | None
) -> GateShown:
    """Take a programme out of trial on a gate's file.

    expected_lab, expected_owner   public keys (base64) of who measured and of who answers, from the administrator
    Administrators only. Raises NotAllowed, NotFound, GateClosed with what stands in the way.
    """
    actor.must_administer()
    # 1 The signatures, by the keys that the administrator expects.
    gate = open_gate(file)
    if gate.lab != expected_lab:
        raise GateClosed("the gate was signed by another lab's key")
    if gate.owner is not None and gate.owner[1] != expected_owner:
        raise GateClosed("the statement was signed by another owner's key")
    with context.store.write() as unit:
        # 2 Of this programme, its policy as it stands, the tables and models as they are installed.
        programme = unit.programmes.get(programme_id)
        if stale := _stale(context, programme, gate.body):
            raise GateClosed(stale)
        # 3 What the data said.
        _must_pass(context, gate)
        if dpia.of(programme).signed_by is None:
            raise GateClosed("nobody signed the impact assessment of this configuration (handfast programme dpia)")
        # 4 Live, told on the public page, logged.
        shown = _shown(context, gate)
        kept = {"binding": _binding(gate.body), "shown": _as_json(shown)}
        unit.programmes.set_settings(programme_id, {**programme.settings, "gate": kept})
        unit.programmes.set_mode(programme_id, ProgrammeMode.LIVE)
        keys = context.keys.programme(programme_id)
        details = {"live": True, "lab": gate.lab, "owner": expected_owner if gate.owner else None, **kept}
        context.log.append(unit, keys, LeafKind.GO_LIVE, actor.key_id, details)
    return shown


def recheck(context: Context) -> tuple[str, ...]:
    """At start: put programmes back on trial whose gate measured other tables, models or policy; their ids."""
    with context.store.write() as unit:
        live = [p for p in unit.programmes.all() if p.mode is ProgrammeMode.LIVE]
        fallen = [p for p in live if _stale(context, p, _kept(p))]
        for programme in fallen:
            unit.programmes.set_mode(programme.id, ProgrammeMode.TRIAL)
            keys = context.keys.programme(programme.id)
            context.log.append(unit, keys, LeafKind.GO_LIVE, SYSTEM, {"live": False, "why": "gate no longer holds"})
    return tuple(programme.id for programme in fallen)


def gate_shown(programme: Programme) -> GateShown | None:
    """What the public page tells of the gate of a live programme; None on trial."""
    if programme.mode is not ProgrammeMode.LIVE:
        return None
    gate = programme.settings.get("gate")
    return GateShown(**gate["shown"]) if isinstance(gate, Mapping) else None


def tables_in_use(context: Context) -> tuple[Table, ...]:
    """The tables that checks rest on: whatever is shown counts, required or not."""
    return tuple(table for kind in SESSION_KINDS.values() for table in context.tables.for_kinds(kind, kind))


def _stale(context: Context, programme: Programme, binding: Mapping[str, Any]) -> str | None:
    tables = {table.id: table_digest(table) for table in tables_in_use(context)}
    if binding.get("programme") != programme.id:
        return "the gate is for another programme"
    if binding.get("policy") != policy_data(policy_of(programme)):
        return "the gate was made for another policy than the programme has now"
    if binding.get("tables") != tables:
        return "the gate was made with other calibration tables than are installed"
    if not set(binding.get("models", ())) <= set(context.models):
        return "the gate was made with other models than are installed"
    return None


def _must_pass(context: Context, gate: Gate) -> None:
    checks = gate.body["checks"]
    failed = [check["name"] for check in checks if check["finding"] == Finding.FAILED]
    if failed:
        raise GateClosed(f"the gate is not passed: {'; '.join(failed)}")
    if gate.finding is Finding.PASSED:
        return
    if gate.owner is None:
        raise GateClosed("the gate gives no evidence: it needs the owner's signature (handfast programme sign)")
    unproved = [check["name"] for check in checks if check["finding"] != Finding.PASSED]
    for table in tables_in_use(context):
        if table.basis is Basis.SYNTHETIC and (not checks or any(n.startswith(f"{table.id},") for n in unproved)):
            raise GateClosed(f"{table.id} never saw a real sample: without evidence nobody can sign for it")


def _shown(context: Context, gate: Gate) -> GateShown:
    passed = gate.finding is Finding.PASSED
    owner = None if passed or gate.owner is None else gate.owner[0]
    return GateShown(context.clock.now().date().isoformat(), int(gate.body["people"]), passed, owner)


def _binding(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("programme", "policy", "tables", "models")}


def _kept(programme: Programme) -> Mapping[str, Any]:
    gate = programme.settings.get("gate")
    return gate["binding"] if isinstance(gate, Mapping) else {}


def _as_json(shown: GateShown) -> dict[str, Any]:
    return {name: getattr(shown, name) for name in shown.__slots__}
