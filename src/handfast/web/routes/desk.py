"""A desk: joining by invitation, signing in by passkey, stepping up, second persons, locking, the way back."""

from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Response

from handfast.service.desk import approvals, own_desks, sign_in
from handfast.service.desk.sign_in import SignedIn
from handfast.web.access import COOKIE, DeskOperator, DeskSecret, OurOrigin, ThisWeb
from handfast.web.problems import documented
from handfast.web.schemas.operators import (
    ApprovalIn,
    ApprovalOut,
    DeskOut,
    InvitationIn,
    JoinIn,
    OpenInvitationOut,
    OwnDeskOut,
    PurposeIn,
    RecoverIn,
    SignedInOut,
    SignInIn,
    StepUpIn,
)
from handfast.web.schemas.words import Empty

router = APIRouter(prefix="/v1/desk", tags=["desk"])

Before = Annotated[str | None, Cookie(alias=COOKIE, max_length=200, include_in_schema=False)]
PURPOSES = (sign_in.SIGN_IN, sign_in.STEP_UP)


@router.post("/join/options", responses=documented(401, 403))
def begin_to_join(body: InvitationIn, origin: OurOrigin, web: ThisWeb) -> dict[str, Any]:
    """What the browser is asked in order to make the passkey of an invitation."""
    return dict(sign_in.options_to_join(web.context, origin, body.invitation))


@router.post("/join", responses=documented(401, 403))
def join_by_invitation(body: JoinIn, origin: OurOrigin, web: ThisWeb, response: Response) -> SignedInOut:
    """Make the passkey, which uses the invitation up, and sign in."""
    return _opened(response, sign_in.join(web.context, origin, body.invitation, body.credential, body.site or None))


@router.post("/options", responses=documented(403))
def begin_to_show_a_passkey(body: PurposeIn, origin: OurOrigin, web: ThisWeb) -> dict[str, Any]:
    """What the browser is asked in order to show a passkey; good once, for this purpose."""
    purpose = body.purpose if body.purpose in PURPOSES else approvals.purpose_of(body.purpose)
    return dict(sign_in.options(web.context, origin, purpose))


@router.post("/sign-in", responses=documented(401, 403))
def sign_in_at_a_desk(
    body: SignInIn, origin: OurOrigin, web: ThisWeb, response: Response, before: Before = None
) -> SignedInOut:
    """Open the desk to whoever shows a passkey; whoever had it before is signed out of it."""
    return _opened(response, sign_in.sign_in(web.context, origin, body.credential, body.site or None, before))


@router.get("", responses=documented(401, 403))
def read_the_desk(secret: DeskSecret, web: ThisWeb) -> DeskOut:
    """Who is signed in here, where, and what they may do."""
    return DeskOut.model_validate(sign_in.seen(web.context, secret))


@router.post("/touch", responses=documented(401, 403))
def keep_the_desk_open(secret: DeskSecret, web: ThisWeb) -> DeskOut:
    """The operator is still there."""
    return DeskOut.model_validate(sign_in.seen(web.context, secret))


@router.post("/lock", responses=documented(401, 403))
def lock_the_desk(secret: DeskSecret, web: ThisWeb) -> Empty:
    """Lock it now; the next passkey opens it."""
    web.context.people.desks.lock(secret)
    return Empty()


@router.post("/sign-out", responses=documented(401, 403))
def end_the_shift(secret: DeskSecret, web: ThisWeb, response: Response) -> Empty:
    """Close the desk; the operator's phones are paired no more."""
    sign_in.sign_out(web.context, secret)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return Empty()


@router.get("/desks", responses=documented(401, 403))
def list_own_desks(secret: DeskSecret, web: ThisWeb) -> list[OwnDeskOut]:
    """Where this operator is signed in now."""
    return [OwnDeskOut.model_validate(each) for each in own_desks.own_desks(web.context, secret)]


@router.delete("/desks", responses=documented(401, 403))
def sign_out_everywhere_else(secret: DeskSecret, web: ThisWeb) -> list[OwnDeskOut]:
    """Sign out of every other desk and end the pairing of one's phones; the passkey must have been shown just now."""
    return [OwnDeskOut.model_validate(each) for each in own_desks.end_others(web.context, secret)]


@router.delete("/desks/{desk_id}", responses=documented(401, 403, 404))
def sign_out_of_another_desk(desk_id: str, secret: DeskSecret, web: ThisWeb) -> Empty:
    """Sign out of one of one's desks; the passkey must have been shown just now."""
    own_desks.end_desk(web.context, secret, desk_id)
    return Empty()


@router.post("/step-up", responses=documented(401, 403))
def show_the_passkey_again(body: StepUpIn, origin: OurOrigin, secret: DeskSecret, web: ThisWeb) -> DeskOut:
    """For what is not easily undone, an export or an ending, say: the desk's operator shows their passkey once more."""
    return DeskOut.model_validate(sign_in.step_up(web.context, origin, secret, body.credential))


@router.post("/approvals", status_code=201, responses=documented(401, 403, 404))
def take_a_second_persons_yes(body: ApprovalIn, origin: OurOrigin, actor: DeskOperator, web: ThisWeb) -> ApprovalOut:
    """The second person shows their passkey at the first one's desk, for one act in one programme."""
    given = approvals.approve(web.context, origin, actor, body.act, body.programme, body.credential)
    return ApprovalOut.model_validate(given)


@router.post("/recover", responses=documented(401))
def recover_an_administrator(body: RecoverIn, web: ThisWeb) -> OpenInvitationOut:
    """A new invitation for an administrator who lost every passkey; the code is used up."""
    return OpenInvitationOut(invitation=sign_in.recover(web.context, body.code))


def _opened(response: Response, opened: SignedIn) -> SignedInOut:
    response.set_cookie(COOKIE, opened.secret, path="/", secure=True, httponly=True, samesite="strict")
    desk = DeskOut.model_validate(opened.desk)
    return SignedInOut(desk=desk, recovery_codes=list(opened.recovery_codes))
