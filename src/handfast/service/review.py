"""Deciding a case: a second person, the one it is about present, captured afresh; every decision can be taken back."""

from dataclasses import dataclass, replace
from typing import Literal

from handfast.audit.leaf import LeafKind
from handfast.base.decision import Assurance
from handfast.base.errors import Conflict, NotAllowed, NotFound, RequestError
from handfast.base.roles import Role
from handfast.service import cases, sessions
from handfast.service.cases import CaseFile, CaseView
from handfast.service.context import Context
from handfast.service.desk import approvals
from handfast.service.desk.actors import Actor
from handfast.service.sessions import NewSession, OpenedSession
from handfast.storage.store import Unit
from handfast.storage.tables.cases import CaseDecision, CaseKind, CaseRow, CaseState
from handfast.storage.tables.sessions import SessionState
from handfast.storage.tables.subjects import SubjectState

Evidence = Literal["document", "known-person", "records", "questions", "other"]
MIN_WORDS = 8  # letters of a reason


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a reviewer decides, what else they went by, and why in their words; approval: a second yes to a merge."""

    decision: CaseDecision
    evidence: tuple[Evidence, ...]
    note: str
    approval: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The case, and the caller's reference where it is the person."""

    case: CaseView
    reference: str | None


def capture_again(context: Context, actor: Actor, case_id: str, idempotency_key: str) -> OpenedSession:
    """A fresh attended capture of who the case is about. Raises NotAllowed, NotFound, Conflict where it is decided."""
    actor.must_be_person()
    with context.store.read() as reader:
        row = cases.known(reader, actor, case_id, Role.REVIEWER)
        file = cases.opened_file(context, row)
        subject = reader.subjects.get(file.subjects[0])
    must_be_open(row)
    must_be_another(actor, row)
    person = context.keys.person(row.programme_id, subject.id)
    reference = person.unseal(subject.reference_sealed or b"", "reference").decode()
    new = NewSession("check", row.programme_id, reference=reference, mode=Assurance.ATTENDED)
    opened = sessions.open_for_case(context, actor, new, idempotency_key, case_id)
    with context.store.write() as unit:
        file = cases.opened_file(context, unit.cases.get(case_id))
        captures = tuple(dict.fromkeys((*file.captures, opened.id)))
        _keep(context, unit, row, replace(file, captures=captures))
    return opened


def decide(context: Context, actor: Actor, case_id: str, ruling: Ruling) -> Decided:
    """Decide a case, by somebody else than who asked. Raises NotAllowed, NotFound, Conflict, RequestError."""
    actor.must_be_person()
    with context.store.write() as unit:
        row = cases.known(unit, actor, case_id, Role.REVIEWER)
        file = cases.opened_file(context, row)
        must_be_open(row)
        must_be_another(actor, row)
        _must_rest_on_something(unit, row, file, ruling)
        merges = row.kind is CaseKind.DUPLICATE and ruling.decision is CaseDecision.SAME
        if merges:
            approvals.use(context, actor, ruling.approval, "merge", row.programme_id)
        file = replace(file, evidence=ruling.evidence, note=ruling.note.strip() or file.note, merged=merges)
        _keep(context, unit, row, file)
        today = context.clock.now().date()
        by, decision = actor.key_id, ruling.decision
        unit.cases.change(case_id, state=CaseState.DECIDED, decision=decision, decided_by=by, decided_on=today)
        reference = _act(context, unit, actor, row, file, ruling.decision.value)
        if merges:
            unit.subjects.freeze(file.subjects[0])
        same = ruling.decision is CaseDecision.SAME and row.kind is CaseKind.REFERRED
        return Decided(cases.view(unit.cases.get(case_id), file), reference if same else None)


def reverse(context: Context, actor: Actor, case_id: str, note: str) -> CaseView:
    """Take a decision back: the case is open again, and a merge undone. Raises NotAllowed, NotFound, Conflict."""
    actor.must_be_person()
    if len(note.strip()) < MIN_WORDS:
        raise RequestError("say in a few words why")
    with context.store.write() as unit:
        row = cases.known(unit, actor, case_id)
        file = cases.opened_file(context, row)
        if row.state is not CaseState.DECIDED:
            raise Conflict("this case is not decided")
        if file.merged and unit.subjects.get(file.subjects[0]).state is SubjectState.FROZEN:
            unit.subjects.unfreeze(file.subjects[0])
        file = replace(file, merged=False, note=note.strip())
        _keep(context, unit, row, file)
        unit.cases.change(case_id, state=CaseState.OPEN, decision=None, decided_by=None, decided_on=None)
        _act(context, unit, actor, row, file, "reversed")
        return cases.view(unit.cases.get(case_id), file)


def must_be_open(row: CaseRow) -> None:
    """Raises Conflict for a case that is decided."""
    if row.state is not CaseState.OPEN:
        raise Conflict("this case is decided; take the decision back first")


def must_be_another(actor: Actor, row: CaseRow) -> None:
    """Raises NotAllowed for who asked: nobody decides what they brought about."""
    if actor.key_id == row.asked_by:
        raise NotAllowed("somebody else decides this case")


def _must_rest_on_something(unit: Unit, row: CaseRow, file: CaseFile, ruling: Ruling) -> None:
    if len(ruling.note.strip()) < MIN_WORDS:
        raise RequestError("say in a few words what you went by")
    if ruling.decision is CaseDecision.SAME and not ruling.evidence:
        raise RequestError("say what else than the camera you went by")
    if row.kind is CaseKind.REFERRED and ruling.decision is not CaseDecision.CANNOT_TELL:
        states = [unit.sessions.find(session_id) for session_id in file.captures]
        if not any(each is not None and each.state is SessionState.ANSWERED for each in states):
            raise Conflict("the person must be there and be captured once more first")


def _keep(context: Context, unit: Unit, row: CaseRow, file: CaseFile) -> None:
    unit.cases.change(row.id, details=cases.sealed(context, row.programme_id, row.id, file))


def _act(context: Context, unit: Unit, actor: Actor, row: CaseRow, file: CaseFile, outcome: str) -> str | None:
    """Tell everyone whom it is about, in their own log; the reference of the first. A control tells nobody."""
    keys, reference = context.keys.programme(row.programme_id), None
    context.log.append(unit, keys, LeafKind.REVIEW, actor.key_id, {"case": row.id, "outcome": outcome})
    for subject_id in reversed(file.subjects):
        try:
            person = context.keys.person(row.programme_id, subject_id)
            sealed = unit.subjects.get(subject_id).reference_sealed or b""
            reference = person.unseal(sealed, "reference").decode()
        except NotFound:  # withdrew meanwhile
            continue
        if file.truth is None:
            cases.tell(context, unit, person, actor.key_id, actor.desk, f"{row.kind}-{outcome}")
    return reference
