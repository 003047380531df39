"""Who may do what: every operation of the OpenAPI document with every kind of credential."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from handfast.service.api_keys import add_key
from handfast.service.programmes import create
from support.interface import PIN, Interface, Json, interface
from support.scripted import PROGRAMME

WHO = ("nobody", "made-up", "link", "my-page", "stranger", "key", "administrator")
OPEN = dict.fromkeys(WHO, 200)
"""Needs nothing; a credential that is sent all the same changes nothing."""

CALLERS = dict.fromkeys(("nobody", "made-up", "link", "my-page"), 401)
LINKS = dict.fromkeys(WHO, 404) | {"nobody": 401}  # what is no session's secret is no session
PAGES = dict.fromkeys(WHO, 401)

MAY: Mapping[tuple[str, str], Mapping[str, int]] = {
    ("GET", "/v1/health"): OPEN,
    ("GET", "/v1/keys"): OPEN,
    ("GET", "/v1/programmes/{programme_id}/public"): OPEN,
    ("POST", "/v1/admin/claim"): dict.fromkeys(WHO, 401),  # the link is in the body, and this one is used up
    ("POST", "/v1/me/open"): OPEN,
    ("GET", "/v1/programmes"): CALLERS | {"stranger": 200, "key": 200, "administrator": 200},
    ("POST", "/v1/programmes"): CALLERS | {"stranger": 403, "key": 403, "administrator": 201},
    ("GET", "/v1/programmes/{programme_id}/keys"): CALLERS | {"stranger": 403, "key": 403, "administrator": 200},
    ("DELETE", "/v1/programmes/{programme_id}/keys/{key_id}"): CALLERS
    | {"stranger": 403, "key": 403, "administrator": 200},
    ("POST", "/v1/programmes/{programme_id}/keys"): CALLERS | {"stranger": 403, "key": 403, "administrator": 201},
    ("PUT", "/v1/programmes/{programme_id}/policy"): CALLERS | {"stranger": 403, "key": 403, "administrator": 200},
    ("GET", "/v1/programmes/{programme_id}/policy"): CALLERS | {"stranger": 403, "key": 200, "administrator": 200},
    ("POST", "/v1/programmes/{programme_id}/go-live"): CALLERS | {"stranger": 403, "key": 403, "administrator": 409},
    ("POST", "/v1/sessions"): CALLERS | {"stranger": 403, "key": 201, "administrator": 201},
    ("GET", "/v1/sessions/{session_id}"): CALLERS | {"stranger": 404, "key": 200, "administrator": 200},
    ("GET", "/v1/capture"): LINKS | {"link": 200},
    ("POST", "/v1/capture/answer"): LINKS | {"link": 200},
    ("POST", "/v1/capture/challenge"): LINKS | {"link": 200},
    ("POST", "/v1/capture/frames"): LINKS | {"link": 409},  # heard, but not bound to the challenge
    ("POST", "/v1/capture/finish"): LINKS | {"link": 400},  # heard, but steps are left
    ("POST", "/v1/capture/pin"): PAGES,  # only within the session that enrolled
    ("GET", "/v1/capture/receipt"): PAGES,
    ("POST", "/v1/capture/another-way"): LINKS | {"link": 200},
    ("GET", "/v1/me"): PAGES | {"my-page": 200},
    ("GET", "/v1/me/receipt"): PAGES | {"my-page": 200},
    ("GET", "/v1/me/download"): PAGES | {"my-page": 200},
    ("POST", "/v1/me/freeze"): PAGES | {"my-page": 200},
    ("POST", "/v1/me/card"): PAGES | {"my-page": 201},
    ("POST", "/v1/me/withdraw"): PAGES | {"my-page": 200},
}


@dataclass(frozen=True)
class Scene:
    """A programme with somebody enrolled, a session that is on, a credential of each kind, fair bodies."""

    handfast: Interface
    credentials: Mapping[str, str | None]
    ids: Mapping[str, str]
    bodies: Mapping[str, Json]

    def send(self, method: str, template: str, who: str) -> int:
        path = template.format(**self.ids)
        token = self.credentials[who]
        if template == "/v1/capture/frames":
            headers = {"Content-Type": "image/jpeg", "Handfast-Frame": "AAAA"}
            return self.handfast.call(
                method, f"{path}?task=0&n=0&t=0&kind=frame", None, token, headers, b"\xff\xd8\xff"
            ).status
        headers = {"Idempotency-Key": f"matrix-{who}"} if template == "/v1/sessions" else {}
        return self.handfast.call(method, path, self.bodies.get(template), token, headers).status


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with interface(Path(tmp_path_factory.mktemp("matrix"))) as handfast:
        desk = handfast.desk
        enrolled = handfast.enrolled("P-1", 1)
        staying = handfast.enrolled("P-2", 2)  # whose code still opens when the other has withdrawn
        visit = handfast.visit(1, kind="check", reference="P-1")
        visit.say()
        visit.draw()
        notice = visit.ask("GET", "").json["notice"]
        programme = {
            name: getattr(PROGRAMME, name) for name in ("name", "purpose", "who_sees", "retention_days", "another_way")
        }
        yield Scene(
            handfast,
            {
                "nobody": None,
                "made-up": "hfk_" + "A" * 43,
                "link": visit.token,
                "my-page": handfast.page_of(enrolled),
                "stranger": create(desk.context, desk.admin, PROGRAMME).api_key,
                "key": handfast.key,
                "administrator": handfast.administrator,
            },
            {
                "programme_id": desk.programme.id,
                "session_id": visit.id,
                "key_id": add_key(desk.context, desk.admin, desk.programme.id, "old desk").id,
            },
            {
                "/v1/admin/claim": {"token": "used up"},
                "/v1/me/open": {"private_code": staying["private_code"], "pin": PIN},
                "/v1/programmes": programme,
                "/v1/programmes/{programme_id}/keys": {"name": "desk 2"},
                "/v1/programmes/{programme_id}/policy": {"attempts": 9, "operator_tries": 1000},
                "/v1/programmes/{programme_id}/go-live": {"file": "{}", "lab_key": "AAAA"},
                "/v1/sessions": {"kind": "check", "reference": "P-1", "programme": desk.programme.id},
                "/v1/capture/answer": {
                    "answer": "yes",
                    "language": "en",
                    "notice_version": notice["version"],
                    "notice_hash": notice["hash"]["en"],
                    "act": {"kind": "press", "at": "2026-11-23T09:00:00Z"},
                },
                "/v1/capture/challenge": {"hands": ["right"]},
                "/v1/capture/pin": {"pin": "135791"},
                "/v1/capture/another-way": {"step": "look", "cause": "no-camera"},
                "/v1/me/freeze": {"frozen": False},
            },
        )


def test_the_table_is_about_every_operation_of_the_document(scene: Scene) -> None:
    assert set(MAY) == set(scene.handfast.document.operations)


def test_the_document_says_which_credential_an_operation_takes(scene: Scene) -> None:
    needed = {"caller": "key", "link": "link", "my-page": "my-page"}
    for operation, described in scene.handfast.document.operations.items():
        schemes = {name for each in described.get("security", []) for name in each}
        assert bool(schemes) is (MAY[operation]["nobody"] == 401 and operation != ("POST", "/v1/admin/claim"))
        for scheme in schemes:
            assert MAY[operation][needed[scheme]] != 404


@pytest.mark.parametrize("who", ["nobody", "made-up", "stranger", "key", "administrator", "my-page", "link"])
def test_each_credential_opens_what_the_table_says_and_no_more(scene: Scene, who: str) -> None:
    """What ends a session or a person is asked for last, and by the others before those who may."""
    last = ("/v1/capture/another-way", "/v1/me/withdraw")
    operations = sorted(MAY, key=lambda operation: (operation[1] in last, operation))
    found = {operation: scene.send(*operation, who) for operation in operations}
    expected = {operation: answers[who] for operation, answers in MAY.items()}
    assert found == expected
