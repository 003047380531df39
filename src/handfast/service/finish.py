"""The end of a capture: a check is verified, an enrolment enrolled."""

from handfast.service.context import Context
from handfast.service.enrol import EnrolAnswer
from handfast.service.verify import CheckAnswer


def finish(context: Context, token: str) -> CheckAnswer | EnrolAnswer:
    """Decide the session behind the link, once. Raises SessionUnknown, SessionExpired, SessionSpent."""
    raise NotImplementedError
