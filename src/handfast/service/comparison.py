"""What a comparison is asked with: the probes of a capture, and the sealed references of the person behind a grant."""

from handfast.base.grant import Grant
from handfast.capture.state import CaptureState
from handfast.gallery.references import Held
from handfast.matcher.matcher import Probes as Probes
from handfast.service.context import Context


def probes_of(capture: CaptureState) -> Probes:
    """The probes of a finished capture."""
    faces = tuple(template for templates in capture.faces.values() for template in templates)
    return Probes(faces + capture.prints, capture.followed, capture.lowered)


def held_for(context: Context, grant: Grant) -> Held:
    """The references of the person that the grant is for, sealed; the matcher alone opens them. Raises NoConsent."""
    with context.store.read() as reader:
        return context.references.of(reader, grant)
