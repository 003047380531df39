"""The person's own page, opened by the private code and its PIN."""

from fastapi import APIRouter

from handfast.base.errors import RequestError
from handfast.service import cases
from handfast.service.memory.said import Act, PersonsAnswer
from handfast.service.person import freeze, my_page
from handfast.service.person.cards import newest_checkpoint
from handfast.web.access import PageToken, ThisWeb
from handfast.web.cards import card_out
from handfast.web.problems import documented
from handfast.web.schemas.capture import CardOut
from handfast.web.schemas.cases import CaseOut, ObjectionIn
from handfast.web.schemas.my_page import (
    ByCardIn,
    FreezeIn,
    MyPageOut,
    OpenedPageOut,
    OpenPageIn,
    RenewIn,
)
from handfast.web.schemas.words import Empty

router = APIRouter(prefix="/v1/me", tags=["my page"])

Closed = documented(401)


@router.post("/open", responses=documented(401, 429, 503))
async def open_my_page(body: OpenPageIn, web: ThisWeb) -> OpenedPageOut:
    """Open by code and PIN; every wrong pair gets the same answer, and tries are few."""
    opened = await web.pool.run(my_page.open_page, web.context, body.private_code, body.pin)
    return OpenedPageOut.model_validate(opened)


@router.get("", responses=Closed)
def read_my_page(token: PageToken, web: ThisWeb) -> MyPageOut:
    """What is held and every use of it, each with its proof."""
    return MyPageOut.model_validate(my_page.page(web.context, token))


@router.post("/freeze", responses=Closed)
def freeze_or_allow(body: FreezeIn, token: PageToken, web: ThisWeb) -> Empty:
    """Stop every use, or allow it again."""
    my_page.freeze(web.context, token, frozen=body.frozen)
    return Empty()


@router.post("/freeze-by-card", responses=documented(429))
def freeze_by_card(body: ByCardIn, web: ThisWeb) -> Empty:
    """Stop every use of whoever's card this is: the card is enough. The same answer where there is nobody to stop.

    Allowing it again takes the private code and its PIN.
    """
    freeze.freeze_by_card(web.context, body.card)
    return Empty()


@router.post("/renew", responses=documented(401, 403))
def renew_what_was_agreed(body: RenewIn, token: PageToken, web: ThisWeb) -> Empty:
    """Agree for another term of the programme."""
    notice_hash = web.notices.hashes.get(body.language)
    if notice_hash is None:
        raise RequestError("this language is not spoken here")
    act = Act(kind=body.act.kind, at=body.act.at.isoformat())
    said = PersonsAnswer("yes", body.language, web.notices.version, notice_hash, (), act)
    my_page.renew(web.context, token, said)
    return Empty()


@router.post("/card", status_code=201, responses=Closed)
def replace_my_card(token: PageToken, web: ThisWeb) -> CardOut:
    """A new card; every older one is dead from now on."""
    card = my_page.replace_card(web.context, token)
    return card_out(card, newest_checkpoint(web.context))


@router.post("/withdraw", responses=documented(401, 409))
def withdraw_for_good(token: PageToken, web: ThisWeb) -> dict[str, object]:
    """Stop all use and destroy what is held, now or after the hours that the consent promised; a signed statement."""
    return dict(my_page.withdraw(web.context, token))


@router.post("/object", status_code=201, responses=Closed)
def object_to_a_use(body: ObjectionIn, token: PageToken, web: ThisWeb) -> CaseOut:
    """Say that something is wrong; a person must answer by the deadline, and the answer stands on this page."""
    return CaseOut.model_validate(cases.object_to(web.context, web.context.pages.page(token), body.words))


@router.get("/cases", responses=Closed)
def read_my_cases(token: PageToken, web: ThisWeb) -> list[CaseOut]:
    """What a person decides about: referred checks, objections, possible duplicates."""
    return [CaseOut.model_validate(each) for each in cases.own_cases(web.context, web.context.pages.page(token))]


@router.get("/receipt", responses=Closed)
def read_my_receipt(token: PageToken, web: ThisWeb) -> dict[str, object]:
    """The signed receipt of what was agreed, with the newest checkpoint of the log."""
    return dict(my_page.receipt(web.context, token))


@router.get("/download", responses=Closed)
def download_everything(token: PageToken, web: ThisWeb) -> dict[str, object]:
    """Everything held about the person, with proofs."""
    return dict(my_page.download(web.context, token))
