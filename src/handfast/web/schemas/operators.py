"""Operators, desks, second persons and paired phones."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from handfast.base.roles import Role
from handfast.web.schemas.words import In, Line, Out

Secret = Annotated[str, StringConstraints(min_length=8, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
Id = Annotated[str, StringConstraints(max_length=60)]
Site = Annotated[str, StringConstraints(max_length=60, strip_whitespace=True)]
Credential = Annotated[dict[str, Any], Field(max_length=20)]
Act = Literal["witness", "find", "export", "purge", "withdraw", "correct", "lost-card", "retake", "merge"]


class RightIn(In):
    """One role; an empty programme or site means every one."""

    role: Role
    programme: Id = ""
    site: Site = ""


class RightOut(Out):
    """One role; an empty programme or site means every one."""

    role: Role
    programme: str = Field(validation_alias="programme_id")
    site: str


class OperatorIn(In):
    """A new operator: what colleagues call them, and what they may do."""

    name: Line
    rights: Annotated[tuple[RightIn, ...], Field(max_length=50)]


class RightsIn(In):
    """All that an operator may do from now on."""

    rights: Annotated[tuple[RightIn, ...], Field(max_length=50)]


class OperatorOut(Out):
    """An operator; `passkeys` is 0 until the invitation is taken up."""

    id: str
    name: str
    rights: list[RightOut]
    passkeys: int
    created_at: datetime
    ended_at: datetime | None


class InvitedOut(Out):
    """An operator and the link with which they make their passkey: once, within a day."""

    operator: OperatorOut
    link: str
    qr_svg: str


class InvitationIn(In):
    """The secret of an invitation."""

    invitation: Secret


class JoinIn(In):
    """The passkey that the browser made for an invitation, and the site of this desk."""

    invitation: Secret
    credential: Credential
    site: Site | None = None


class PurposeIn(In):
    """What a passkey is to be shown for: signing in, stepping up, or being the second person of an act."""

    purpose: Literal["sign-in", "step-up"] | Act


class SignInIn(In):
    """The passkey's answer, and the site of this desk."""

    credential: Credential
    site: Site | None = None


class StepUpIn(In):
    """The passkey's answer."""

    credential: Credential


class ApprovalIn(In):
    """The second person's passkey, for one act in one programme."""

    act: Act
    programme: Id
    credential: Credential


class ApprovalOut(Out):
    """Hand `approval` over with the act: once, within three minutes."""

    approval: str
    second: str
    ends_at: datetime


class RecoverIn(In):
    """An administrator's recovery code."""

    code: Secret


class OpenInvitationOut(Out):
    """An invitation to make a new passkey."""

    invitation: str


class DeskOut(Out):
    """An open desk; `csrf` goes into the header Handfast-CSRF of every act."""

    operator: str = Field(validation_alias="operator_id")
    name: str
    site: str
    rights: list[RightOut]
    csrf: str
    ends_at: datetime
    locks_at: datetime


class OwnDeskOut(Out):
    """A desk where the operator is signed in; `here` is the one that asks."""

    id: str
    site: str
    started_at: datetime
    ends_at: datetime
    here: bool
    locked: bool


class SignedInOut(Out):
    """The desk is open; its cookie comes with this answer, and an administrator's recovery codes this once."""

    desk: DeskOut
    recovery_codes: list[str]


class PairingIn(In):
    """The programme that the phone is to be paired with."""

    programme: Id


class PairingOut(Out):
    """A code for one phone, good for three minutes."""

    id: str
    link: str
    qr_svg: str
    ends_at: datetime


class PairingStateOut(Out):
    """Whether a phone took the code; told once."""

    paired: bool


class PairIn(In):
    """The secret of the code, the phone's public key (SubjectPublicKeyInfo), its signature over "pair|secret"."""

    pairing: Secret
    public_key: Annotated[str, StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
    signature: Annotated[str, StringConstraints(max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


class DeviceOut(Out):
    """A paired phone, until its operator's shift ends."""

    id: str
    programme: str = Field(validation_alias="programme_id")
    site: str
    paired_at: datetime
    ends_at: datetime


class PairedOut(Out):
    """The phone is paired; `now` is the server's clock, for signing requests."""

    device: DeviceOut
    now: datetime


class OwnDeviceOut(Out):
    """The paired phone as it sees itself."""

    device: DeviceOut
    name: str
    rights: list[RightOut]
