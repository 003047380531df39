"""Words that several bodies share, and the base of each."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from handfast.base.modality import FingerPosition


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


class Empty(Out):
    """Nothing more to say."""
