"""Operators at a running interface: each with a passkey, a desk and, if they want one, a paired phone."""

import hashlib
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from handfast.base import base64url
from handfast.base.roles import Right
from handfast.service.desk import operators
from handfast.service.desk.actors import Actor
from handfast.service.memory.desks import SHIFT, DeskSession
from support.authenticator import Authenticator
from support.interface import Interface, Json, Told

ROOT = Actor("administrator", "adm_test", None, "")
COOKIE = "__Host-handfast-desk"
Headers = Mapping[str, str]


@dataclass
class Colleague:
    """One operator, signed in at a desk. Speaks the contract by itself, with nothing of the server's."""

    interface: Interface
    passkey: Authenticator
    id: str = ""
    cookie: str = ""
    csrf: str = ""
    site: str | None = None
    recovery: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """What the browser and the page send with each act."""
        return {"Cookie": f"{COOKIE}={self.cookie}", "Origin": self.passkey.origin, "Handfast-CSRF": self.csrf}

    def join(self, invitation: str) -> Told:
        """Make the passkey of an invitation."""
        options = self._page("/v1/desk/join/options", {"invitation": invitation}).json
        body = {"invitation": invitation, "credential": self.passkey.make(options), "site": self.site}
        return self._kept(self._page("/v1/desk/join", body))

    def answer(self, purpose: str) -> Json:
        """Their passkey's answer, for a purpose."""
        return self.passkey.show(self._page("/v1/desk/options", {"purpose": purpose}).json)

    def sign_in(self) -> Told:
        return self._kept(self._page("/v1/desk/sign-in", {"credential": self.answer("sign-in"), "site": self.site}))

    def ask(self, method: str, path: str, body: Json = None, **headers: str) -> Told:
        """Something that the desk's page asks."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.interface.call(method, path, body, headers={**self.headers, **more})

    def ok(self, method: str, path: str, body: Json = None) -> Json:
        told = self.ask(method, path, body)
        assert told.status in (200, 201), told.body
        return told.json

    def session(self, **asked: Json) -> Told:
        """Open a session for a person."""
        asked = {"programme": self.interface.desk.programme.id, **asked}
        return self.ask("POST", "/v1/sessions", asked, Idempotency_Key=uuid.uuid4().hex)

    def seconded(self, act: str, second: "Colleague") -> str:
        """Somebody else's yes to an act, given at this desk."""
        asked = {"act": act, "programme": self.interface.desk.programme.id, "credential": second.answer(act)}
        return str(self.ok("POST", "/v1/desk/approvals", asked)["approval"])

    def reopen(self) -> None:
        """Be at the desk without the ceremony of a passkey."""
        context = self.interface.desk.context
        now, self.cookie, self.csrf = context.clock.now(), secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        session = DeskSession("dsk_test", self.id, self.site or "Desk", self.csrf, now, now + SHIFT, now, now)
        context.people.desks.add(self.cookie, session)

    def paired(self, programme: str | None = None) -> "PairedPhone":
        """A phone of theirs, paired by the code on the desk."""
        asked = {"programme": programme or self.interface.desk.programme.id}
        opened = self.ok("POST", "/v1/desk/pairings", asked)
        phone = PairedPhone(self.interface)
        assert phone.pair(opened["link"].partition("#")[2]).status == 201
        return phone

    def _page(self, path: str, body: Json) -> Told:
        return self.interface.call("POST", path, body, headers={"Origin": self.passkey.origin})

    def _kept(self, told: Told) -> Told:
        if told.status == 200:
            self.cookie = told.headers["set-cookie"].partition("=")[2].partition(";")[0]
            self.id, self.csrf = told.json["desk"]["operator"], told.json["desk"]["csrf"]
            self.recovery = told.json["recovery_codes"]
        return told


@dataclass
class PairedPhone:
    """A phone with a key of its own that signs each request."""

    interface: Interface
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: str = ""

    def pair(self, secret: str) -> Told:
        told = self.interface.call("POST", "/v1/devices/pair", self.introduction(secret))
        self.id = told.json["device"]["id"] if told.status == 201 else ""
        return told

    def introduction(self, secret: str) -> Json:
        """What the phone says in order to be paired."""
        spki = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {"pairing": secret, "public_key": base64url.encode(spki), "signature": self._sign(f"pair|{secret}")}

    def signed(self, method: str, target: str, body: bytes = b"", late: float = 0.0) -> dict[str, str]:
        """The headers of a signed request; late: seconds that its clock is behind."""
        t = int((self.interface.desk.clock.now().timestamp() - late) * 1000)
        nonce = secrets.token_hex(16)
        message = f"{self.id}|{method}|{target}|{t}|{nonce}|{hashlib.sha256(body).hexdigest()}"
        return {"Handfast-Device": self.id, "Handfast-Signed": f"{t}.{nonce}.{self._sign(message)}"}

    def ask(self, method: str, target: str, headers: Headers | None = None) -> Told:
        return self.interface.call(method, target, headers=headers or self.signed(method, target))

    def _sign(self, message: str) -> str:
        r, s = decode_dss_signature(self.key.sign(message.encode(), ec.ECDSA(hashes.SHA256())))
        return base64url.encode(r.to_bytes(32) + s.to_bytes(32))


def page_origin(interface: Interface) -> str:
    """The origin of the desk's page: a passkey needs a name."""
    return f"http://localhost:{urlsplit(interface.origin).port}"


def colleague(interface: Interface, rights: Sequence[Any], site: str | None = None, name: str = "Ada") -> Colleague:
    """Somebody made by the administrator, with a passkey and signed in; rights are roles in this programme."""
    programme = interface.desk.programme.id
    wanted = [right if isinstance(right, dict) else {"role": right, "programme": programme} for right in rights]
    made = interface.ok("POST", "/v1/operators", {"name": name, "rights": wanted}, interface.administrator)
    someone = Colleague(interface, Authenticator(page_origin(interface)), site=site)
    assert someone.join(made["link"].partition("#join=")[2]).status == 200
    return someone


def at_desk(interface: Interface, *rights: Right) -> Colleague:
    """An operator at an open desk, made without a passkey."""
    invited = operators.invite(interface.desk.context, ROOT, "Somebody", rights)
    someone = Colleague(interface, Authenticator(page_origin(interface)), invited.operator.id)
    someone.reopen()
    return someone
