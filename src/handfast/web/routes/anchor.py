"""The log's newest checkpoint for anyone: on the screen of a desk, photographed, it is an anchor."""

from fastapi import APIRouter

from handfast.service.person.cards import newest_checkpoint
from handfast.web.access import ThisWeb
from handfast.web.problems import documented
from handfast.web.qr import qr_svg
from handfast.web.schemas.care import AnchorOut

router = APIRouter(prefix="/v1", tags=["service"])


@router.get("/log/anchor", responses=documented())
def read_the_logs_anchor(web: ThisWeb) -> AnchorOut:
    """The newest signed checkpoint; kept somewhere else, it shows whether anything was taken out of the log since."""
    checkpoint = newest_checkpoint(web.context)
    return AnchorOut(checkpoint=checkpoint, log_key=web.context.log.verifier_key, qr_svg=qr_svg(checkpoint))
