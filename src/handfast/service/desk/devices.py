"""An operator's phone: paired by a code that a signed-in desk shows, it signs each request until the shift ends.

The key is made in the phone's browser and cannot leave it (Web Cryptography, ECDSA over P-256, not extractable). What
is signed: "device|METHOD|path?query|t|nonce|hex SHA-256 of the body", t in milliseconds since 1970, nonce random.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from webauthn.helpers import base64url_to_bytes

from handfast.audit.leaf import LeafKind
from handfast.base.errors import NotAuthorised, NotFound, RequestError
from handfast.base.ids import new_id, new_secret
from handfast.base.roles import Role
from handfast.service.context import Context
from handfast.service.desk.actors import Actor, with_device
from handfast.service.desk.sign_in import must_be_at_desk
from handfast.service.memory.desks import SHIFT
from handfast.service.memory.people import SKEW, Pairing
from handfast.storage.store import Unit
from handfast.storage.tables.devices import Device

_FIELD_BYTES = 32  # of P-256
_USED_AT_DESKS = (Role.ENROLLER, Role.CHECKER, Role.FINDER)


@dataclass(frozen=True, slots=True)
class OpenPairing:
    """A code for one phone; `id` tells later whether it was taken."""

    id: str
    secret: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What a phone sent: its id, and "t.nonce.signature" over the rest."""

    device_id: str
    signed: str
    method: str
    target: str
    body: bytes


def open_pairing(context: Context, actor: Actor, programme_id: str) -> OpenPairing:
    """A code that pairs one phone with this operator, programme and site. Raises NotAllowed."""
    must_be_at_desk(actor)
    actor.must(programme_id, *_USED_AT_DESKS)
    secret, pairing_id = new_secret(context.randomness), new_id("pai", context.randomness)
    ends_at = context.people.pairings.put(secret, Pairing(pairing_id, actor.key_id, programme_id, actor.desk))
    return OpenPairing(pairing_id, secret, ends_at)


def pair(context: Context, secret: str, public_key: str, signature: str) -> Device:
    """Pair the phone that shows a code and signs it with its key. Raises NotAuthorised, RequestError."""
    key = _read_key(public_key)
    _check(key, signature, f"pair|{secret}".encode())
    pairing = context.people.pairings.take(secret)
    if pairing is None:
        raise NotAuthorised("this code is used up or too old")
    now = context.clock.now()
    device_id = new_id("dev", context.randomness)
    spki = base64url_to_bytes(public_key)
    device = Device(device_id, pairing.operator_id, pairing.programme_id, pairing.site, spki, now, now + SHIFT)
    with context.store.write() as unit:
        unit.devices.add(device)
        _log(context, unit, device, "paired")
    context.people.paired.put(pairing.id, device_id)
    return device


def was_paired(context: Context, pairing_id: str) -> bool:
    """Whether a phone took the code; told once."""
    return context.people.paired.take(pairing_id) is not None


def recognise(context: Context, request: SignedRequest) -> Actor:
    """The operator whose paired phone signed this request, just now and never before. Raises NotAuthorised."""
    now = context.clock.now()
    with context.store.read() as reader:
        device = reader.devices.find(request.device_id, now)
    t, _, rest = request.signed.partition(".")
    nonce, _, signature = rest.partition(".")
    if device is None or not (t.isascii() and t.isdigit() and len(t) < 16) or not 16 <= len(nonce) <= 64:
        raise NotAuthorised("this phone is not paired")
    sent_at = int(t) / 1000
    if abs(now.timestamp() - sent_at) > SKEW.total_seconds() or sent_at < context.started_at.timestamp():
        raise NotAuthorised("this request is too old, or the phone's clock is wrong")
    digest = hashlib.sha256(request.body).hexdigest()
    message = f"{device.id}|{request.method}|{request.target}|{t}|{nonce}|{digest}"
    _check(_load(device.public_key), signature, message.encode())
    if not context.people.heard.first_time(f"{device.id}|{nonce}", None):
        raise NotAuthorised("this request was heard already")
    return with_device(context, device)


def devices_of(context: Context, actor: Actor) -> tuple[Device, ...]:
    """The phones that are paired with this operator now. Raises NotAllowed for who is no operator."""
    actor.must_be_person()
    with context.store.read() as reader:
        return reader.devices.of(actor.key_id, context.clock.now())


def unpair(context: Context, actor: Actor, device_id: str) -> None:
    """End one's own phone now. Raises NotAllowed, NotFound."""
    now = context.clock.now()
    device = next((device for device in devices_of(context, actor) if device.id == device_id), None)
    if device is None:
        raise NotFound("no such phone")
    with context.store.write() as unit:
        unit.devices.end(device_id, now)
        _log(context, unit, device, "ended")


def _log(context: Context, unit: Unit, device: Device, outcome: str) -> None:
    keys = context.keys.programme(device.programme_id)
    told = {"device": device.id, "site": device.site, "outcome": outcome}
    context.log.append(unit, keys, LeafKind.DEVICE, device.operator_id, told)


def _read_key(text: str) -> ec.EllipticCurvePublicKey:
    try:
        return _load(base64url_to_bytes(text))
    except ValueError as error:
        raise RequestError("public_key is no P-256 key") from error


def _load(spki: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(spki)
    except Exception as error:  # the library raises several kinds for bytes that are no key
        raise RequestError("public_key is no P-256 key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise RequestError("public_key is no P-256 key")
    return key


def _check(key: ec.EllipticCurvePublicKey, signature: str, message: bytes) -> None:
    try:
        raw = base64url_to_bytes(signature)
        if len(raw) != 2 * _FIELD_BYTES:
            raise ValueError("r and s, 32 bytes each")
        r, s = int.from_bytes(raw[:_FIELD_BYTES]), int.from_bytes(raw[_FIELD_BYTES:])
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature) as error:
        raise NotAuthorised("the signature is not this phone's") from error
