"""From opened references and probes to evidence: compare, calibrate. It stays with the matcher."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from handfast.base.decision import Evidence
from handfast.base.modality import Modality
from handfast.base.sample import Comparer
from handfast.base.search import Searcher
from handfast.base.template import Template
from handfast.decision.fuse import fuse
from handfast.decision.policy import SESSION_KINDS
from handfast.decision.tables import Tables
from handfast.gallery.opened import OpenReferences
from handfast.matcher.matcher import Probes

ENROLLED_STILLS = 2  # of each finger, usually
STRANGER = -9.0  # log10; what is said of nobody's references, whatever was shown

Comparers = Mapping[Modality, Comparer]


def evidence_with(
    comparers: Comparers, tables: Tables, opened: OpenReferences, probes: Probes, least: float | None = None
) -> tuple[Evidence, ...]:
    """One evidence for each modality that the person enrolled. Raises NoCalibration.

    least   where given, nothing more is compared after a modality whose llr is below it
    """
    brought, found = opened.bring(probes.templates), list[Evidence]()
    for modality in Modality:
        if any(t.modality is modality for t in opened.templates):
            found.append(_evidence(comparers, tables, modality, opened.templates, brought, live=probes.live))
            if least is not None and found[-1].llr < least:
                break
    return tuple(found)


def least_coarse(searcher: Searcher, tables: Tables, support: float) -> float | None:
    """The lowest coarse score of anybody whom the searcher's modality may support so far on its own.

    None where coarse scores do not tell.
    """
    if searcher.bound is None:
        return None
    score = tables.reaches(searcher.bound.comparator, SESSION_KINDS[searcher.modality], support)
    return score - 2 * searcher.bound.slack if math.isfinite(score) else None


def evidence_of_nobody(
    comparers: Comparers, tables: Tables, nobody: OpenReferences, probes: Probes
) -> tuple[Evidence, ...]:
    """A stranger's evidence, where there is nobody to compare with.

    The probes are compared with themselves, in a frame of nobody's and as often as with the stills of an enrolment, so
    that it takes as long.
    """
    references, brought = probes.templates * ENROLLED_STILLS, nobody.bring(probes.templates)
    found = [_evidence(comparers, tables, m, references, brought, live=probes.live) for m in Modality]
    return tuple(replace(e, llr=STRANGER) if e.shown else e for e in found)


def _evidence(
    comparers: Comparers,
    tables: Tables,
    modality: Modality,
    references: Sequence[Template],
    probes: Sequence[Template],
    *,
    live: bool,
) -> Evidence:
    enrolled = [t for t in references if t.modality is modality]
    shown = [t for t in probes if t.modality is modality]
    scores = comparers[modality].compare(enrolled, shown) if enrolled and shown else ()
    quality = sum(t.quality.value for t in shown) / len(shown) if shown else None
    return fuse(modality, scores, tables, live=live, quality=quality)
