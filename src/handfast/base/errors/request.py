"""A request that makes no sense, or that comes at a bad moment."""

from handfast.base.errors.root import HandfastError


class RequestError(HandfastError):
    """A request that makes no sense; the message says what to send instead."""

    code = "bad-request"
    status = 400


class BodyTooLarge(RequestError):
    """The body holds more bytes than any request of this kind needs."""

    code = "body-too-large"
    status = 413


class NotACard(RequestError):
    """What was shown is no card of this server, or its number has a typing mistake."""

    code = "not-a-card"


class LanguageIncomplete(RequestError):
    """A language lacks words, a picture or the voice that the programme asks for; the message names the prompt."""

    code = "language-incomplete"


class Overloaded(HandfastError):
    """All workers are busy; come back after `retry_after` seconds."""

    code = "overloaded"
    status = 503
    retry_after: int = 2

    def __init__(self, message: str = "", retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after or type(self).retry_after


class DatabaseAway(Overloaded):
    """The database cannot be reached just now; nothing was acknowledged, come back in a moment."""

    code = "database-away"


class MatcherAway(Overloaded):
    """The process that holds the keys is just being started again; nothing was acknowledged, come back in a moment."""

    code = "matcher-away"
