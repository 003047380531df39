"""Help at the desk that takes two people, and the beginning and end of a programme: its assessment, its closing."""

from fastapi import APIRouter

from handfast.base.errors import RequestError
from handfast.service import desk_visits
from handfast.service.desk import approvals
from handfast.service.desk.actors import Actor
from handfast.service.desk_visits import HELPERS
from handfast.service.owner import closing, dpia
from handfast.service.person import life
from handfast.service.person.cards import newest_checkpoint
from handfast.service.person.life import TwoPeople
from handfast.service.sessions import OpenedSession
from handfast.web.access import CallingActor, DeskOperator, ThisWeb
from handfast.web.cards import card_out
from handfast.web.problems import documented
from handfast.web.qr import link_svg
from handfast.web.routes.sessions import IdempotencyKey
from handfast.web.schemas.capture import CardOut
from handfast.web.schemas.care import AssessmentOut, ClosingIn, CorrectionIn, HelpIn, PageByCheckIn, SigningIn
from handfast.web.schemas.sessions import SessionOut
from handfast.web.schemas.words import Empty
from handfast.web.state import Web

router = APIRouter(prefix="/v1", tags=["desk"])
Refused = documented(401, 403, 404)


def _link(web: Web, opened: OpenedSession) -> SessionOut:
    link = f"{web.public_url}/c#{opened.token}"
    return SessionOut(id=opened.id, link=link, qr_svg=link_svg(link), expires_at=opened.expires_at)


def _two(web: Web, actor: Actor, body: HelpIn, act: str) -> TwoPeople:
    """Both people, known by their passkeys; the approval is used up. Raises NotAllowed, SecondPersonNeeded.

    What destroys takes the first one's passkey shown just now, too: StepUpNeeded leaves the approval as it is.
    """
    actor.must_be_person()
    if act == "withdraw":
        actor.must_have_stepped_up(web.context.clock.now())
    actor.must(body.programme, *HELPERS)
    second = approvals.use(web.context, actor, body.approval, act, body.programme)
    return TwoPeople(actor.key_id, second, body.programme, actor.desk, body.document)


@router.post("/help/card", status_code=201, responses=Refused)
def replace_a_lost_card(body: HelpIn, actor: DeskOperator, web: ThisWeb) -> CardOut:
    """A new card for someone who lost theirs; every older one is dead. An approval of "lost-card"."""
    card = life.replace_card(web.context, _two(web, actor, body, "lost-card"), body.reference)
    return card_out(card, newest_checkpoint(web.context))


@router.post("/help/reference", responses=documented(401, 403, 404, 409))
def correct_a_wrong_reference(body: CorrectionIn, actor: DeskOperator, web: ThisWeb) -> Empty:
    """Put a wrong reference right; the person is told. An approval of "correct"."""
    life.correct_reference(web.context, _two(web, actor, body, "correct"), body.reference, body.right)
    return Empty()


@router.post("/help/withdraw", responses=documented(401, 403, 404, 409))
def withdraw_for_someone_at_the_desk(body: HelpIn, actor: DeskOperator, web: ThisWeb) -> dict[str, object]:
    """End it for someone who asks, without a capture; a signed statement for them. An approval of "withdraw"."""
    return dict(life.withdraw_at_desk(web.context, _two(web, actor, body, "withdraw"), body.reference))


@router.post("/help/death", responses=Refused)
def record_a_death(body: HelpIn, actor: DeskOperator, web: ThisWeb) -> dict[str, object]:
    """End it for someone who died; a signed statement for their family. An approval of "withdraw"."""
    return dict(life.record_death(web.context, _two(web, actor, body, "withdraw"), body.reference))


@router.post("/help/retake", status_code=201, responses=documented(401, 403, 404, 409))
def take_new_pictures(body: HelpIn, actor: DeskOperator, web: ThisWeb, idempotency_key: IdempotencyKey) -> SessionOut:
    """New pictures under the same consent, after an injury, say: a session for their phone. An approval of "retake"."""
    who = _two(web, actor, body, "retake")
    return _link(web, desk_visits.open_retake(web.context, actor, who, body.reference, idempotency_key))


@router.post("/help/page", status_code=201, responses=documented(401, 403, 404, 409, 429))
def open_their_page_by_a_check(
    body: PageByCheckIn, actor: DeskOperator, web: ThisWeb, idempotency_key: IdempotencyKey
) -> SessionOut:
    """An attended check whose phone, once it is accepted, opens the person's own page, for who has not their code."""
    asked = (body.programme, body.reference, body.card, idempotency_key)
    return _link(web, desk_visits.open_page(web.context, actor, *asked))


@router.get("/programmes/{programme_id}/dpia", tags=["programmes"], responses=Refused)
def read_the_impact_assessment(programme_id: str, actor: CallingActor, web: ThisWeb) -> AssessmentOut:
    """The data protection impact assessment of the programme as it is configured now."""
    return AssessmentOut.model_validate(dpia.assessment(web.context, actor, programme_id))


@router.post("/programmes/{programme_id}/dpia", tags=["programmes"], responses=documented(401, 403, 404, 409))
def sign_the_impact_assessment(
    programme_id: str, body: SigningIn, actor: CallingActor, web: ThisWeb
) -> dict[str, object]:
    """Sign the text that was read; a programme goes live only with it."""
    return dict(dpia.sign(web.context, actor, programme_id, body.sha256, body.name))


@router.post("/programmes/{programme_id}/close", tags=["programmes"], responses=documented(401, 403, 404, 409))
def close_a_programme(programme_id: str, body: ClosingIn, actor: CallingActor, web: ThisWeb) -> dict[str, object]:
    """Withdraw everyone, destroy the programme's key, and sign the count. It cannot be undone: type the name."""
    actor.must_administer()
    with web.context.store.read() as reader:
        if reader.programmes.get(programme_id).name != body.name:
            raise RequestError("type the programme's name as it stands")
    return dict(closing.close(web.context, actor, programme_id))
