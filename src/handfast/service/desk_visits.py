"""What a desk opens for somebody who stands there: their own page by a live check, or new pictures in place of old."""

from handfast.base.decision import Assurance
from handfast.base.roles import Role
from handfast.service import sessions
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.person.life import TwoPeople
from handfast.service.sessions import Bound, NewSession, OpenedSession

HELPERS = (Role.ENROLLER, Role.CHECKER, Role.REVIEWER, Role.OWNER)


def open_page(
    context: Context, actor: Actor, programme_id: str, reference: str | None, card: str | None, idempotency_key: str
) -> OpenedSession:
    """An attended check whose phone, once it is accepted, opens the person's page. Raises NotAllowed, RequestError.

    Unknown and frozen people open a session like anyone and end not_accepted: who paused it opens it by code and PIN.
    """
    actor.must_be_person()
    actor.must(programme_id, *HELPERS)
    new = NewSession("check", programme_id, reference, card, Assurance.ATTENDED)
    return sessions.open_for_help(context, actor, new, idempotency_key, Bound(help="page"))


def open_retake(context: Context, actor: Actor, who: TwoPeople, reference: str, idempotency_key: str) -> OpenedSession:
    """New pictures of somebody enrolled, under the consent that they gave. Raises NotFound, NotAllowed."""
    new = NewSession("enrol", who.programme_id, reference, mode=Assurance.ATTENDED)
    bound = Bound(help="retake", by=(who.first, who.second), document=who.document.strip())
    return sessions.open_for_help(context, actor, new, idempotency_key, bound)
