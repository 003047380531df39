"""Languages: what each pack says, who speaks it, and recording a prompt in the page itself."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse

from handfast.base.errors import NotFound
from handfast.service.desk.actors import Actor
from handfast.service.owner import voices
from handfast.service.owner.voices import Recording
from handfast.web.access import CallingActor, ThisWeb
from handfast.web.packs import Pack, Prompt
from handfast.web.problems import documented
from handfast.web.routes.pages import STATIC
from handfast.web.schemas.voices import PackOut, PromptOut
from handfast.web.schemas.words import Empty
from handfast.web.state import Web

router = APIRouter(prefix="/v1", tags=["programmes"])
spoken = APIRouter(include_in_schema=False)

Code = Annotated[str, InPath(pattern=r"^[a-z]{2,3}$")]
Name = Annotated[str, InPath(pattern=r"^[a-z0-9-]{1,40}$")]
AUDIO = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in voices.FORMATS},
    }
}


@spoken.get("/voice/{code}/{name}")
def hear_a_prompt(code: Code, name: Name, web: ThisWeb) -> FileResponse:
    """A prompt as a person of this site spoke it, else as the machine drafted it."""
    prompt = _pack(web, code).prompt(name)
    found = voices.recording(web.context, code, prompt.name)
    draft: Path = STATIC / "voice" / code / f"{prompt.name}.mp3"
    if found is None and not draft.exists():
        raise NotFound("nobody speaks this yet")
    path, kind = (found.path, found.media_type) if found else (draft, "audio/mpeg")
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "no-cache"})


@router.get("/languages/{code}", responses=documented(401, 403, 404))
def read_a_language(code: Code, actor: CallingActor, web: ThisWeb) -> PackOut:
    """Every prompt of a language with its words, its picture and who speaks it."""
    actor.must_administer()
    return _shown(web, _pack(web, code))


@router.put("/languages/{code}/voice/{name}", responses=documented(401, 403, 404, 413), openapi_extra=AUDIO)
async def record_a_prompt(request: Request, code: Code, name: Name, actor: CallingActor, web: ThisWeb) -> PackOut:
    """Put a recording in the place of the machine's draft or of an earlier one. Administrators only."""
    body, kind = await request.body(), request.headers.get("content-type", "")
    return await web.pool.run(_keep, web, actor, code, name, body, kind)


@router.delete("/languages/{code}/voice/{name}", responses=documented(401, 403, 404))
def take_a_recording_away(code: Code, name: Name, actor: CallingActor, web: ThisWeb) -> Empty:
    """The machine's draft speaks again. Administrators only."""
    voices.remove(web.context, actor, code, _pack(web, code).prompt(name).name)
    return Empty()


def _keep(web: Web, actor: Actor, code: str, name: str, body: bytes, kind: str) -> PackOut:
    pack = _pack(web, code)
    voices.keep(web.context, actor, code, pack.prompt(name).name, body, kind)
    return _shown(web, pack)


def _pack(web: Web, code: str) -> Pack:
    if code not in web.packs:
        raise NotFound("this language is not spoken here")
    return web.packs[code]


def _shown(web: Web, pack: Pack) -> PackOut:
    return PackOut(
        code=pack.code,
        name=pack.name,
        direction=pack.direction,
        reviewer=pack.reviewer,
        missing=list(pack.missing),
        prompts=[_prompt(each, voices.recording(web.context, pack.code, each.name)) for each in pack.prompts],
    )


def _prompt(prompt: Prompt, made: Recording | None) -> PromptOut:
    return PromptOut(
        name=prompt.name,
        text=prompt.text,
        icon=prompt.icon,
        source="recorded" if made else "machine draft" if prompt.drafted else "missing",
        by=made.by if made else None,
    )
