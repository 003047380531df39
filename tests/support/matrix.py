"""Who is asked for in the authorisation matrix: every role in this and in another programme, every other credential."""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from handfast.base.roles import Right, Role
from handfast.service.owner.programmes import create
from support.colleagues import Colleague, PairedPhone, at_desk, page_origin
from support.interface import Interface, Json
from support.scripted import PROGRAMME

TOKENS = ("nobody", "made-up", "link", "my-page", "stranger", "key", "token")
"""stranger: another programme's API key; token: an administrator's."""

DESKS = tuple(f"{whose} {role}" for role in Role for whose in ("own", "other") if role is not Role.ADMINISTRATOR)
ADMINISTRATOR = "own administrator"
PHONES = ("own phone", "other phone")
WHO = (*TOKENS, *DESKS, ADMINISTRATOR, *PHONES)
ONCE = ("/v1/sessions", "/v1/cases/{case_id}/capture", "/v1/help/page", "/v1/help/retake")
"""Asked for under an Idempotency-Key."""

PHONE_ROLES = frozenset({Role.ENROLLER, Role.CHECKER, Role.FINDER})


@dataclass
class Scene:
    """A programme with somebody enrolled, and a credential of each kind.

    ids      what goes into a path, made afresh for each request: an act may use its object up
    bodies   a fair body for each path that takes one
    """

    handfast: Interface
    tokens: dict[str, str | None] = field(default_factory=dict)
    people: dict[str, Colleague] = field(default_factory=dict)
    phones: dict[str, PairedPhone] = field(default_factory=dict)
    ids: dict[str, Callable[[], str]] = field(default_factory=dict)
    bodies: dict[str, Json] = field(default_factory=dict)

    def send(self, method: str, template: str, who: str) -> int:
        """The status of one operation with one credential."""
        query = "?programme=" + self.ids["programme_id"]() if template == "/v1/cases" else ""
        path = template.format(**{name: make() for name, make in self.ids.items() if f"{{{name}}}" in template}) + query
        body = self.bodies.get(template) if method in ("POST", "PUT") else None
        headers = {"Origin": page_origin(self.handfast)}
        if template in ONCE:
            headers["Idempotency-Key"] = uuid.uuid4().hex
        if who in self.people:
            headers |= self.people[who].headers
        if who in self.phones:
            sent = b"" if body is None else json.dumps(body).encode()
            headers |= self.phones[who].signed(method, path, sent)
        if template == "/v1/capture/frames":
            return self._frame(path, who, headers)
        return self.handfast.call(method, path, body, self.tokens.get(who), headers).status

    def _frame(self, path: str, who: str, headers: Mapping[str, str]) -> int:
        sent = {"Content-Type": "image/jpeg", "Handfast-Frame": "AAAA", **headers}
        query = f"{path}?task=0&n=0&t=0&kind=frame"
        return self.handfast.call("POST", query, None, self.tokens.get(who), sent, b"\xff\xd8\xff").status


def scene(handfast: Interface) -> Scene:
    """Everybody who may ask, in this programme and in another."""
    made = Scene(handfast)
    own, other = handfast.desk.programme.id, create(handfast.desk.context, handfast.desk.admin, PROGRAMME)
    made.tokens |= {"nobody": None, "made-up": "hfk_" + "A" * 43, "stranger": other.api_key}
    made.tokens |= {"key": handfast.key, "token": handfast.administrator}
    programmes = {"own": own, "other": other.programme.id}
    for who in DESKS:
        whose, role = who.split()
        made.people[who] = at_desk(handfast, Right(Role(role), programmes[whose]))
    made.people[ADMINISTRATOR] = at_desk(handfast, Right(Role.ADMINISTRATOR))
    for who in PHONES:
        programme = programmes[who.split()[0]]
        made.phones[who] = at_desk(handfast, *(Right(role, programme) for role in PHONE_ROLES)).paired(programme)
    return made
