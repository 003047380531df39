"""Languages and who speaks them."""

from typing import Literal

from handfast.web.schemas.words import Out


class PromptOut(Out):
    """Something that is read aloud; `by` is the operator who recorded it."""

    name: str
    text: str
    icon: str
    source: Literal["recorded", "machine draft", "missing"]
    by: str | None


class PackOut(Out):
    """A language: who checked its words, which are missing, and its prompts."""

    code: str
    name: str
    direction: str
    reviewer: str
    missing: list[str]
    prompts: list[PromptOut]
