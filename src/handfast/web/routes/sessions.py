"""Sessions as callers see them: open one, send its link to a phone, read the signed outcome."""

from typing import Annotated

from fastapi import APIRouter, Header

from handfast.service import answer, sessions
from handfast.web.access import CallingActor, ThisWeb
from handfast.web.problems import documented
from handfast.web.qr import link_svg
from handfast.web.schemas.cases import SessionCaseOut
from handfast.web.schemas.sessions import AnswerOut, KeysOut, SessionIn, SessionOut, SessionStateOut

router = APIRouter(prefix="/v1", tags=["sessions"])

IdempotencyKey = Annotated[str, Header(min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$")]


@router.post("/sessions", status_code=201, responses=documented(401, 403, 404, 409, 429))
def open_a_session(body: SessionIn, actor: CallingActor, web: ThisWeb, idempotency_key: IdempotencyKey) -> SessionOut:
    """Open a session for one person; the same key and body again give the same session."""
    new = sessions.NewSession(
        kind=body.kind,
        programme=body.programme,
        reference=body.reference,
        card=body.card,
        mode=body.mode,
        return_url=str(body.return_url) if body.return_url else None,
        webhook_url=str(body.webhook_url) if body.webhook_url else None,
        language=body.language,
        hand=body.hand,
        approval=body.approval,
        reason=body.reason,
    )
    opened = sessions.open_session(web.context, actor, new, idempotency_key)
    link = f"{web.public_url}/c#{opened.token}"
    return SessionOut(id=opened.id, link=link, qr_svg=link_svg(link), expires_at=opened.expires_at)


@router.get("/sessions/{session_id}", responses=documented(401, 404))
def read_a_session(session_id: str, actor: CallingActor, web: ThisWeb) -> SessionStateOut:
    """The session's state and, once it is finished, its outcome with a fresh signature."""
    state = sessions.session_state(web.context, actor, session_id)
    return SessionStateOut(
        id=state.id,
        kind=state.kind,
        state=state.state,
        programme=state.programme,
        expires_at=state.expires_at,
        return_url=state.return_url,
        outcome=AnswerOut.model_validate(state.answer) if state.answer else None,
        jws=state.jws,
        another_way=list(state.another_way),
        case=SessionCaseOut.model_validate(state.case) if state.case else None,
    )


@router.get("/keys", responses=documented())
def read_the_public_keys(web: ThisWeb) -> KeysOut:
    """The public keys of outcomes (JWKS)."""
    return KeysOut.model_validate(answer.jwks(web.context), from_attributes=False)
