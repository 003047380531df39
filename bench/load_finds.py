"""An operator's paired phone, which opens the finds of the load bench: its signature stands on each request."""

import hashlib
import http.client
import json
import secrets
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from handfast.base import base64url
from handfast.base.roles import Right, Role
from handfast.cli.demo_programme import OPERATOR
from handfast.service.context import Context
from handfast.service.desk import actors, devices, operators
from handfast.service.memory.desks import SHIFT, DeskSession

SITE = "Front desk"
REASON = "lost their card, cannot say their number"


def pairing(context: Context, programme: str) -> str:
    """The code that pairs a phone with an operator who may find: made, and at a desk, without the passkey."""
    right = Right(Role.FINDER, programme, SITE)
    operator = operators.invite(context, OPERATOR, "Somebody", (right,)).operator.id
    now = context.clock.now()
    desk = DeskSession("dsk_bench", operator, SITE, secrets.token_urlsafe(32), now, now + SHIFT, now, now)
    context.people.desks.add(secrets.token_urlsafe(32), desk)
    return devices.open_pairing(context, actors.at_desk(context, desk), programme).secret


class PairedPhone:
    """A phone with a key of its own."""

    def __init__(self, port: int, pairing: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        der, spki = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        public = base64url.encode(self._key.public_key().public_bytes(der, spki))
        shown = {"pairing": pairing, "public_key": public, "signature": self._sign(f"pair|{pairing}")}
        line = http.client.HTTPConnection("127.0.0.1", port)
        line.request("POST", "/v1/devices/pair", json.dumps(shown), {"Content-Type": "application/json"})
        answer = line.getresponse()
        said = json.loads(answer.read())
        if answer.status != 201:
            raise RuntimeError(f"not paired: {said}")
        self._id = said["device"]["id"]

    def signed(self, body: bytes) -> dict[str, str]:
        """The headers that say who opens a session."""
        t, nonce = int(time.time() * 1000), secrets.token_hex(16)
        message = f"{self._id}|POST|/v1/sessions|{t}|{nonce}|{hashlib.sha256(body).hexdigest()}"
        return {"Handfast-Device": self._id, "Handfast-Signed": f"{t}.{nonce}.{self._sign(message)}"}

    def _sign(self, message: str) -> str:
        r, s = decode_dss_signature(self._key.sign(message.encode(), ec.ECDSA(hashes.SHA256())))
        return base64url.encode(r.to_bytes(32) + s.to_bytes(32))
