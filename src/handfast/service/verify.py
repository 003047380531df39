"""A check, 1:1, from the live capture to the answer. Read this page first."""

from handfast.base.decision import Outcome
from handfast.service.after_check import after_check
from handfast.service.answer import CheckAnswer as CheckAnswer
from handfast.service.comparison import probes_of
from handfast.service.context import Context
from handfast.service.deciding import checked_answer, decided, refused
from handfast.service.duress import heeded
from handfast.service.ending import claim, end
from handfast.service.link import Link
from handfast.service.uses import came_back, log_check, permission


def verify(context: Context, link: Link) -> CheckAnswer:
    """Check the person in front of the camera. No unit of work is open while a model runs."""
    # 1 Authorise. Who is unknown, frozen or withdrawn goes the same way as everyone, without a grant.
    with context.store.read() as reader:
        grant = permission(context, reader, link)
    # 2 Use the session up: a committed row, so that a crash from here on shows as an abandoned attempt.
    capture = claim(context, link)
    # 3 What each modality acquired while the frames arrived.
    probes = probes_of(capture)
    # 4 to 6 Compare with this person's references and nobody else's, calibrate, decide.
    decision, alarm = heeded(context, grant, probes, decided(context, link, grant, probes))
    # 7 One unit of work: authorise again, the leaf whatever the outcome, the answer.
    with context.store.write() as unit:
        if grant is not None and permission(context, unit, link) is None:
            decision = refused(decision)
        logged = log_check(context, unit, link.row, decision.outcome)
        reference = came_back(context, unit, link) if decision.outcome is Outcome.ACCEPTED else None
        after_check(context, unit, link, decision, alarm=alarm)
        end(context, unit, link, checked_answer(decision, reference, logged.n), compared=True)
    # 8 Answer: no score, no reason that tells one refusal from another.
    return CheckAnswer(decision.outcome, decision.advice, decision.trial, reference, link.wishes.return_url)
