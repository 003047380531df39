"""What goes over the wire: the only place where loose JSON becomes typed values."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, StringConstraints

from handfast.base.decision import Assurance
from handfast.base.modality import FingerPosition, Hand


def _finger_word(value: object) -> object:
    return value.plain_name if isinstance(value, FingerPosition) else value


FINGER_WORDS: dict[str, FingerPosition] = {position.plain_name: position for position in FingerPosition if position}

FingerWord = Annotated[
    Literal[
        "right-thumb",
        "right-index",
        "right-middle",
        "right-ring",
        "right-little",
        "left-thumb",
        "left-index",
        "left-middle",
        "left-ring",
        "left-little",
    ],
    BeforeValidator(_finger_word),
]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Box = tuple[float, float, float, float]


class Out(BaseModel):
    """An answer, read from a value of service by its attributes."""

    model_config = ConfigDict(from_attributes=True)


class In(BaseModel):
    """A request body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Problem(Out):
    """Problem details (RFC 9457). `code` is stable; `advice` is the one thing to do, for the page."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    advice: str | None = None


# Programmes and administrators


class ProgrammeIn(In):
    """A new programme: one purpose, one retention rule, and a way for those who say no."""

    name: Line
    purpose: Line
    who_sees: Line
    retention_days: Annotated[int, Field(ge=1, le=3650)]
    another_way: Annotated[list[Line], Field(min_length=1, max_length=5)]
    languages: Annotated[list[Language], Field(min_length=1, max_length=20)] = ["en"]
    return_urls: Annotated[list[HttpUrl], Field(max_length=10)] = []
    webhook_url: HttpUrl | None = None


class ProgrammeOut(Out):
    """A programme as its administrator and callers see it."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: list[str]
    languages: list[str]
    return_urls: list[str]
    webhook_url: str | None
    trial: bool
    policy: str
    created_at: datetime


class CreatedProgrammeOut(Out):
    """The programme with its first API key and webhook secret; both are shown once."""

    programme: ProgrammeOut
    api_key: str
    webhook_secret: str


class PublicProgrammeOut(Out):
    """What anyone may read of a programme."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: list[str]
    trial: bool


class ClaimIn(In):
    """The secret of the one-time administrator's link."""

    token: Annotated[str, StringConstraints(max_length=200)]


class TokenOut(Out):
    """A bearer token."""

    token: str


class KeyIn(In):
    """A name for a new API key."""

    name: Line


class KeyOut(Out):
    """A new API key, shown once."""

    api_key: str


# Sessions, for callers


class SessionIn(In):
    """Exactly one of `reference` and `card`; an enrolment takes `reference`."""

    kind: Literal["enrol", "check"]
    programme: Annotated[str, StringConstraints(max_length=60)] | None = None
    reference: Reference | None = None
    card: Annotated[str, StringConstraints(max_length=500)] | None = None
    mode: Assurance = Assurance.SELF
    return_url: HttpUrl | None = None
    webhook_url: HttpUrl | None = None
    language: Language | None = None
    hand: Hand | None = None


class SessionOut(Out):
    """An opened session: show the link, or its QR code, to the person's phone."""

    id: str
    link: str
    qr_svg: str
    expires_at: datetime


class AnswerOut(Out):
    """An outcome; `reference` only where accepted or enrolled."""

    outcome: str
    advice: str | None
    trial: bool
    assurance: str
    policy: str
    reference: str | None
    log_index: int | None


class SessionStateOut(Out):
    """A session as its caller sees it; `jws` is the signed outcome, good for five minutes."""

    id: str
    kind: Literal["enrol", "check"]
    state: Literal["welcome", "capture", "finished", "expired", "abandoned"]
    programme: str
    expires_at: datetime
    return_url: str | None
    outcome: AnswerOut | None
    jws: str | None
    another_way: list[str]


class KeysOut(Out):
    """The public keys that outcomes are signed with (RFC 7517)."""

    keys: list[dict[str, Any]]


# Capture, for the phone


class HandOut(Out):
    """A hand that can be shown, and its fingers."""

    hand: Hand
    positions: list[FingerWord]


class ProgrammeViewOut(Out):
    """What the welcome says of the programme."""

    id: str
    name: str
    purpose: str
    who_sees: str
    retention_days: int
    another_way: list[str]
    seconds: int


class NoticeOut(Out):
    """The notice that is served: its version, and the SHA-256 of its text in each language."""

    version: str
    hash: dict[str, str]


class CaptureOut(Out):
    """What the phone's page shows first."""

    kind: Literal["enrol", "check"]
    mode: Literal["attended", "self"]
    state: Literal["welcome", "capture", "finished"]
    trial: bool
    programme: ProgrammeViewOut
    languages: list[str]
    language: str | None
    notice: NoticeOut
    hands: list[HandOut]
    has_face: bool
    expires_at: datetime


class ActIn(In):
    """The person's own act, and when by their phone's clock."""

    kind: Literal["press", "key", "voice"]
    at: datetime


class PersonsAnswerIn(In):
    """Yes or no, to the notice as it was shown."""

    answer: Literal["yes", "no"]
    language: Language
    notice_version: Annotated[str, StringConstraints(max_length=40)]
    notice_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    questions: Annotated[list[Annotated[int, Field(ge=0, le=9)]], Field(max_length=4)] = []
    act: ActIn


class ChallengeIn(In):
    """What the person can show."""

    hands: Annotated[list[Hand], Field(max_length=2)]
    missing: Annotated[list[FingerWord], Field(max_length=10)] = []
    face: bool = True


class TaskOut(Out):
    """One thing asked of the person; left and right are the person's own."""

    id: int
    kind: Literal["look", "turn-left", "turn-right", "closer", "hand", "fingers"]
    camera: Literal["front", "rear"]
    hand: Hand | None
    positions: list[FingerWord]
    stills: int
    retakes: int
    seconds: int


class ChallengeOut(Out):
    """The live challenge; `nonce` is base64url of 32 bytes."""

    id: str
    nonce: str
    expires_at: datetime
    tasks: list[TaskOut]


class TaskProgressOut(Out):
    """Where one task stands."""

    id: int
    state: Literal["going", "done", "failed"]
    progress: Annotated[float, Field(ge=0, le=1)]
    stills_left: int


class FingerOut(Out):
    """One finger in the last picture; the box is in parts of the picture."""

    position: FingerWord
    state: Literal["good", "retake", "missing", "unknown"]
    focus: Annotated[float, Field(ge=0, le=1)]
    box: Box | None


class FaceOut(Out):
    """The face in the last picture."""

    box: Box
    turn: Annotated[float, Field(ge=-1, le=1)]
    size: Annotated[float, Field(ge=0, le=1)]


class FrameOut(Out):
    """The answer to one frame."""

    task: TaskProgressOut
    next: int | None
    hint: str | None
    fingers: list[FingerOut] | None
    face: FaceOut | None
    done: bool


class CardOut(Out):
    """The person's card."""

    number: str
    payload: str
    qr_svg: str


class FinishOut(Out):
    """What the person is told. Card and code only after an enrolment; `reference` only where accepted."""

    outcome: Literal["accepted", "referred", "not_accepted", "not_captured", "enrolled"]
    advice: str | None
    trial: bool
    reference: str | None = None
    return_url: str | None = None
    card: CardOut | None = None
    private_code: str | None = None
    code_qr_svg: str | None = None
    receipt_url: str | None = None
    failed: list[FingerWord] = []


class PinIn(In):
    """The PIN that the person chose for the private code: 4 to 8 digits."""

    pin: Annotated[str, StringConstraints(pattern=r"^[0-9]{4,8}$")]


class AnotherWayIn(In):
    """Where the person left, and why, for counts only."""

    step: Word
    cause: Word


class AnotherWayOut(Out):
    """The programme's way without a camera."""

    steps: list[str]


class Empty(Out):
    """Nothing more to say."""


# My page


class OpenPageIn(In):
    """The private code and its PIN."""

    private_code: Annotated[str, StringConstraints(max_length=100)]
    pin: Annotated[str, StringConstraints(max_length=20)]


class OpenedPageOut(Out):
    """A token for my page."""

    token: str
    expires_at: datetime


class HeldOut(Out):
    """One template that is held."""

    modality: Literal["face", "finger"]
    position: str | None
    taken_at: datetime
    quality_word: Literal["good", "fair", "poor"]


class ConsentOut(Out):
    """What was agreed to."""

    at: datetime
    language: str
    notice_version: str
    purposes: list[str]
    expires_at: datetime


class ProofOut(Out):
    """Inclusion of one use in the log (RFC 6962); hashes are hexadecimal, `leaf` is the leaf's JSON text."""

    index: int
    size: int
    leaf: str
    hashes: list[str]
    checkpoint: str


class UseOut(Out):
    """One use of what is held."""

    n: int
    at: datetime
    kind: str
    purpose: str
    desk: str
    outcome: str
    proof: ProofOut


class MyPageOut(Out):
    """Everything held and done."""

    programme: str
    programme_name: str
    another_way: list[str]
    enrolled_at: datetime
    state: Literal["active", "pending", "frozen", "withdrawn"]
    held: list[HeldOut]
    consent: ConsentOut
    uses: list[UseOut]
    complete: bool
    checkpoint: str


class FreezeIn(In):
    """Stop every use, or allow it again."""

    frozen: bool
