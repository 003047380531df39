"""Stored things that are wrong."""

from handfast.base.errors.root import HandfastError


class RecordError(HandfastError):
    """Stored things that are wrong."""

    code = "record"


class SealBroken(RecordError):
    """A sealed row does not open under the key and place it should belong to."""

    code = "seal-broken"


class LogBroken(RecordError):
    """The log does not agree with itself or with an anchor."""

    code = "log-broken"


class UnreadableTemplate(RecordError):
    """The bytes are not a template in the format that they should be in."""

    code = "unreadable-template"


class NotFound(RecordError):
    """No such record."""

    code = "not-found"
    status = 404


class Conflict(RecordError):
    """The record exists already, or was changed meanwhile."""

    code = "conflict"
    status = 409
