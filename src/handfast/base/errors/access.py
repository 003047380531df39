"""The caller may not do this."""

from handfast.base.errors.root import HandfastError


class NotAllowed(HandfastError):
    """The caller may not do this."""

    code = "not-allowed"
    status = 403


class NotAuthorised(NotAllowed):
    """No valid key or code was shown."""

    code = "not-authorised"
    status = 401


class NoConsent(NotAllowed):
    """There is no live consent for this purpose."""

    code = "no-consent"


class Ineligible(NotAllowed):
    """Unknown, frozen, withdrawn or ineligible reference: one answer for all of them."""

    code = "ineligible"
    status = 404


class TooManyTries(NotAllowed):
    """Too many tries; wait `retry_after` seconds before the next."""

    code = "too-many-tries"
    status = 429

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many tries; wait {retry_after} seconds")
        self.retry_after = retry_after


class DeskLocked(NotAuthorised):
    """Nobody touched the desk for a while: sign in again."""

    code = "desk-locked"


class CrossSite(NotAllowed):
    """The request does not come from this service's own page."""

    code = "cross-site"


class StepUpNeeded(NotAllowed):
    """This act asks for the passkey once more, now."""

    code = "step-up-needed"


class SecondPersonNeeded(NotAllowed):
    """This act takes a second person, who was not there or may not do it."""

    code = "second-person-needed"


class NotPaired(NotAllowed):
    """This act takes a phone that is paired with this site."""

    code = "not-paired"
