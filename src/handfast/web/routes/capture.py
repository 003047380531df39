"""The phone's side of a session. The bearer token is the secret of the link."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from handfast.base import base64url
from handfast.capture.frames import MAX_BYTES, Frame, FrameKind
from handfast.consent.purpose import Purpose
from handfast.service import capturing, duress, enrol, finish
from handfast.service.capturing import Act, CaptureView, PersonsAnswer
from handfast.service.enrol import EnrolAnswer
from handfast.service.tally import family
from handfast.web.access import LinkToken, ThisWeb
from handfast.web.cards import card_out
from handfast.web.frames import GUIDE, LONGEST, MOST_FRAMES, MOST_TASKS, guide_of, looked_at
from handfast.web.languages import Notices
from handfast.web.problems import documented
from handfast.web.qr import qr_svg
from handfast.web.schemas.capture import (
    AnotherWayIn,
    AnotherWayOut,
    CaptureOut,
    ChallengeIn,
    ChallengeOut,
    FinishOut,
    FrameOut,
    NoticeOut,
    PersonsAnswerIn,
    PinIn,
    TaskOut,
)
from handfast.web.schemas.cases import DuressIn
from handfast.web.schemas.words import FINGER_WORDS, Empty
from handfast.web.state import Web
from handfast.web.uploads import picture_body

router = APIRouter(prefix="/v1/capture", tags=["capture"])

UserAgent = Annotated[str, Header(include_in_schema=False)]
Gone = documented(401, 404, 409, 410, 503)
JPEG = {
    "requestBody": {"required": True, "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("", responses=documented(401, 404, 410))
def read_the_welcome(token: LinkToken, web: ThisWeb) -> CaptureOut:
    """What the page shows first: who asks, why, and what can be shown."""
    return _shown(web, capturing.view(web.context, token))


@router.post("/answer", responses=Gone)
def answer_yes_or_no(body: PersonsAnswerIn, token: LinkToken, web: ThisWeb) -> CaptureOut:
    """The person's own yes or no. A no ends the session and is counted, never by person."""
    said = PersonsAnswer(
        answer=body.answer,
        language=body.language,
        notice_version=body.notice_version,
        notice_hash=body.notice_hash,
        questions=tuple(body.questions),
        act=Act(kind=body.act.kind, at=body.act.at.isoformat()),
        missed=body.missed,
        also=tuple(Purpose(word) for word in dict.fromkeys(body.also)),
    )
    notices = web.notices.of(study=capturing.in_study(web.context, token))
    return _shown(web, capturing.answer(web.context, token, said, notices.hashes))


@router.post("/challenge", responses=documented(401, 404, 409, 410, 429, 503))
def draw_a_challenge(body: ChallengeIn, token: LinkToken, web: ThisWeb) -> ChallengeOut:
    """A fresh random challenge for what the person can show."""
    missing = frozenset(FINGER_WORDS[word] for word in body.missing)
    drawn = capturing.begin(web.context, token, tuple(body.hands), missing, face=body.face, moves=body.moves)
    return ChallengeOut(
        id=drawn.id,
        nonce=base64url.encode(drawn.nonce),
        expires_at=drawn.expires_at,
        tasks=[TaskOut.model_validate(task) for task in drawn.tasks],
    )


@router.post("/frames", responses=documented(401, 404, 409, 410, 413, 415, 422, 503), openapi_extra=JPEG)
async def send_a_frame(
    request: Request,
    response: Response,
    token: LinkToken,
    web: ThisWeb,
    task: Annotated[int, Query(ge=0, le=MOST_TASKS)],
    n: Annotated[int, Query(ge=0, le=MOST_FRAMES)],
    t: Annotated[int, Query(ge=0, le=LONGEST)],
    kind: Annotated[FrameKind, Query()],
    handfast_frame: Annotated[str, Header(max_length=100)],
    handfast_guide: Annotated[str | None, Header(max_length=100, pattern=GUIDE)] = None,
) -> FrameOut:
    """One picture of the live capture, bound to the challenge by Handfast-Frame; the answer guides the next."""
    body = await picture_body(request, MAX_BYTES[kind])
    sent = Frame(task=task, n=n, t=t, kind=kind, body=body, mac=handfast_frame, guide=guide_of(handfast_guide))
    answer, response.headers["Server-Timing"] = await looked_at(web, token, sent)
    return answer


@router.post("/finish", responses=documented(400, 401, 404, 409, 410, 429, 503))
async def finish_the_capture(token: LinkToken, web: ThisWeb, user_agent: UserAgent = "") -> FinishOut:
    """Decide, once. A check gives its outcome; an enrolment its card, private code and receipt."""
    told = await web.pool.run(finish.finish, web.context, token, family(user_agent))
    if isinstance(told, EnrolAnswer):
        return _enrolled(web, told)
    return FinishOut.model_validate(told)


@router.post("/pin", responses=documented(401, 409, 503))
async def choose_a_pin(body: PinIn, token: LinkToken, web: ThisWeb) -> Empty:
    """Set the PIN of the private code, once, while the session lives."""
    await web.pool.run(enrol.choose_pin, web.context, token, body.pin)
    return Empty()


@router.post("/duress", responses=documented(401, 409))
def choose_a_hand_that_calls_for_help(body: DuressIn, token: LinkToken, web: ThisWeb) -> Empty:
    """Choose one of two enrolled hands, while the session lives: shown in a check, it looks like a poor picture."""
    duress.choose(web.context, token, body.hand)
    return Empty()


@router.get("/receipt", responses=documented(401))
def read_the_receipt(token: LinkToken, web: ThisWeb) -> dict[str, object]:
    """The signed receipt of what was agreed, while the session lives."""
    return dict(enrol.receipt(web.context, token))


@router.post("/another-way", responses=Gone)
def go_another_way(body: AnotherWayIn, token: LinkToken, web: ThisWeb) -> AnotherWayOut:
    """Leave the capture; the session ends as not captured and the programme's other way is told."""
    return AnotherWayOut(steps=list(capturing.another_way(web.context, token, body.step, body.cause)))


def _shown(web: Web, view: CaptureView) -> CaptureOut:
    served = _notices(web, view)
    notice = NoticeOut(version=served.version, hash=dict(served.hashes))
    fields = {name: getattr(view, name) for name in CaptureOut.model_fields if name != "notice"}
    return CaptureOut.model_validate(fields | {"notice": notice})


def _notices(web: Web, view: CaptureView) -> Notices:
    """The notice that this programme shows."""
    return web.notices.of(study=view.programme.study_ends_on is not None)


def _enrolled(web: Web, told: EnrolAnswer) -> FinishOut:
    answer: dict[str, object] = {
        "outcome": told.outcome,
        "advice": told.advice,
        "trial": told.trial,
        "return_url": told.return_url,
        "failed": [position.plain_name for position in told.failed],
    }
    if told.card is not None and told.private_code is not None:
        answer |= {
            "card": card_out(told.card, told.checkpoint or ""),
            "private_code": told.private_code,
            "code_qr_svg": qr_svg(f"{web.public_url}/me#{told.private_code}"),
            "receipt_url": "/v1/capture/receipt",
        }
    return FinishOut.model_validate(answer)
