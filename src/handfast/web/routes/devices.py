"""An operator's phone: paired by a code that a signed-in desk shows, it signs what it asks until the shift ends."""

from fastapi import APIRouter

from handfast.service.desk import approvals, devices
from handfast.web.access import DeskOperator, OurOrigin, PairedOperator, ThisWeb
from handfast.web.problems import documented
from handfast.web.qr import qr_svg
from handfast.web.schemas.operators import (
    ApprovalIn,
    ApprovalOut,
    DeviceOut,
    OwnDeviceOut,
    PairedOut,
    PairIn,
    PairingIn,
    PairingOut,
    PairingStateOut,
    RightOut,
)
from handfast.web.schemas.words import Empty

router = APIRouter(prefix="/v1", tags=["desk"])


@router.post("/desk/pairings", status_code=201, responses=documented(401, 403, 404))
def open_a_pairing(body: PairingIn, actor: DeskOperator, web: ThisWeb) -> PairingOut:
    """A code that pairs one phone with this operator, programme and site."""
    opened = devices.open_pairing(web.context, actor, body.programme)
    link = f"{web.public_url}/o#{opened.secret}"
    return PairingOut(id=opened.id, link=link, qr_svg=qr_svg(link), ends_at=opened.ends_at)


@router.get("/desk/pairings/{pairing_id}", responses=documented(401, 403))
def read_a_pairing(pairing_id: str, _actor: DeskOperator, web: ThisWeb) -> PairingStateOut:
    """Whether a phone took the code."""
    return PairingStateOut(paired=devices.was_paired(web.context, pairing_id))


@router.get("/desk/devices", responses=documented(401, 403))
def list_own_phones(actor: DeskOperator, web: ThisWeb) -> list[DeviceOut]:
    """The phones that are paired with this operator now."""
    return [DeviceOut.model_validate(each) for each in devices.devices_of(web.context, actor)]


@router.delete("/desk/devices/{device_id}", responses=documented(401, 403, 404))
def unpair_a_phone(device_id: str, actor: DeskOperator, web: ThisWeb) -> Empty:
    """End one's own phone now."""
    devices.unpair(web.context, actor, device_id)
    return Empty()


@router.post("/devices/pair", status_code=201, responses=documented(401))
def pair_a_phone(body: PairIn, web: ThisWeb) -> PairedOut:
    """The phone shows the code and signs it with its own key, which never leaves it."""
    device = devices.pair(web.context, body.pairing, body.public_key, body.signature)
    return PairedOut(device=DeviceOut.model_validate(device), now=web.context.clock.now())


@router.get("/devices/own", responses=documented(401))
def read_own_pairing(actor: PairedOperator) -> OwnDeviceOut:
    """The paired phone as it sees itself; the request is signed."""
    rights = [RightOut.model_validate(right) for right in actor.rights]
    return OwnDeviceOut(device=DeviceOut.model_validate(actor.device), name=actor.desk, rights=rights)


@router.post("/devices/approvals", status_code=201, responses=documented(401, 403, 404))
def take_a_second_persons_yes_on_a_phone(
    body: ApprovalIn, origin: OurOrigin, actor: PairedOperator, web: ThisWeb
) -> ApprovalOut:
    """The second person shows their passkey on the first one's paired phone."""
    given = approvals.approve(web.context, origin, actor, body.act, body.programme, body.credential)
    return ApprovalOut.model_validate(given)
