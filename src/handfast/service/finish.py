"""The end of a capture: a check is verified, somebody enrolled or found. Asked again, the answer is the same."""

from dataclasses import replace

from handfast.base.decision import Outcome
from handfast.service import review_pictures, tries
from handfast.service.context import Context
from handfast.service.enrol import EnrolAnswer, enrol
from handfast.service.find.finding import FindAnswer
from handfast.service.identify import identify
from handfast.service.link import Link, find, still_open
from handfast.service.person import my_page
from handfast.service.retake import retake
from handfast.service.sitting import sit
from handfast.service.study import study_of
from handfast.service.verify import CheckAnswer, verify
from handfast.storage.tables.sessions import SessionKind, SessionState


def finish(context: Context, token: str, phone: str = "") -> CheckAnswer | EnrolAnswer | FindAnswer:
    """Decide the session behind the link, once. Raises SessionError, RequestError, TooManyTries (nothing is used up).

    A phone that lost the answer on its way is told it again while the session's time lasts; nothing is done again.
    """
    link = find(context, token)
    live = context.live.of(link.id, link.row.expires_at)
    if link.row.state is SessionState.ANSWERED and isinstance(live.told, CheckAnswer | EnrolAnswer | FindAnswer):
        return live.told
    link = replace(still_open(context, link), phone=phone)
    if link.row.kind is SessionKind.ENROL:
        enrolled = _enrolled(context, link, token)
        context.live.end(live, enrolled)
        return enrolled
    if link.row.kind is SessionKind.FIND:
        found = identify(context, link)
        context.live.end(live, found)
        return found
    counted = tries.counted_for(context, link)
    tries.take(context, counted)
    outcome = None
    try:
        checked = verify(context, link)
        outcome = checked.outcome
    finally:
        tries.settle(context, counted, outcome)
    if checked.outcome is Outcome.REFERRED:
        review_pictures.keep_of_check(context, link)
    if link.wishes.help == "page" and checked.outcome is Outcome.ACCEPTED:
        checked = replace(checked, page_token=my_page.open_by_check(context, link))
    context.live.end(live, checked)
    return checked


def _enrolled(context: Context, link: Link, token: str) -> EnrolAnswer:
    if study_of(context, link.programme.id) is not None:
        return sit(context, link, token)
    enrolled = retake(context, link, token) if link.wishes.help == "retake" else enrol(context, link, token)
    if enrolled.outcome in ("enrolled", "retaken"):
        review_pictures.keep_of_enrolment(context, link, context.enrolled.page(token).subject_id)
    return enrolled
