"""A phone photo of four fingers of a synthetic person, and the truth about it."""

from dataclasses import dataclass

import cv2
import numpy as np

from handfast.base.image import Image
from handfast.base.modality import Hand
from handfast.finger.synth.background import NEAR, draw_background
from handfast.finger.synth.camera import Camera
from handfast.finger.synth.compiled import Floats
from handfast.finger.synth.develop import develop, expose
from handfast.finger.synth.four_fingers import four_fingers
from handfast.finger.synth.nails import draw_nails
from handfast.finger.synth.person import Person, traits_of
from handfast.finger.synth.raster import Surface, rasterise
from handfast.finger.synth.shade import shade
from handfast.finger.synth.shot import Shot
from handfast.finger.synth.skin import master_of
from handfast.finger.synth.truth import Truth, tip_truth
from handfast.finger.synth.wear import worn_skin


@dataclass(frozen=True, slots=True, eq=False)
class SynthPhoto:
    """A photo and what is known about it."""

    image: Image
    shot: Shot
    truth: Truth


def photo(person: Person, hand: Hand, shot: Shot) -> SynthPhoto:
    """One photo of a hand; the same person, hand and shot give the same picture."""
    rng = np.random.default_rng([shot.seed, person.seed, hand is Hand.RIGHT, 7])
    fingers = four_fingers(person, hand, shot.pose, rng)
    shown = [finger for finger in fingers if finger.position not in shot.missing]
    width, height = shot.size
    camera = Camera(shot.ppi / 25.4, shot.distance, (shot.tips_at[0] * width, shot.tips_at[1] * height))
    surface = rasterise(shown, camera, (height, width))
    skins = [worn_skin(person, finger.position, shot.wear, shot.seed) for finger in shown]
    lit = shade(surface, shown, skins, shot)
    ground = draw_background(rng, shot.background, shot.size, traits_of(person).tone)
    if shot.wear.nails > 0:
        draw_nails(ground, shown, camera, shot.wear.nails, person)
    linear = _before(ground, lit, surface, shot, rng.uniform(5, 14))
    expose(linear, surface.labels, shot.light.exposure, shot.light.warmth)
    pixels = develop(rng, linear, shot.lens)
    tips = tuple(tip_truth(finger, master_of(person, finger.position), camera, surface) for finger in shown)
    truth = Truth(hand, surface.labels, surface.geometry[..., 1], tips)
    return SynthPhoto(Image(pixels, shot.ppi), shot, truth)


def _before(ground: Floats, lit: Floats, surface: Surface, shot: Shot, softness: float) -> Floats:
    """The fingers in front of their background, which takes their shadow where it is near."""
    width, height = shot.size
    hand = (surface.labels > 0).astype(np.float32)
    if shot.background in NEAR:
        small = cv2.resize(hand, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
        x, y, _ = shot.light.direction
        reach = 15 * shot.ppi / 450
        shift = np.array([[1, 0, -x * reach], [0, 1, y * reach]], np.float32)
        shadow = cv2.GaussianBlur(cv2.warpAffine(small, shift, (width // 4, height // 4)), (0, 0), softness)
        shade_factor = 1 - np.float32(0.45 * shot.light.key) * cv2.resize(shadow, (width, height))
        ground *= shade_factor[..., None]
    # Skin reaches a little outwards, so that no dark rim shows where edge pixels mix.
    filled = np.where(hand[..., None] > 0, lit, cv2.dilate(lit, np.ones((5, 5), np.uint8)))
    cover = np.asarray(cv2.GaussianBlur(hand, (0, 0), 0.7), np.float32)[..., None]
    ground += (filled - ground) * cover
    return ground
