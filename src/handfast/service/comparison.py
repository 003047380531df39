"""From what was captured to evidence: compare with one person's references, calibrate. No transaction is open here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handfast.base.decision import Evidence, Lowered
from handfast.base.grant import Grant
from handfast.base.modality import Modality
from handfast.base.template import Template
from handfast.capture.state import CaptureState
from handfast.decision.fuse import fuse
from handfast.gallery.references import OpenReferences
from handfast.service.context import Context

ENROLLED_STILLS = 2  # of each finger, usually
STRANGER = -9.0  # log10; what is said of nobody's references, whatever was shown


@dataclass(frozen=True, slots=True)
class Probes:
    """What one capture gave.

    live      whether every step was followed, by one and the same face
    lowered   what makes the capture less sure than its mode promises
    """

    templates: tuple[Template, ...]
    live: bool
    lowered: tuple[Lowered, ...] = ()

    def of(self, modality: Modality) -> tuple[Template, ...]:
        """Those of one modality."""
        return tuple(template for template in self.templates if template.modality is modality)


def probes_of(capture: CaptureState) -> Probes:
    """The probes of a finished capture."""
    faces = tuple(template for templates in capture.faces.values() for template in templates)
    return Probes(faces + capture.prints, capture.followed, capture.lowered)


def evidence_of(context: Context, grant: Grant | None, probes: Probes) -> tuple[Evidence, ...]:
    """One evidence for each modality that the person enrolled. Raises NoCalibration, SealBroken, NoConsent.

    Without a grant there is nobody to compare with: the probes are compared with themselves, in a frame of nobody's and
    as often as with the stills of an enrolment, so that it takes as long; the result is a stranger's.
    """
    if grant is None:
        nobody = probes.templates * ENROLLED_STILLS
        brought = context.references.nobodys().bring(probes.templates)
        found = [_evidence(context, m, nobody, brought, live=probes.live) for m in Modality]
        return tuple(replace(e, llr=STRANGER) if e.shown else e for e in found)
    opened = opened_for(context, grant)
    return evidence_with(context, opened, opened.bring(probes.templates), live=probes.live)


def opened_for(context: Context, grant: Grant) -> OpenReferences:
    """The references of the person that the grant is for."""
    person = context.keys.person(grant.programme_id, grant.subject_id)
    with context.store.read() as reader:
        return context.references.open(reader, grant, person)


def evidence_with(
    context: Context, opened: OpenReferences, brought: Sequence[Template], *, live: bool
) -> tuple[Evidence, ...]:
    """One evidence for each modality of opened references, with probes that were brought into their frame."""
    enrolled = [m for m in Modality if any(t.modality is m for t in opened.templates)]
    return tuple(_evidence(context, m, opened.templates, brought, live=live) for m in enrolled)


def _evidence(
    context: Context, modality: Modality, references: Sequence[Template], probes: Sequence[Template], *, live: bool
) -> Evidence:
    enrolled = [t for t in references if t.modality is modality]
    shown = [t for t in probes if t.modality is modality]
    scores = context.engines[modality].compare(enrolled, shown) if enrolled and shown else ()
    quality = sum(t.quality.value for t in shown) / len(shown) if shown else None
    return fuse(modality, scores, context.tables, live=live, quality=quality)
