"""Help at the desk by two people, and what a programme's owner signs."""

from typing import Annotated

from pydantic import StringConstraints

from handfast.web.schemas.words import In, Line, Out

Reference = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Secret = Annotated[str, StringConstraints(max_length=200)]


class HelpIn(In):
    """Whom it is about, which document was seen, and the second person's approval."""

    programme: Line
    reference: Reference
    document: Line
    approval: Secret | None = None


class CorrectionIn(HelpIn):
    """The reference that is right."""

    right: Reference


class PageByCheckIn(In):
    """Whose page it is: exactly one of `reference` and `card`."""

    programme: Line
    reference: Reference | None = None
    card: Secret | None = None


class AnchorOut(Out):
    """The log's newest checkpoint, with the key that it is signed with, to be taken away by anyone."""

    checkpoint: str
    log_key: str
    qr_svg: str


class AssessmentOut(Out):
    """A data protection impact assessment (Markdown), its SHA-256, and who signed just this text."""

    text: str
    sha256: str
    signed_by: str | None


class SigningIn(In):
    """The SHA-256 of the text that was read, and who answers for the programme."""

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    name: Line


class ClosingIn(In):
    """The programme's name, typed, for this cannot be undone."""

    name: Line
