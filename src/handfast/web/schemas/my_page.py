"""My page."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from handfast.web.schemas.capture import ActIn
from handfast.web.schemas.words import In, Language, Out


class OpenPageIn(In):
    """The private code and its PIN."""

    private_code: Annotated[str, StringConstraints(max_length=300)]
    pin: Annotated[str, StringConstraints(max_length=20)]


class OpenedPageOut(Out):
    """A token for my page."""

    token: str
    expires_at: datetime


class HeldOut(Out):
    """One template that is held."""

    modality: Literal["face", "finger"]
    position: str | None
    taken_at: date
    quality_word: Literal["good", "fair", "poor"]


class HeldPicturesOut(Out):
    """So many pictures of one part of the body, from one sitting of a study; hand is null for the face."""

    sitting: int
    modality: Literal["face", "finger"]
    hand: Literal["left", "right"] | None
    number: int
    taken_on: date


class ConsentOut(Out):
    """What was agreed to."""

    at: datetime
    language: str
    notice_version: str
    purposes: list[str]
    expires_at: date


class ProofOut(Out):
    """Inclusion of one use in the log (RFC 6962): `nonce` and `details` open the commitment in `leaf`.

    Nonce and hashes are hexadecimal; leaf and details are the very texts that were hashed.
    """

    index: int
    size: int
    leaf: str
    nonce: str
    details: str
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
    """Everything held and done; `complete` is false when a use is missing from the list or the log.

    In a study `pictures` is what is held, until `study_ends_on`; anywhere else it is empty.
    `review_pictures` counts those held for a person who decides a case, where that was agreed to.
    A page that a live check opened lists no uses (`listed` is false): only the private code opens them.
    """

    programme: str
    programme_name: str
    another_way: list[str]
    enrolled_at: date
    state: Literal["active", "pending", "frozen", "withdrawn"]
    held: list[HeldOut]
    consent: ConsentOut
    uses: list[UseOut]
    listed: bool
    complete: bool
    checkpoint: str
    log_key: str
    final_at: datetime | None
    undo_hours: int
    study_ends_on: date | None
    pictures: list[HeldPicturesOut]
    review_pictures: int


class ByCardIn(In):
    """What a card's QR code holds, or its number."""

    card: Annotated[str, StringConstraints(min_length=1, max_length=300)]


class RenewIn(In):
    """The person's yes to the notice in a language, by an act of their own."""

    language: Language
    act: ActIn


class FreezeIn(In):
    """Stop every use, or allow it again."""

    frozen: bool
