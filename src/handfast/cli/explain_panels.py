"""The panels of `handfast explain`: each stage drawn over what it was found in."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, sin, tau

import cv2
import numpy as np

from handfast.base.image import GrayImage, Image, Pixels
from handfast.finger.comparison.alignment import Alignment, align
from handfast.finger.comparison.cylinders import SECTIONS, build_cylinders
from handfast.finger.comparison.disc import GRID, RADIUS, WORDS
from handfast.finger.comparison.prints import prepare
from handfast.finger.comparison.similarity import likely_pairs
from handfast.finger.hand.location import Location
from handfast.finger.tip.crop import Fingertip
from handfast.finger.types import Fingerprint, Mask, Minutiae

Colour = tuple[int, int, int]

WIDTH, HEIGHT, CAPTION, GAP, COLUMNS = 300, 400, 30, 12, 4
PAPER: Colour = (250, 249, 246)
INK: Colour = (32, 36, 44)
MARK: Colour = (196, 62, 40)
SECOND_MARK: Colour = (24, 104, 172)
NEAR = 9.0  # px within which two minutiae coincide


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """One finger of one photo: location and mask as the trace told them, then what came of them."""

    photo: Image
    location: Location
    mask: Mask
    tip: Fingertip
    fingerprint: Fingerprint
    minutiae: Minutiae


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A picture of any size and its caption."""

    caption: str
    pixels: Pixels


def panels(first: Read, second: Read) -> list[Panel]:
    """All stages of the first photo's finger, then the two laid over each other."""
    return [
        Panel("1 the photo (drawn)", first.photo.pixels),
        Panel("2 joints of the hand", _joints(first.location)),
        Panel("3 what has finger colour", _masked(first.location.small, first.mask)),
        Panel("4 one fingertip, cut out", _masked(first.tip.pixels, first.tip.mask)),
        Panel("5 its print: 500 ppi, mirrored", _on_paper(first.fingerprint)),
        Panel(f"6 {len(first.minutiae)} minutiae", _minutiae(_on_paper(first.fingerprint), first.minutiae, MARK)),
        Panel("7 one minutia's surroundings", _cylinder(first.minutiae)),
        Panel("8 laid over a second photo", _overlay(first, second)),
    ]


def sheet(shown: Sequence[Panel]) -> Pixels:
    """The panels in rows on paper."""
    rows = -(-len(shown) // COLUMNS)
    size = (rows * (HEIGHT + CAPTION + GAP) + GAP, COLUMNS * (WIDTH + GAP) + GAP, 3)
    paper = np.full(size, PAPER, np.uint8)
    for number, panel in enumerate(shown):
        top = GAP + number // COLUMNS * (HEIGHT + CAPTION + GAP)
        left = GAP + number % COLUMNS * (WIDTH + GAP)
        picture = _fitted(panel.pixels)
        y, x = top + CAPTION + (HEIGHT - picture.shape[0]) // 2, left + (WIDTH - picture.shape[1]) // 2
        paper[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        place = (left + 2, top + CAPTION - 10)
        cv2.putText(paper, panel.caption, place, cv2.FONT_HERSHEY_SIMPLEX, 0.52, INK, 1, cv2.LINE_AA)
    return paper


def _fitted(pixels: Pixels) -> Pixels:
    scale = min(WIDTH / pixels.shape[1], HEIGHT / pixels.shape[0])
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=kind), np.uint8)


def _joints(location: Location) -> Pixels:
    """The landmark model's points, in the small upright picture."""
    drawn = location.small.copy()
    for x, y in location.points:
        cv2.circle(drawn, (round(float(x)), round(float(y))), 5, MARK, -1, cv2.LINE_AA)
    return drawn


def _masked(pixels: Pixels, mask: np.ndarray) -> Pixels:
    """What lies outside the mask, faded."""
    faded = (0.25 * pixels + 0.75 * np.array(PAPER)).astype(np.uint8)
    return np.where(mask[..., None] > 0, pixels, faded)


def _on_paper(fingerprint: Fingerprint) -> Pixels:
    gray: GrayImage = fingerprint.image
    colour = np.repeat(gray.pixels[..., None], 3, axis=2)
    return np.where(fingerprint.mask[..., None], colour, np.array(PAPER, np.uint8))


def _minutiae(pixels: Pixels, minutiae: Minutiae, colour: Colour) -> Pixels:
    """Each as a ring with its direction, at twice the size."""
    drawn = np.asarray(cv2.resize(pixels, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    for minutia in minutiae:
        x, y = 2 * minutia.x, 2 * minutia.y
        end = (round(x + 22 * cos(minutia.angle)), round(y + 22 * sin(minutia.angle)))
        cv2.circle(drawn, (round(x), round(y)), 8, colour, 2, cv2.LINE_AA)
        cv2.line(drawn, (round(x), round(y)), end, colour, 2, cv2.LINE_AA)
    return drawn


def _cylinder(minutiae: Minutiae) -> Pixels:
    """The bits of the fullest cylinder, one disc a section of direction; cells beyond the print left grey."""
    cylinders = build_cylinders(minutiae)
    counts = [sum(int(word).bit_count() for word in row) for row in cylinders.bits]
    chosen = int(np.argmax(counts))
    valid = _disc(cylinders.valid[chosen])
    cell = 12
    across = GRID * cell
    drawn = np.full((3 * (across + 10), 2 * (across + 10), 3), PAPER, np.uint8)
    for section in range(SECTIONS):
        bits = _disc(cylinders.bits[chosen, section * WORDS : (section + 1) * WORDS])
        tone = np.where(bits[..., None], INK, np.where(valid[..., None], (225, 222, 214), PAPER)).astype(np.uint8)
        top, left = section // 2 * (across + 10), section % 2 * (across + 10)
        drawn[top : top + across, left : left + across] = np.kron(tone, np.ones((cell, cell, 1), np.uint8))
        middle = (left + across // 2, top + across // 2)
        cv2.circle(drawn, middle, round(RADIUS / (2 * RADIUS / across)), MARK, 1, cv2.LINE_AA)
    return drawn


def _disc(words: np.ndarray) -> np.ndarray:
    """(GRID, GRID) bool of one section, right being the minutia's direction."""
    bits = np.unpackbits(np.ascontiguousarray(words).astype("<u8").view(np.uint8), bitorder="little")
    return bits.reshape(GRID, GRID).T.astype(bool)


def _overlay(first: Read, second: Read) -> Pixels:
    """The second print with both sets of minutiae; a line joins those that coincide."""
    drawn = _minutiae(_on_paper(second.fingerprint), second.minutiae, SECOND_MARK)
    found = _aligned(first.minutiae, second.minutiae)
    if found is None:
        return drawn
    x, y = found.moved(first.minutiae.x, first.minutiae.y)
    angle = (first.minutiae.angle + found.turn) % tau
    for place_x, place_y, direction in zip(x, y, angle, strict=True):
        near = np.hypot(second.minutiae.x - place_x, second.minutiae.y - place_y).min() < NEAR
        start = (round(2 * place_x), round(2 * place_y))
        end = (round(2 * place_x + 22 * cos(direction)), round(2 * place_y + 22 * sin(direction)))
        cv2.line(drawn, start, end, MARK, 2, cv2.LINE_AA)
        cv2.circle(drawn, start, 14 if near else 5, MARK, 2 if near else 1, cv2.LINE_AA)
    return drawn


def _aligned(a: Minutiae, b: Minutiae) -> Alignment | None:
    one, other = prepare(a), prepare(b)
    return align(one, other, likely_pairs(one, other))
