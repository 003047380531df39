"""Keeping what a person is searched by, where their consent names a search, in the unit of work of their enrolment."""

from collections.abc import Sequence

from handfast.base.errors import NoConsent
from handfast.base.grant import Grant
from handfast.base.search import SearchCode
from handfast.consent.purpose import SEARCHES
from handfast.gallery.codes import row_for
from handfast.service.comparison import Probes
from handfast.service.context import Context
from handfast.service.link import Link
from handfast.service.memory.searching import searches
from handfast.storage.keys.key_values import PersonKeys
from handfast.storage.store import Reader, Unit


def codes_to_keep(context: Context, link: Link, probes: Probes) -> tuple[SearchCode, ...]:
    """The codes of an enrolment; none where the programme looks for nobody. Made before the unit of work is open."""
    return context.searching.codes(probes.templates) if searches(link.programme) else ()


def keep_searchable(context: Context, unit: Unit, link: Link, person: PersonKeys, codes: Sequence[SearchCode]) -> None:
    """Keep the codes if a consent that was just recorded names a search; otherwise nothing is kept."""
    grant = _grant(context, unit, link, person) if codes else None
    if grant is not None:
        today = context.clock.now().date()
        row = row_for(grant, context.searching.model, today)
        unit.searched.put(context.matcher.sealed_code(row, codes))


def _grant(context: Context, reader: Reader, link: Link, person: PersonKeys) -> Grant | None:
    for purpose in sorted(SEARCHES):
        try:
            return context.ledger.authorise(
                reader,
                programme_id=person.programme_id,
                subject_id=person.subject_id,
                purpose=purpose,
                session_id=link.id,
            )
        except NoConsent:
            continue
    return None
