"""Cases that a person decides, and the witness of an enrolment."""

import base64
from typing import Annotated

from fastapi import APIRouter, Query

from handfast.service import cases, review, review_pictures
from handfast.service.desk import witness
from handfast.service.review import Ruling
from handfast.storage.tables.cases import CaseDecision
from handfast.web.access import CallingActor, ThisWeb
from handfast.web.problems import documented
from handfast.web.qr import qr_svg
from handfast.web.routes.sessions import IdempotencyKey
from handfast.web.schemas.cases import (
    CaseOut,
    ControlIn,
    DecidedOut,
    DecisionIn,
    ReversalIn,
    ShownPictureOut,
    WitnessIn,
)
from handfast.web.schemas.sessions import SessionOut
from handfast.web.schemas.words import Empty

router = APIRouter(prefix="/v1", tags=["cases"])

Kept = documented(401, 403, 404, 409)


@router.get("/cases", responses=documented(401, 403))
def list_cases(actor: CallingActor, web: ThisWeb, programme: Annotated[str, Query(max_length=60)]) -> list[CaseOut]:
    """The cases of this site, open ones first, the nearest deadline at the head."""
    return [CaseOut.model_validate(each) for each in cases.listed(web.context, actor, programme)]


@router.post("/cases/controls", status_code=201, responses=documented(401, 403, 404))
def open_a_control_case(body: ControlIn, actor: CallingActor, web: ThisWeb) -> Empty:
    """A case whose truth is known, which looks like any other; its share of right answers is on the owner's page."""
    cases.open_control(web.context, actor, body.programme, body.reference, body.site, body.truth)
    return Empty()


@router.post("/cases/{case_id}/capture", status_code=201, responses=documented(401, 403, 404, 409, 429))
def capture_the_person_again(
    case_id: str, actor: CallingActor, web: ThisWeb, idempotency_key: IdempotencyKey
) -> SessionOut:
    """A fresh attended capture of who the case is about."""
    opened = review.capture_again(web.context, actor, case_id, idempotency_key)
    link = f"{web.public_url}/c#{opened.token}"
    return SessionOut(id=opened.id, link=link, qr_svg=qr_svg(link), expires_at=opened.expires_at)


@router.post("/cases/{case_id}/pictures", responses=Kept)
def open_the_pictures_of_a_case(case_id: str, actor: CallingActor, web: ThisWeb) -> list[ShownPictureOut]:
    """What people let be kept for whoever decides; each of them reads on their page that it was opened."""
    return [
        ShownPictureOut(
            who=each.who,
            taken_at=each.taken_at,
            modality=each.modality.value,
            hand=each.hand.value if each.hand else None,
            taken_on=each.taken_on,
            jpeg=base64.b64encode(each.jpeg).decode(),
        )
        for each in review_pictures.shown(web.context, actor, case_id)
    ]


@router.post("/cases/{case_id}/decision", responses=Kept)
def decide_a_case(case_id: str, body: DecisionIn, actor: CallingActor, web: ThisWeb) -> DecidedOut:
    """Decide, by somebody else than who asked; "cannot-tell" is an answer. The person reads it on their page."""
    ruling = Ruling(CaseDecision(body.decision), body.evidence, body.note, body.approval)
    return DecidedOut.model_validate(review.decide(web.context, actor, case_id, ruling))


@router.post("/cases/{case_id}/reversal", responses=Kept)
def take_a_decision_back(case_id: str, body: ReversalIn, actor: CallingActor, web: ThisWeb) -> CaseOut:
    """The case is open again, and a merge undone."""
    return CaseOut.model_validate(review.reverse(web.context, actor, case_id, body.note))


@router.post("/sessions/{session_id}/witness", responses=Kept)
def witness_an_enrolment(session_id: str, body: WitnessIn, actor: CallingActor, web: ThisWeb) -> Empty:
    """A second operator who was there says so; the enrolment counts at once."""
    witness.witness(web.context, actor, session_id, body.approval)
    return Empty()
