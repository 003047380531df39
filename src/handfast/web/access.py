"""Who calls: the bearer token of a request, and the actor behind it."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from handfast.base.errors import NotAuthorised
from handfast.service import actors
from handfast.service.actors import Actor
from handfast.web.state import Web, web_of

_bearer = HTTPBearer(auto_error=False, description="An API key, an administrator's token, or the secret of a link.")


def token_of(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    """The bearer token; NotAuthorised without one."""
    if credentials is None or not 0 < len(credentials.credentials) <= 512:
        raise NotAuthorised("Send the key as a bearer token (Authorization: Bearer ...).")
    return credentials.credentials


Token = Annotated[str, Depends(token_of)]


def actor_of(token: Token, web: Annotated[Web, Depends(web_of)]) -> Actor:
    """The administrator or caller behind the token; NotAuthorised for any other."""
    return actors.authenticate(web.context, token)


CallingActor = Annotated[Actor, Depends(actor_of)]
ThisWeb = Annotated[Web, Depends(web_of)]


def host_of(request: Request) -> str:
    """The origin that the caller used, such as "https://clinic.local:8443"."""
    return f"{request.url.scheme}://{request.url.netloc}"
