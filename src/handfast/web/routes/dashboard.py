"""The owner's page, and numbers for Prometheus. Nothing in either tells one person from another."""

from fastapi import APIRouter
from fastapi.responses import Response

from handfast.service.owner.dashboard import dashboard
from handfast.web.access import CallingActor, ThisWeb
from handfast.web.metrics import MEDIA_TYPE, exposition
from handfast.web.problems import documented
from handfast.web.schemas.dashboard import DashboardOut

router = APIRouter(tags=["owner"])


@router.get("/v1/programmes/{programme_id}/dashboard", responses=documented(401, 403, 404))
def read_the_dashboard(programme_id: str, actor: CallingActor, web: ThisWeb) -> DashboardOut:
    """Who was served, who could not be and why, what waits, what is unusual, what expires; 28 days."""
    return DashboardOut.model_validate(dashboard(web.context, actor, programme_id))


@router.get("/metrics", include_in_schema=False)
def read_metrics(actor: CallingActor, web: ThisWeb) -> Response:
    """Counts for Prometheus: for a key with the purpose "metrics" its programme's, for an administrator all."""
    return Response(exposition(web.context, actor), media_type=MEDIA_TYPE)
