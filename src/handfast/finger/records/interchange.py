"""Templates of other systems: which standard they follow, and minutiae that compare with ours.

Ours, and every template of a print on paper or from a scanner, shows a finger as it marks a surface. A photo shows
its mirror image: who made a template of a photo without turning it over has to say so.
"""

from math import pi, tau

from handfast.base.errors import UnreadableTemplate
from handfast.base.modality import FingerPosition
from handfast.finger.records import ansi378_2004, iso19794_2_2005, iso19794_2_2011
from handfast.finger.types import Minutiae


def format_of(data: bytes) -> str:
    """The standard that a record's first bytes claim; UnreadableTemplate if it is none that is read here."""
    if data[:8] == b"FMR\x00030\x00":
        return iso19794_2_2011.FORMAT
    if data[:8] != b"FMR\0 20\0":
        raise UnreadableTemplate("no finger minutiae record of ISO/IEC 19794-2:2005, :2011 or ANSI INCITS 378-2004")
    # ISO states its length in four bytes, of which the first two are 0 up to 64 kB, ANSI in two.
    return iso19794_2_2005.FORMAT if data[8:10] == b"\0\0" else ansi378_2004.FORMAT


def read_template(data: bytes, *, of_mirror_image: bool = False) -> tuple[Minutiae, FingerPosition]:
    """Minutiae at 500 ppi of a record of any of the three standards, and the finger they are of.

    `of_mirror_image` where it was made of a photo as the camera saw it. UnreadableTemplate if it is no record of
    one view.
    """
    form = format_of(data)
    if form == iso19794_2_2011.FORMAT:
        minutiae, position = iso19794_2_2011.decode(data)
    elif form == ansi378_2004.FORMAT:
        minutiae, position = ansi378_2004.decode(data)
    else:
        minutiae, position = iso19794_2_2005.decode(data)
    return (mirrored(minutiae) if of_mirror_image else minutiae), position


def mirrored(minutiae: Minutiae) -> Minutiae:
    """The print with left and right exchanged."""
    return Minutiae(
        width=minutiae.width,
        height=minutiae.height,
        x=minutiae.width - 1 - minutiae.x,
        y=minutiae.y,
        angle=(pi - minutiae.angle) % tau,
        type=minutiae.type,
        quality=minutiae.quality,
    )
