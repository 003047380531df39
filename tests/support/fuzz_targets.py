"""What is fuzzed: the readers of templates and pictures. Imported by the fuzzer with its instruments on."""

import io
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from PIL import Image as Pillow

from handfast.base.errors import ImageError, UnreadableTemplate
from handfast.base.image import GrayImage
from handfast.base.modality import FingerPosition
from handfast.finger.records import (
    ansi378_2004,
    ansi_record_2004,
    iso19794_2_2005,
    iso19794_2_2011,
    iso_record_2005,
    iso_record_2011,
)
from handfast.finger.records.interchange import read_template
from handfast.imaging.decode import decode
from handfast.imaging.encode import jpeg, png
from handfast.imaging.wsq import encode_wsq
from handfast.lab.sets.wsq import decode_wsq
from support.prints import scattered


@dataclass(frozen=True, slots=True)
class Target:
    """A reader and inputs that it accepts. `read` returns for what is refused by name; all else it raises is a find."""

    read: Callable[[bytes], None]
    seeds: Callable[[], list[bytes]]


def _iso(data: bytes) -> None:
    with suppress(UnreadableTemplate):
        assert iso_record_2005.write(iso_record_2005.read(data)) == data
    with suppress(UnreadableTemplate):
        assert iso_record_2011.write(iso_record_2011.read(data)) == data
    with suppress(UnreadableTemplate):
        read_template(data)


def _ansi(data: bytes) -> None:
    with suppress(UnreadableTemplate):
        assert ansi_record_2004.write(ansi_record_2004.read(data)) == data
    with suppress(UnreadableTemplate):
        ansi378_2004.decode(data)


def _wsq(data: bytes) -> None:
    with suppress(ImageError):
        decode_wsq(data, max_pixels=250_000)


def _image(data: bytes) -> None:
    with suppress(ImageError):
        decode(data, max_pixels=1_000_000)


def _ridges() -> GrayImage:
    row, column = np.mgrid[0:48, 0:64]
    return GrayImage((128 + 100 * np.sin((row + 0.5 * column) * 2 * np.pi / 9)).astype(np.uint8), 500.0)


def _iso_seeds() -> list[bytes]:
    minutiae, index = scattered(1, 12), FingerPosition.RIGHT_INDEX
    return [
        iso19794_2_2005.encode(minutiae, index, 70),
        iso19794_2_2011.encode(minutiae, index, 70, contactless=True),
    ]


def _image_seeds() -> list[bytes]:
    others = []
    for kind in ("TIFF", "WEBP", "PPM"):
        buffer = io.BytesIO()
        Pillow.fromarray(_ridges().pixels).save(buffer, kind)
        others.append(buffer.getvalue())
    return [jpeg(_ridges()), png(_ridges()), *others]


TARGETS = {
    "iso": Target(_iso, _iso_seeds),
    "ansi": Target(_ansi, lambda: [ansi378_2004.encode(scattered(1, 12), FingerPosition.RIGHT_INDEX, 70)]),
    "wsq": Target(_wsq, lambda: [encode_wsq(_ridges(), contactless=contactless) for contactless in (True, False)]),
    "image": Target(_image, _image_seeds),
}
