"""Who may do what: every operation of the OpenAPI document, with every credential, by every role, here and elsewhere.

What ends a session or a person is asked for last; what ends a desk is followed by opening it again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from handfast.base.roles import Right, Role
from handfast.service.cases import CaseFile, open_case
from handfast.service.desk import operators
from handfast.service.owner.api_keys import add_key
from handfast.storage.tables.cases import CaseKind
from support.colleagues import ROOT, PairedPhone
from support.interface import PIN, Interface, interface
from support.matrix import ADMINISTRATOR, DESKS, PHONE_ROLES, PHONES, TOKENS, WHO, Scene, scene
from support.scripted import PROGRAMME

Answers = dict[str, int]
UNKNOWN = ("nobody", "made-up", "link", "my-page")
OWNER, ANYONE = Role.OWNER, frozenset(Role)
NOBODY: frozenset[Role] = frozenset()
HELPERS = frozenset({Role.ENROLLER, Role.CHECKER, Role.REVIEWER, OWNER})
BESIDE = (Role.FINDER, Role.AUDITOR)
AT_DESKS = frozenset({Role.ENROLLER, Role.CHECKER, Role.REVIEWER})


@dataclass(frozen=True)
class Rule:
    """Answers of an operation that takes a key, a desk or a phone.

    ok        the answer for an administrator, and for these roles in the programme that it is about
    denied    for another role there; other: for anyone of another programme
    key       for the programme's API key
    """

    ok: int
    roles: frozenset[Role]
    denied: int = 403
    other: int = 403
    key: int | None = None
    administrator: int | None = None

    def answers(self) -> Answers:
        top = self.administrator or self.ok
        told = dict.fromkeys(UNKNOWN, 401) | {"stranger": self.other, "key": self.key or self.denied, "token": top}
        told |= {who: self._desk(*who.split()) for who in DESKS}
        phone = self.ok if PHONE_ROLES & self.roles else self.denied
        return told | {ADMINISTRATOR: top, "own phone": phone, "other phone": self.other}

    def _desk(self, whose: str, role: str) -> int:
        if whose == "other":
            return self.other
        return self.ok if Role(role) in self.roles else self.denied


def everyone(status: int) -> Answers:
    """Needs nothing; a credential that is sent all the same changes nothing."""
    return dict.fromkeys(WHO, status)


def desk(ok: int, roles: frozenset[Role] = ANYONE, *, other: int | None = None, top: int | None = None) -> Answers:
    """Takes an open desk: a key, a token or a phone is none."""
    told = everyone(401) | Rule(ok, roles, other=other or ok, administrator=top).answers()
    return told | dict.fromkeys((*TOKENS, *PHONES), 401)


def person(ok: int, roles: frozenset[Role]) -> Answers:
    """Takes an operator, known by their passkey; who may not does not learn that it is there."""
    told = Rule(ok, roles, 404, 404).answers()
    return told | dict.fromkeys(("stranger", "key", "token"), 403) | {ADMINISTRATOR: 404}


LINKS = dict.fromkeys(WHO, 404) | dict.fromkeys(("nobody", *DESKS, ADMINISTRATOR, *PHONES), 401)
PAGES = everyone(401)

MAY: Mapping[tuple[str, str], Answers] = {
    ("GET", "/v1/health"): everyone(200),
    ("GET", "/v1/keys"): everyone(200),
    ("GET", "/v1/programmes/{programme_id}/public"): everyone(200),
    ("POST", "/v1/admin/claim"): everyone(401),  # the link is in the body, and this one is used up
    ("POST", "/v1/me/open"): everyone(200),
    ("GET", "/v1/programmes"): Rule(200, ANYONE, other=200, key=200).answers(),
    ("POST", "/v1/programmes"): Rule(201, NOBODY).answers(),
    ("GET", "/v1/programmes/{programme_id}/keys"): Rule(200, frozenset({OWNER, Role.AUDITOR})).answers(),
    ("POST", "/v1/programmes/{programme_id}/keys"): Rule(201, frozenset({OWNER})).answers(),
    ("DELETE", "/v1/programmes/{programme_id}/keys/{key_id}"): Rule(200, frozenset({OWNER})).answers(),
    ("PUT", "/v1/programmes/{programme_id}/policy"): Rule(200, NOBODY).answers(),
    ("GET", "/v1/programmes/{programme_id}/policy"): Rule(200, ANYONE, key=200).answers(),
    ("POST", "/v1/programmes/{programme_id}/go-live"): Rule(409, NOBODY).answers(),
    ("GET", "/v1/programmes/{programme_id}/dpia"): Rule(200, frozenset({OWNER, Role.AUDITOR})).answers(),
    ("POST", "/v1/programmes/{programme_id}/dpia"): Rule(409, frozenset({OWNER})).answers(),  # of another text
    ("POST", "/v1/programmes/{programme_id}/close"): Rule(400, NOBODY).answers(),  # under another name
    ("GET", "/v1/studies"): Rule(200, ANYONE, other=200, key=200).answers(),
    ("POST", "/v1/programmes/{programme_id}/study/export"): desk(
        404, frozenset({OWNER}), other=403, top=403
    ),  # no study
    ("GET", "/v1/study-export"): everyone(401),  # what two people were given
    ("POST", "/v1/help/card"): desk(403, other=403),  # without a second person's yes
    ("POST", "/v1/help/reference"): desk(403, other=403),
    ("POST", "/v1/help/withdraw"): desk(403, other=403),
    ("POST", "/v1/help/death"): desk(403, other=403),
    ("POST", "/v1/help/retake"): desk(403, other=403),
    ("POST", "/v1/help/page"): desk(201, HELPERS, other=403, top=403) | {f"own {role}": 403 for role in BESIDE},
    ("GET", "/v1/log/anchor"): everyone(200),
    ("GET", "/v1/languages/{code}"): Rule(200, NOBODY).answers(),
    ("PUT", "/v1/languages/{code}/voice/{name}"): Rule(400, NOBODY).answers(),  # heard, but no sound
    ("DELETE", "/v1/languages/{code}/voice/{name}"): Rule(200, NOBODY).answers(),
    ("POST", "/v1/me/freeze-by-card"): everyone(200),  # the same where there is nobody to stop it for
    ("POST", "/v1/me/renew"): PAGES | {"my-page": 200},
    ("POST", "/v1/me/object"): PAGES | {"my-page": 201},
    ("POST", "/v1/operators"): Rule(201, frozenset({OWNER})).answers(),
    ("GET", "/v1/operators"): Rule(200, frozenset({OWNER})).answers() | {"other owner": 200},  # their own people
    ("PUT", "/v1/operators/{operator_id}/rights"): Rule(200, frozenset({OWNER})).answers(),
    ("POST", "/v1/operators/{operator_id}/invitation"): Rule(201, frozenset({OWNER}), 404, 404).answers(),
    ("DELETE", "/v1/operators/{operator_id}"): Rule(200, frozenset({OWNER}), 404, 404).answers(),
    ("POST", "/v1/desk/join/options"): everyone(401),  # what opens these is in the body, and here it is not
    ("POST", "/v1/desk/join"): everyone(401),
    ("POST", "/v1/desk/sign-in"): everyone(401),
    ("POST", "/v1/desk/recover"): everyone(401),
    ("POST", "/v1/desk/step-up"): everyone(401),
    ("POST", "/v1/desk/approvals"): everyone(401),
    ("POST", "/v1/devices/approvals"): everyone(401),
    ("POST", "/v1/devices/pair"): everyone(401),
    ("POST", "/v1/desk/options"): everyone(200),  # names nobody
    ("GET", "/v1/desk"): desk(200),
    ("POST", "/v1/desk/touch"): desk(200),
    ("POST", "/v1/desk/lock"): desk(200),
    ("POST", "/v1/desk/sign-out"): desk(200),
    ("POST", "/v1/desk/pairings"): desk(201, PHONE_ROLES, other=403, top=403),
    ("GET", "/v1/desk/pairings/{pairing_id}"): desk(200),
    ("GET", "/v1/desk/devices"): desk(200),
    ("GET", "/v1/desk/desks"): desk(200),
    ("DELETE", "/v1/desk/desks"): desk(200),
    ("DELETE", "/v1/desk/desks/{desk_id}"): desk(404),  # nobody's
    ("DELETE", "/v1/desk/devices/{device_id}"): desk(404),  # somebody else's
    ("GET", "/v1/devices/own"): everyone(401) | dict.fromkeys(PHONES, 200),
    ("POST", "/v1/sessions"): Rule(201, frozenset({Role.CHECKER}), key=201).answers() | {ADMINISTRATOR: 403},
    ("GET", "/v1/sessions/{session_id}"): Rule(200, AT_DESKS, 404, 404, key=200).answers() | {ADMINISTRATOR: 404},
    ("POST", "/v1/sessions/{session_id}/witness"): Rule(409, frozenset({Role.ENROLLER})).answers()
    | {"key": 409, ADMINISTRATOR: 403},  # a check has no witness
    ("GET", "/v1/cases"): Rule(200, frozenset({Role.REVIEWER, OWNER})).answers() | {ADMINISTRATOR: 403},
    ("POST", "/v1/cases/controls"): Rule(404, frozenset({OWNER})).answers()
    | {ADMINISTRATOR: 403},  # nobody by that name
    ("POST", "/v1/cases/{case_id}/capture"): person(201, frozenset({Role.REVIEWER})),
    ("POST", "/v1/cases/{case_id}/pictures"): person(200, frozenset({Role.REVIEWER})),
    ("POST", "/v1/cases/{case_id}/decision"): person(200, frozenset({Role.REVIEWER})),
    ("POST", "/v1/cases/{case_id}/reversal"): person(409, frozenset({Role.REVIEWER, OWNER})),  # it is not decided
    ("GET", "/v1/programmes/{programme_id}/dashboard"): Rule(200, frozenset({OWNER, Role.AUDITOR})).answers()
    | {ADMINISTRATOR: 403},
    ("GET", "/v1/capture"): LINKS | {"link": 200},
    ("POST", "/v1/capture/answer"): LINKS | {"link": 200},
    ("POST", "/v1/capture/challenge"): LINKS | {"link": 200},
    ("POST", "/v1/capture/frames"): LINKS | {"link": 409},  # heard, but not bound to the challenge
    ("POST", "/v1/capture/finish"): LINKS | {"link": 400},  # heard, but steps are left
    ("POST", "/v1/capture/pin"): PAGES,  # only within the session that enrolled
    ("POST", "/v1/capture/duress"): PAGES,
    ("GET", "/v1/capture/receipt"): PAGES,
    ("GET", "/v1/me/cases"): PAGES | {"my-page": 200},
    ("POST", "/v1/capture/another-way"): LINKS | {"link": 200},
    ("GET", "/v1/me"): PAGES | {"my-page": 200},
    ("GET", "/v1/me/receipt"): PAGES | {"my-page": 200},
    ("GET", "/v1/me/download"): PAGES | {"my-page": 200},
    ("POST", "/v1/me/freeze"): PAGES | {"my-page": 200},
    ("POST", "/v1/me/card"): PAGES | {"my-page": 201},
    ("POST", "/v1/me/withdraw"): PAGES | {"my-page": 200},
}
TAKES_MORE = {
    ("POST", "/v1/desk/step-up"),
    ("POST", "/v1/desk/approvals"),
    ("POST", "/v1/devices/approvals"),
    ("GET", "/v1/study-export"),
    ("POST", "/v1/capture/pin"),
    ("POST", "/v1/capture/duress"),
    ("GET", "/v1/capture/receipt"),
}
"""A credential that is right, and something in the body or before it that here is not."""

LAST = ("/v1/capture/another-way", "/v1/me/withdraw")
CLOSES_THE_DESK = ("/v1/desk/lock", "/v1/desk/sign-out")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with interface(Path(tmp_path_factory.mktemp("matrix"))) as handfast:
        made = scene(handfast)
        context, programme = handfast.desk.context, handfast.desk.programme.id
        enrolled, staying = handfast.enrolled("P-1", 1), handfast.enrolled("P-2", 2)
        visit = handfast.visit(1, kind="check", reference="P-1")
        visit.say()
        visit.draw()
        notice = visit.ask("GET", "").json["notice"]
        made.tokens |= {"link": visit.token, "my-page": handfast.page_of(enrolled)}
        right = Right(Role.CHECKER, programme)
        made.ids |= {
            "programme_id": lambda: programme,
            "session_id": lambda: visit.id,
            "key_id": lambda: add_key(context, handfast.desk.admin, programme, "old desk").id,
            "operator_id": lambda: operators.invite(context, ROOT, "Somebody", (right,)).operator.id,
            "pairing_id": lambda: "pai_unknown",
            "desk_id": lambda: "dsk_unknown",
            "code": lambda: "en",
            "name": lambda: "agree",
            "device_id": lambda: made.phones["own phone"].id,
        }
        made.ids["case_id"] = lambda: a_case(handfast)
        made.bodies |= fair(programme)
        made.bodies |= {
            "/v1/devices/pair": PairedPhone(handfast).introduction("A" * 43),
            "/v1/me/open": {"private_code": staying["private_code"], "pin": PIN},
            "/v1/capture/answer": {
                "answer": "yes",
                "language": "en",
                "notice_version": notice["version"],
                "notice_hash": notice["hash"]["en"],
                "act": {"kind": "press", "at": "2026-11-23T09:00:00Z"},
            },
        }
        yield made


def a_case(handfast: Interface) -> str:
    """A case about somebody enrolled."""
    context, programme = handfast.desk.context, handfast.desk.programme.id
    with context.store.write() as unit:
        subject = unit.subjects.by_reference(programme, context.keys.programme(programme).lookup("P-2"))
        assert subject is not None
        file = CaseFile((subject.id,))
        return open_case(
            context,
            unit,
            programme_id=programme,
            kind=CaseKind.OBJECTION,
            site="",
            asked_by="person",
            file=file,
        )


def fair(programme: str) -> Mapping[str, object]:
    """A body for each operation that takes one, that nothing is wrong with."""
    fields = ("name", "purpose", "who_sees", "retention_days", "another_way")
    rights = [{"role": "checker", "programme": programme}]
    secret, credential = "A" * 43, {"rawId": "AAAA", "response": {"clientDataJSON": "e30"}}
    approval = {"act": "witness", "programme": programme, "credential": credential}
    helped = {"programme": programme, "reference": "P-2", "document": "identity card", "approval": secret}
    return {
        "/v1/admin/claim": {"token": "used up"},
        "/v1/programmes": {name: getattr(PROGRAMME, name) for name in fields},
        "/v1/programmes/{programme_id}/keys": {"name": "desk 2", "purposes": ["check"], "site": "North"},
        "/v1/programmes/{programme_id}/policy": {"attempts": 9, "operator_tries": 1000},
        "/v1/programmes/{programme_id}/go-live": {"file": "{}", "lab_key": "AAAA"},
        "/v1/programmes/{programme_id}/dpia": {"sha256": "0" * 64, "name": "Ada"},
        "/v1/programmes/{programme_id}/close": {"name": "not its name"},
        "/v1/programmes/{programme_id}/study/export": {"approval": "AAAA"},
        "/v1/help/card": helped,
        "/v1/help/reference": {**helped, "right": "P-9"},
        "/v1/help/withdraw": helped,
        "/v1/help/death": helped,
        "/v1/help/retake": helped,
        "/v1/help/page": {"programme": programme, "reference": "P-2"},
        "/v1/me/freeze-by-card": {"card": "0000 0000 0000"},
        "/v1/me/renew": {"language": "en", "act": {"kind": "press", "at": "2026-11-23T09:00:00Z"}},
        "/v1/me/object": {"words": "It was not me."},
        "/v1/operators": {"name": "Somebody", "rights": rights},
        "/v1/operators/{operator_id}/rights": {"rights": rights},
        "/v1/desk/join/options": {"invitation": secret},
        "/v1/desk/join": {"invitation": secret, "credential": credential},
        "/v1/desk/options": {"purpose": "sign-in"},
        "/v1/desk/sign-in": {"credential": credential},
        "/v1/desk/step-up": {"credential": credential},
        "/v1/desk/approvals": approval,
        "/v1/devices/approvals": approval,
        "/v1/desk/recover": {"code": secret},
        "/v1/desk/pairings": {"programme": programme},
        "/v1/sessions": {"kind": "check", "reference": "P-1", "programme": programme},
        "/v1/sessions/{session_id}/witness": {"approval": "AAAA"},
        "/v1/cases/controls": {"programme": programme, "reference": "P-9", "site": "Desk", "truth": "same"},
        "/v1/cases/{case_id}/decision": {"decision": "cannot-tell", "note": "nobody was there"},
        "/v1/cases/{case_id}/reversal": {"note": "it was a mistake"},
        "/v1/capture/duress": {"hand": "left"},
        "/v1/capture/challenge": {"hands": ["right"]},
        "/v1/capture/pin": {"pin": "135791"},
        "/v1/capture/another-way": {"step": "look", "cause": "no-camera"},
        "/v1/me/freeze": {"frozen": False},
    }


def test_the_table_is_about_every_operation_of_the_document(everything: Scene) -> None:
    assert set(MAY) == set(everything.handfast.document.operations)


def test_the_document_says_which_credential_an_operation_takes(everything: Scene) -> None:
    needed = {"caller": "key", "link": "link", "my-page": "my-page", "desk": "own owner", "device": "own phone"}
    needed["export"] = "nobody"
    for operation, described in everything.handfast.document.operations.items():
        schemes = {name for each in described.get("security", []) for name in each}
        assert bool(schemes) <= (MAY[operation]["nobody"] == 401), operation
        for scheme in schemes:
            assert MAY[operation][needed[scheme]] != 401 or operation in TAKES_MORE, operation


@pytest.mark.parametrize("who", [*(who for who in WHO if who not in ("my-page", "link")), "my-page", "link"])
def test_each_credential_opens_what_the_table_says_and_no_more(everything: Scene, who: str) -> None:
    found: dict[tuple[str, str], int] = {}
    again: Callable[[], None] = everything.people[who].reopen if who in everything.people else lambda: None
    for operation in sorted(MAY, key=lambda operation: (operation[1] in LAST, operation)):
        found[operation] = everything.send(*operation, who)
        if operation[1] in CLOSES_THE_DESK:
            again()
    expected = {operation: answers[who] for operation, answers in MAY.items()}
    differs = {key: (found[key], expected[key]) for key in found if found[key] != expected[key]}
    assert differs == {}
