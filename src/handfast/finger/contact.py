"""Prints taken by touch, as scanners give them: dark ridges on a light ground."""

from dataclasses import dataclass

import cv2
import numpy as np

from handfast.base.errors import NoFingerFound
from handfast.base.image import GrayImage, Pixels
from handfast.base.modality import FingerPosition, Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.template import Template
from handfast.base.trace import trace
from handfast.finger.records.iso19794_2_2005 import FORMAT, encode
from handfast.finger.ridges.minutiae import MODEL, MinutiaExtractor, MinutiaParameters
from handfast.finger.tip.quality import clarity
from handfast.finger.types import PRINT_PPI, Fingerprint, Mask

CONTACT_MINUTIAE = MinutiaParameters(least_score=0.2)


@dataclass(frozen=True, slots=True)
class ContactParameters:
    """Lengths in pixels at 500 ppi."""

    same_ppi: float = 2.0  # a stated resolution this near to 500 is taken for it
    blur: float = 8.0  # Gaussian sigma over the contrast of ridges: about one period
    contrast: float = 0.25  # of the print's strong contrast, where ridges can still be read
    strong: float = 0.95  # quantile that counts as strong contrast
    faintest: float = 4.0  # gray levels; less contrast than this is no ridge at all
    gap: int = 25  # px, inlets narrower than this are filled
    least_area: int = 2_500  # px, a print smaller than this is none
    minutiae: MinutiaParameters = CONTACT_MINUTIAE


def print_to_template(
    image: GrayImage, position: FingerPosition, extractor: MinutiaExtractor, p: ContactParameters = ContactParameters()
) -> Template:
    """The template of a contact print; NoFingerFound if there are no ridges in the picture."""
    fingerprint = read_contact_print(image, position, p)
    minutiae = extractor.extract(fingerprint.image, fingerprint.mask, p.minutiae)
    clear = clarity(minutiae)
    area = float(fingerprint.mask.mean())
    quality = Quality(100 * clear, {"clarity": clear, "minutiae": float(len(minutiae)), "area": area})
    return Template(
        modality=Modality.FINGER,
        position=position,
        kind=SampleKind.CONTACT,
        format=FORMAT,
        model=MODEL,
        data=encode(minutiae, position, quality.value),
        quality=quality,
    )


def read_contact_print(
    image: GrayImage, position: FingerPosition, p: ContactParameters = ContactParameters()
) -> Fingerprint:
    """The print at 500 ppi (resampled if the image states another resolution) and where its ridges are."""
    pixels = at_print_resolution(image, p)
    mask = ridge_mask(pixels, p)
    if not mask.any():
        raise NoFingerFound("no ridges in the picture")
    fingerprint = Fingerprint(GrayImage(pixels, PRINT_PPI), mask, position)
    trace("contact print", fingerprint)
    return fingerprint


def at_print_resolution(image: GrayImage, p: ContactParameters = ContactParameters()) -> Pixels:
    """Pixels at 500 ppi; an image that states no resolution is taken to have it already."""
    if image.ppi is None or abs(image.ppi - PRINT_PPI) <= p.same_ppi:
        return image.pixels
    scale = PRINT_PPI / image.ppi
    width, height = image.size
    size = max(1, round(width * scale)), max(1, round(height * scale))
    resampled = cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA if scale < 0.7 else cv2.INTER_CUBIC)
    return np.asarray(resampled, np.uint8)


def ridge_mask(pixels: Pixels, p: ContactParameters = ContactParameters()) -> Mask:
    """Where ridges stand out, as one area without holes; all False where there are none."""
    contrast = ridge_contrast(pixels, p.blur)
    least = max(p.faintest, p.contrast * float(np.quantile(contrast, p.strong)))
    rough = (contrast > least).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (p.gap, p.gap))
    room = cv2.copyMakeBorder(rough, p.gap, p.gap, p.gap, p.gap, cv2.BORDER_CONSTANT)
    closed = np.ascontiguousarray(cv2.morphologyEx(room, cv2.MORPH_CLOSE, kernel)[p.gap : -p.gap, p.gap : -p.gap])
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(outlines, key=cv2.contourArea, default=None)
    mask = np.zeros(pixels.shape, np.uint8)
    if largest is not None and cv2.contourArea(largest) >= p.least_area:
        cv2.drawContours(mask, [largest], 0, 1, cv2.FILLED)
    return mask.astype(bool)


def ridge_contrast(pixels: Pixels, blur: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """(H, W) float32, local standard deviation in gray levels."""
    plane = pixels.astype(np.float32)
    mean = cv2.GaussianBlur(plane, (0, 0), blur)
    square = cv2.GaussianBlur(plane * plane, (0, 0), blur)
    return np.asarray(np.sqrt(np.maximum(square - mean * mean, 0)), np.float32)
