"""A find, 1:N, from the live capture to the answer. It is verify.py's sibling and reads like it."""

from handfast.service.comparison import probes_of
from handfast.service.context import Context
from handfast.service.ending import claim, end
from handfast.service.find.candidates import confirmed, looked_at, shortlisted
from handfast.service.find.finding import FindAnswer, found_answer, lacking, not_captured, search_grant
from handfast.service.find.log import log_find
from handfast.service.link import Link
from handfast.service.uses import reference_of


def identify(context: Context, link: Link) -> FindAnswer:
    """Find the person in front of the camera among those who agreed to be found. Nothing is open while a model runs."""
    # 1 Authorise: this programme finds, beside an operator who may, for a typed reason; a grant to search.
    grant = search_grant(context, link)
    # 2 Use the session up: a committed row, so that a crash from here on shows as an abandoned attempt.
    capture = claim(context, link)
    # 3 Face and hand of one bonded take, two fingers or more. Without both, nobody is looked for at all.
    probes = probes_of(capture)
    lack = lacking(probes)
    if lack is not None:
        return not_captured(context, link, lack)
    # 4 Everyone who may be searched and nobody else: who is likeliest by face, by fingers, by both.
    found = shortlisted(context, grant, probes)
    # 5 and 6 Full comparison with each of these few, under a grant of their own; face and hand on their own. The
    # matcher decides, at this gallery's size.
    looked = looked_at(context, link, found, probes)
    # 7 One unit of work: authorise again, a leaf of the operator's and one for each person compared, the answer.
    with context.store.write() as unit:
        decision = confirmed(context, unit, link, looked.decision)
        logged = log_find(context, unit, link, decision, looked.compared)
        reference = reference_of(context, unit, link, decision.subject_id) if decision.subject_id else None
        end(context, unit, link, found_answer(link, decision, reference, logged.n), compared=True)
    # 8 Answer: a name only where it is found; never who else was near.
    return FindAnswer(decision.outcome, None, decision.trial, reference, link.wishes.return_url)
