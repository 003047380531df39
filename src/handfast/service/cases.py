"""Cases: opened by a referred check, a possible duplicate or a person's objection, and who may know what of them."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from handfast.audit.leaf import LeafKind, encode_details
from handfast.base.decision import Outcome
from handfast.base.errors import NotAuthorised, NotFound
from handfast.base.ids import new_id
from handfast.base.roles import Role
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.link import Link
from handfast.service.memory.tokens import OpenPage
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.store import Reader, Unit
from handfast.storage.tables.cases import CaseDecision, CaseKind, CaseRow, CaseState

DEADLINES = {
    CaseKind.REFERRED: timedelta(days=1),
    CaseKind.DUPLICATE: timedelta(days=14),
    CaseKind.OBJECTION: timedelta(days=30),
}
_PLACE = "case"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What lies sealed in a case.

    subjects   who it is about; of a duplicate the newer one first
    truth      of a control case: what is right, known beforehand; None of a real one. No reviewer sees it
    captures   sessions in which the person was captured afresh for it
    evidence   what else the reviewer went by; note: in their words
    """

    subjects: tuple[str, ...]
    truth: str | None = None
    captures: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    note: str = ""
    merged: bool = False


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a reviewer sees it: no score, no picture, nothing of who asked, nothing of whether it is a control.

    code   four letters that the desk and the person can say
    """

    id: str
    code: str
    kind: CaseKind
    state: CaseState
    site: str
    opened_on: date
    deadline_on: date
    decision: CaseDecision | None
    captured: int


def open_case(
    context: Context,
    unit: Unit,
    *,
    programme_id: str,
    kind: CaseKind,
    site: str,
    asked_by: str,
    file: CaseFile,
    session_id: str | None = None,
) -> str:
    """Open a case in the caller's unit of work; its id."""
    today, case_id = context.clock.now().date(), new_id("cas", context.randomness)
    row = CaseRow(
        id=case_id,
        programme_id=programme_id,
        kind=kind,
        state=CaseState.OPEN,
        site=site,
        asked_by=asked_by,
        session_id=session_id,
        opened_on=today,
        deadline_on=today + DEADLINES[kind],
        details=sealed(context, programme_id, case_id, file),
    )
    unit.cases.add(row)
    return case_id


def refer(context: Context, unit: Unit, link: Link, outcome: Outcome) -> None:
    """A check that was referred becomes a case; one that was itself a review's fresh capture does not."""
    if outcome is Outcome.REFERRED and link.row.subject_id is not None and link.wishes.case is None:
        open_case(
            context,
            unit,
            programme_id=link.programme.id,
            kind=CaseKind.REFERRED,
            site=link.row.desk,
            asked_by=link.row.actor,
            file=CaseFile((link.row.subject_id,)),
            session_id=link.id,
        )


def open_control(context: Context, actor: Actor, programme_id: str, reference: str, site: str, truth: str) -> str:
    """A control case: a volunteer comes, by appointment, as themselves or with another's card. Owners only.

    It looks like any referred case. Raises NotAllowed, NotFound.
    """
    actor.must(programme_id, Role.OWNER)
    lookup = context.keys.programme(programme_id).lookup(reference)
    with context.store.write() as unit:
        subject = unit.subjects.by_reference(programme_id, lookup)
        if subject is None:
            raise NotFound("nobody is enrolled under this reference")
        file = CaseFile((subject.id,), truth=CaseDecision(truth).value)
        case_id = open_case(
            context,
            unit,
            programme_id=programme_id,
            kind=CaseKind.REFERRED,
            site=site,
            asked_by=actor.key_id,
            file=file,
        )
        keys = context.keys.programme(programme_id)
        context.log.append(unit, keys, LeafKind.REVIEW, actor.key_id, {"case": case_id, "outcome": "control"})
    return case_id


def object_to(context: Context, opened: OpenPage, words: str) -> CaseView:
    """The person objects, on their own page: a case with a deadline. Raises NotAuthorised if nothing is held."""
    try:
        person = context.keys.person(opened.programme_id, opened.subject_id)
    except NotFound as error:
        raise NotAuthorised("nothing is held any more") from error
    with context.store.write() as unit:
        file = CaseFile((opened.subject_id,), note=words.strip())
        case_id = open_case(
            context,
            unit,
            programme_id=opened.programme_id,
            kind=CaseKind.OBJECTION,
            site="",
            asked_by="person",
            file=file,
        )
        tell(context, unit, person, "person", "my page", "objected")
        return view(unit.cases.get(case_id), file)


def own_cases(context: Context, opened: OpenPage) -> tuple[CaseView, ...]:
    """The cases about the person behind an open page, newest first."""
    with context.store.read() as reader:
        rows = [(row, opened_file(context, row)) for row in reader.cases.of(opened.programme_id)]
    mine = [view(row, file) for row, file in rows if opened.subject_id in file.subjects and file.truth is None]
    return tuple(sorted(mine, key=lambda case: (case.opened_on, case.id), reverse=True))


def listed(context: Context, actor: Actor, programme_id: str) -> tuple[CaseView, ...]:
    """The programme's cases at the reviewer's site, open ones first; all sites for an owner. Raises NotAllowed."""
    actor.must(programme_id, Role.REVIEWER, Role.OWNER)
    with context.store.read() as reader:
        rows = reader.cases.of(programme_id)
    everywhere = actor.may(Role.OWNER, programme_id)
    here = [row for row in rows if everywhere or row.site in ("", actor.desk)]
    return tuple(view(row, opened_file(context, row)) for row in here)


def known(reader: Reader, actor: Actor, case_id: str, *roles: Role) -> CaseRow:
    """A case that this actor may act on. Raises NotFound for every other, as if it were not there."""
    row = reader.cases.get(case_id)
    if not any(actor.may(role, row.programme_id) for role in roles or (Role.REVIEWER, Role.OWNER)):
        raise NotFound("no such case")
    return row


def tell(context: Context, unit: Unit, person: PersonKeys, actor: str, desk: str, outcome: str) -> None:
    """One leaf of the person's own: they read it on their page."""
    at = context.clock.now().isoformat(timespec="seconds")
    told = {"at": at, "desk": desk, "purpose": "review", "outcome": outcome}
    context.log.append_for(unit, person, LeafKind.REVIEW, actor, told)


def view(row: CaseRow, file: CaseFile) -> CaseView:
    """What may be told of a case."""
    return CaseView(
        id=row.id,
        code=row.id[-4:].upper(),
        kind=row.kind,
        state=row.state,
        site=row.site,
        opened_on=row.opened_on,
        deadline_on=row.deadline_on,
        decision=row.decision,
        captured=len(file.captures),
    )


def sealed(context: Context, programme_id: str, case_id: str, file: CaseFile) -> bytes:
    """The file as its row keeps it."""
    return context.keys.programme(programme_id).seal(encode_details(asdict(file)), _PLACE, case_id)


def opened_file(context: Context, row: CaseRow) -> CaseFile:
    """The file of a case. Raises SealBroken."""
    kept = json.loads(context.keys.programme(row.programme_id).unseal(row.details, _PLACE, row.id))
    lists = {name: tuple(kept[name]) for name in ("subjects", "captures", "evidence")}
    return replace(CaseFile(()), **(kept | lists))
