"""What is kept of a capture for a person who decides: one crop of the face, and one of the fingers of each hand."""

from collections.abc import Iterable
from dataclasses import dataclass

from handfast.base.image import Image
from handfast.base.modality import Hand, Modality
from handfast.capture.kept import KeptPicture
from handfast.capture.progress import Part
from handfast.imaging.decode import decode
from handfast.imaging.encode import jpeg
from handfast.imaging.resize import fit

FACE_SIDE, FINGERS_SIDE = 360, 900  # px, the long side of a crop
MARGIN = 0.25  # of the face's or the guide's own size, on every side
QUALITY = 80  # of the JPEG


@dataclass(frozen=True, slots=True)
class Crop:
    """A JPEG without metadata; hand is None for the face."""

    modality: Modality
    hand: Hand | None
    jpeg: bytes


def crops_of(kept: Iterable[KeptPicture]) -> tuple[Crop, ...]:
    """The newest face and the newest still of each hand, cut to what was asked for. Raises ImageError."""
    newest: dict[Hand | None, KeptPicture] = {}
    for picture in kept:
        newest[picture.task.hand if picture.task.positions else None] = picture
    return tuple(_crop(hand, picture) for hand, picture in newest.items())


def _crop(hand: Hand | None, picture: KeptPicture) -> Crop:
    image = decode(picture.body)
    cut = image if picture.part is None else _cut(image, picture.part)
    small = fit(cut, FACE_SIDE if hand is None else FINGERS_SIDE)[0] if _large(cut, hand) else cut
    return Crop(Modality.FACE if hand is None else Modality.FINGER, hand, jpeg(small, QUALITY))


def _large(image: Image, hand: Hand | None) -> bool:
    return max(image.size) > (FACE_SIDE if hand is None else FINGERS_SIDE)


def _cut(image: Image, part: Part) -> Image:
    width, height = image.size
    x, y, w, h = part
    left, top = max(0, int((x - MARGIN * w) * width)), max(0, int((y - MARGIN * h) * height))
    right, foot = min(width, int((x + (1 + MARGIN) * w) * width)), min(height, int((y + (1 + MARGIN) * h) * height))
    return Image(image.pixels[top:foot, left:right]) if right > left and foot > top else image
