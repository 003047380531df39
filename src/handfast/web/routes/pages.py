"""The pages. Each is one static file; what it shows comes from /v1."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

STATIC = Path(__file__).parent.parent / "static"

router = APIRouter(include_in_schema=False)

PAGES = {
    "/": "index.html",
    "/c": "capture.html",
    "/me": "me.html",
    "/desk": "desk.html",
    "/o": "phone.html",
    "/owner": "owner.html",
    "/p/{programme_id}": "programme.html",
    "/docs": "docs.html",
    "/voices": "voices.html",
}


def _page(name: str) -> FileResponse:
    return FileResponse(STATIC / name, media_type="text/html; charset=utf-8", headers={"Cache-Control": "no-cache"})


for _path, _name in PAGES.items():
    router.add_api_route(_path, lambda name=_name: _page(name), methods=["GET"])
