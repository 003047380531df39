"""The people who work with it: made, given rights, invited again, ended."""

from fastapi import APIRouter

from handfast.base.roles import Right
from handfast.service.desk import operators
from handfast.service.desk.operators import Invited
from handfast.web.access import CallingActor, ThisWeb
from handfast.web.problems import documented
from handfast.web.qr import qr_svg
from handfast.web.schemas.operators import InvitedOut, OperatorIn, OperatorOut, RightIn, RightsIn
from handfast.web.state import Web

router = APIRouter(prefix="/v1/operators", tags=["operators"])

Kept = documented(401, 403, 404)


@router.post("", status_code=201, responses=Kept)
def make_an_operator(body: OperatorIn, actor: CallingActor, web: ThisWeb) -> InvitedOut:
    """Make an operator; the link in this answer is theirs alone, to make their passkey with."""
    return _invited(web, operators.invite(web.context, actor, body.name, _rights(body.rights)))


@router.get("", responses=documented(401, 403))
def list_operators(actor: CallingActor, web: ThisWeb) -> list[OperatorOut]:
    """Everyone for an administrator; for an owner, who works with their programmes alone."""
    return [OperatorOut.model_validate(each) for each in operators.listed(web.context, actor)]


@router.put("/{operator_id}/rights", responses=Kept)
def set_an_operators_rights(operator_id: str, body: RightsIn, actor: CallingActor, web: ThisWeb) -> OperatorOut:
    """These rights and no others, from the next request on."""
    changed = operators.set_rights(web.context, actor, operator_id, _rights(body.rights))
    return OperatorOut.model_validate(changed)


@router.post("/{operator_id}/invitation", status_code=201, responses=Kept)
def invite_an_operator_again(operator_id: str, actor: CallingActor, web: ThisWeb) -> InvitedOut:
    """Another link, for who lost their passkey; older links end."""
    return _invited(web, operators.invite_again(web.context, actor, operator_id))


@router.delete("/{operator_id}", responses=Kept)
def end_an_operator(operator_id: str, actor: CallingActor, web: ThisWeb) -> OperatorOut:
    """They open nothing from now on, and are signed out everywhere."""
    return OperatorOut.model_validate(operators.end(web.context, actor, operator_id))


def _rights(sent: tuple[RightIn, ...]) -> tuple[Right, ...]:
    return tuple(Right(each.role, each.programme, each.site) for each in sent)


def _invited(web: Web, invited: Invited) -> InvitedOut:
    link = f"{web.public_url}/desk#join={invited.invitation}"
    return InvitedOut(operator=OperatorOut.model_validate(invited.operator), link=link, qr_svg=qr_svg(link))
