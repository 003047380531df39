"""Studies: seen by their owner, exported by two people."""

import tarfile
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from handfast.service import study, study_export
from handfast.web.access import CallingActor, DeskOperator, ExportToken, ThisWeb
from handfast.web.problems import documented
from handfast.web.schemas.studies import ExportIn, ExportOut, StudyOut

router = APIRouter(prefix="/v1", tags=["programmes"])
TAR: dict[int | str, dict[str, Any]] = {200: {"content": {"application/x-tar": {}}, "description": "The archive."}}


@router.get("/studies", responses=documented(401))
def list_studies(actor: CallingActor, web: ThisWeb) -> list[StudyOut]:
    """The studies that the caller has to do with: counts, and no person."""
    return [StudyOut.model_validate(each) for each in study.studies(web.context, actor)]


@router.post("/programmes/{programme_id}/study/export", status_code=201, responses=documented(401, 403, 404))
def export_a_study(programme_id: str, body: ExportIn, actor: DeskOperator, web: ThisWeb) -> ExportOut:
    """Let a study's pictures leave, once: by its owner at a desk, with a second person's approval of "export"."""
    return ExportOut.model_validate(study_export.give_export(web.context, actor, programme_id, body.approval))


@router.get("/study-export", responses={**TAR, **documented(401)}, response_class=StreamingResponse)
def fetch_an_export(token: ExportToken, web: ThisWeb) -> StreamingResponse:
    """The archive, once: pictures by person, labels.csv, and the signed statement that the lab reads."""
    return StreamingResponse(_tar(study_export.exported(web.context, token)), media_type="application/x-tar")


def _tar(files: Iterator[tuple[str, bytes]]) -> Iterator[bytes]:
    for place, content in files:
        entry = tarfile.TarInfo(place)
        entry.size, entry.mode = len(content), 0o600
        yield entry.tobuf(tarfile.USTAR_FORMAT)
        yield content.ljust(-(-len(content) // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE, b"\0")
    yield bytes(2 * tarfile.BLOCKSIZE)
