"""Capture, for the phone."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from handfast.base.modality import Hand
from handfast.web.schemas.words import Box, FingerWord, In, Language, Out, Word

Further = Literal["find", "duplicate-check", "review-pictures"]
"""Purposes beside the check that an enrolment may ask for."""


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
    undo_hours: int
    key_copies_days: int
    study_ends_on: date | None


class NoticeOut(Out):
    """The notice that is served: its version, and the SHA-256 of its text in each language."""

    version: str
    hash: dict[str, str]


class CaptureOut(Out):
    """What the phone's page shows first."""

    kind: Literal["enrol", "check", "find"]
    mode: Literal["attended", "self"]
    help: Literal["page", "retake"] | None
    state: Literal["welcome", "capture", "finished"]
    trial: bool
    programme: ProgrammeViewOut
    languages: list[str]
    language: str | None
    notice: NoticeOut
    hands: list[HandOut]
    has_face: bool
    further: list[Further]
    expires_at: datetime


class ActIn(In):
    """The person's own act, and when by their phone's clock."""

    kind: Literal["press", "key", "voice"]
    at: datetime


class PersonsAnswerIn(In):
    """Yes or no, to the notice as it was shown.

    `missed`: questions not answered rightly at the first go; `also`: what of `further` got a yes of its own.
    """

    answer: Literal["yes", "no"]
    language: Language
    notice_version: Annotated[str, StringConstraints(max_length=40)]
    notice_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    questions: Annotated[tuple[Annotated[int, Field(ge=0, le=9)], ...], Field(max_length=4)] = ()
    missed: Annotated[int, Field(ge=0, le=4)] = 0
    also: Annotated[tuple[Further, ...], Field(max_length=3)] = ()
    act: ActIn


class ChallengeIn(In):
    """What the person can show; `moves` is false for who cannot turn or move their head."""

    hands: Annotated[list[Hand], Field(max_length=2)]
    missing: Annotated[tuple[FingerWord, ...], Field(max_length=10)] = ()
    face: bool = True
    moves: bool = True


class TaskOut(Out):
    """One thing asked of the person; left and right are the person's own. `count`: fingers to show, for "count"."""

    id: int
    kind: Literal["look", "turn-left", "turn-right", "turn-up", "closer", "follow", "count", "hand", "fingers"]
    camera: Literal["front", "rear"]
    hand: Hand | None
    positions: list[FingerWord]
    stills: int
    retakes: int
    seconds: int
    count: int


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
    """The answer to one frame; `dot`: where the head is to point now, while it follows a dot.

    `next_in_ms`: how long after this picture the next one is wanted; longer while many people are captured.
    """

    task: TaskProgressOut
    next: int | None
    hint: str | None
    fingers: list[FingerOut] | None
    face: FaceOut | None
    done: bool
    dot: Literal["left", "up-left", "up", "up-right", "right", "down-right", "down", "down-left"] | None
    next_in_ms: int


class CardOut(Out):
    """The person's card; `checkpoint` is the log's newest, to be printed on it as an anchor."""

    number: str
    payload: str
    qr_svg: str
    checkpoint: str


class FinishOut(Out):
    """What the person is told. Card and code only after an enrolment; `reference` only where accepted or found.

    `page_token` opens the person's own page, after a check that was opened at a desk for that.
    """

    outcome: Literal[
        "accepted", "referred", "not_accepted", "not_captured", "enrolled", "retaken", "found", "not_found"
    ]
    advice: str | None
    trial: bool
    reference: str | None = None
    return_url: str | None = None
    card: CardOut | None = None
    private_code: str | None = None
    code_qr_svg: str | None = None
    receipt_url: str | None = None
    failed: tuple[FingerWord, ...] = ()
    page_token: str | None = None


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
