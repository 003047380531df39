"""Passkeys of operators (W3C Web Authentication, level 3): two steps to make one, two to show it.

A challenge is random, kept here, and taken once: an answer that was heard before finds no challenge.
User verification is required, so a passkey is something held and something known.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from handfast.base import base64url
from handfast.base.errors import CrossSite, NotAuthorised
from handfast.service.context import Context
from handfast.service.memory.people import Asked
from handfast.storage.tables.operators import Operator, Passkey

Options = Mapping[str, object]
Credential = dict[str, object]
NAME = "Handfast"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page of ours is: "https://desk.example:8443"."""

    text: str

    @property
    def host(self) -> str:
        """The relying party's id."""
        return urlsplit(self.text).hostname or ""


def own_origin(sent: str | None, expected: tuple[str, ...]) -> Origin:
    """The origin that a request states. Raises CrossSite unless it is one of our own."""
    if sent not in expected:
        raise CrossSite("this request does not come from a page of this service")
    return Origin(sent)


def options_to_make(context: Context, origin: Origin, operator: Operator, known: tuple[Passkey, ...]) -> Options:
    """What the browser is asked in order to make a passkey for an operator."""
    challenge = _asked(context, Asked("make", origin.host, operator.id))
    options = webauthn.generate_registration_options(
        rp_id=origin.host,
        rp_name=NAME,
        user_id=operator.id.encode(),
        user_name=operator.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=passkey.credential_id) for passkey in known],
    )
    return _plain(options_to_json(options))


def made(context: Context, origin: Origin, operator: Operator, credential: Credential) -> Passkey:
    """The passkey that the browser made. Raises NotAuthorised."""
    challenge = _answered(context, Asked("make", origin.host, operator.id), credential)
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=origin.host,
            expected_origin=origin.text,
            require_user_verification=True,
        )
    except (WebAuthnException, KeyError, TypeError, ValueError) as error:
        raise NotAuthorised("this passkey could not be made") from error
    return Passkey(
        credential_id=found.credential_id,
        operator_id=operator.id,
        host=origin.host,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        created_at=context.clock.now(),
    )


def options_to_show(context: Context, origin: Origin, purpose: str) -> Options:
    """What the browser is asked in order to show a passkey; it names nobody."""
    options = webauthn.generate_authentication_options(
        rp_id=origin.host,
        challenge=_asked(context, Asked(purpose, origin.host)),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _plain(options_to_json(options))


def shown(context: Context, origin: Origin, purpose: str, credential: Credential) -> Operator:
    """The operator whose passkey was shown, for this purpose, just now. Raises NotAuthorised for anything else."""
    challenge = _answered(context, Asked(purpose, origin.host), credential)
    with context.store.write() as unit:
        passkey = unit.operators.passkey(_bytes(credential.get("rawId")))
        if passkey is None or passkey.host != origin.host:
            raise NotAuthorised("this passkey is not known here")
        try:
            found = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=origin.host,
                expected_origin=origin.text,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, KeyError, TypeError, ValueError) as error:
            raise NotAuthorised("this passkey could not be checked") from error
        unit.operators.used(passkey.credential_id, found.new_sign_count, context.clock.now())
        return unit.operators.get(passkey.operator_id)


def _asked(context: Context, asked: Asked) -> bytes:
    challenge = context.randomness.bytes(32)
    context.people.challenges.put(base64url.encode(challenge), asked)
    return challenge


def _answered(context: Context, expected: Asked, credential: Credential) -> bytes:
    """The challenge that a credential answers: one of ours, for this purpose, never used before."""
    try:
        response = credential["response"]
        client = json.loads(_bytes(response["clientDataJSON"]))  # type: ignore[index]  # checked by the except
        challenge = str(client["challenge"])
        asked = context.people.challenges.take(challenge)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise NotAuthorised("this is no answer of a passkey") from error
    if asked != expected:
        raise NotAuthorised("this passkey was not asked for, or was heard already")
    return base64url_to_bytes(challenge)


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise NotAuthorised("this is no answer of a passkey")
    try:
        return base64url_to_bytes(value)
    except ValueError as error:
        raise NotAuthorised("this is no answer of a passkey") from error


def _plain(text: str) -> Options:
    options: Options = json.loads(text)
    return options
