"""Who calls: the bearer token of a request, and the actor behind it."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from handfast.base.errors import NotAuthorised
from handfast.service import actors
from handfast.service.actors import Actor
from handfast.web.state import Web, web_of

MAX_TOKEN = 512  # characters


def _token(name: str, description: str) -> Callable[..., str]:
    """A dependency that gives the bearer token; NotAuthorised without one. `name` is the document's scheme."""
    scheme = HTTPBearer(scheme_name=name, description=description, auto_error=False)

    def token(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(scheme)]) -> str:
        if credentials is None or not 0 < len(credentials.credentials) <= MAX_TOKEN:
            raise NotAuthorised("Send the key as a bearer token (Authorization: Bearer ...).")
        return credentials.credentials

    return token


CallerToken = Annotated[str, Depends(_token("caller", "A programme's API key, or an administrator's token."))]
LinkToken = Annotated[str, Depends(_token("link", "The secret of a session's link: what stands behind # in it."))]
PageToken = Annotated[str, Depends(_token("my-page", "The token that POST /v1/me/open gave."))]


def actor_of(token: CallerToken, web: Annotated[Web, Depends(web_of)]) -> Actor:
    """The administrator or caller behind the token; NotAuthorised for any other."""
    return actors.authenticate(web.context, token)


CallingActor = Annotated[Actor, Depends(actor_of)]
ThisWeb = Annotated[Web, Depends(web_of)]
