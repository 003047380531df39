"""The capture session does not allow this."""

from handfast.base.errors.root import HandfastError


class SessionError(HandfastError):
    """The capture session does not allow this."""

    code = "session"
    status = 409


class SessionUnknown(SessionError):
    """No such session, or the link's secret is wrong."""

    code = "session-unknown"
    status = 404


class SessionExpired(SessionError):
    """The session or its challenge is over."""

    code = "session-expired"
    status = 410


class SessionSpent(SessionError):
    """The session was used already; each is good for one answer."""

    code = "session-spent"


class FrameRefused(SessionError):
    """A frame that does not belong here: replayed, late, out of order, or bound to another nonce."""

    code = "frame-refused"
