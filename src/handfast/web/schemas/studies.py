"""Studies: what an owner sees of one, and its export."""

from datetime import date, datetime
from typing import Annotated

from pydantic import StringConstraints

from handfast.web.schemas.words import In, Out


class StudyOut(Out):
    """A study: its last day, the day on which it was destroyed, and how many people and pictures it holds."""

    programme: str
    name: str
    ends_on: date
    ended_on: date | None
    people: int
    pictures: int


class ExportIn(In):
    """A second person's yes to "export"."""

    approval: Annotated[str, StringConstraints(max_length=200)] | None = None


class ExportOut(Out):
    """Fetch the archive with `export` as the bearer token: once, within the hour."""

    export: str
    ends_at: datetime
    people: int
