"""What the camera sees of four fingers: the approach in small frames, and the sharp still, or one with a flaw."""

from dataclasses import replace
from enum import StrEnum

import cv2
import numpy as np

from handfast.base.image import Pixels
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.capture.challenge import Task
from handfast.finger.synth.person import Person
from handfast.finger.synth.photo import SynthPhoto, photo
from handfast.finger.synth.shot import Lens, Shot, guided_shot
from handfast.lab.actor.motion import smooth

STILL_WIDTH = 1536  # px for which guided shots are drawn
ROOM = 1.3  # the preview is drawn this much larger than the frame, so that the hand can move
FARTHEST = 0.78  # size of the hand when it comes into view
SETTLED = 0.5  # share of the time after which the hand is in place and in focus


class Flaw(StrEnum):
    """What can be wrong with a still of the fingers."""

    BLURRED = "blurred"
    DARK = "dark"
    WRONG_HAND = "wrong-hand"
    MISSING_FINGER = "missing-finger"


def finger_still(person: Person, task: Task, size: tuple[int, int], take: int, flaw: Flaw | None) -> SynthPhoto:
    """The still of a fingers task; another take is another photo of the same fingers."""
    hand = _hand(task)
    shot = _shot(task, size, take)
    if flaw is Flaw.WRONG_HAND:
        hand = Hand.LEFT if hand is Hand.RIGHT else Hand.RIGHT
        shot = replace(shot, missing=frozenset())
    if flaw is Flaw.BLURRED:
        shot = replace(shot, lens=Lens(defocus=4.5 * size[0] / STILL_WIDTH))
    if flaw is Flaw.DARK:
        shot = replace(shot, light=replace(shot.light, exposure=0.12), lens=replace(shot.lens, noise=0.01))
    if flaw is Flaw.MISSING_FINGER:
        shot = replace(shot, missing=shot.missing | {task.positions[len(task.positions) // 2]})
    return photo(person, hand, shot)


def preview_base(person: Person, task: Task, size: tuple[int, int], take: int) -> Pixels:
    """The hand in place before the camera, drawn with room around the frame of (width, height)."""
    shot = _shot(task, size, take)
    room = (round(size[0] * ROOM), round(size[1] * ROOM))
    middle = tuple(0.5 + (place - 0.5) / ROOM for place in shot.tips_at)
    return photo(person, _hand(task), replace(shot, size=room, tips_at=(middle[0], middle[1]))).image.pixels


def preview_frame(base: Pixels, size: tuple[int, int], share: float, sway: tuple[float, float]) -> Pixels:
    """The frame when this share of the time has passed; sway shifts it by shares of the width."""
    near = smooth(share / SETTLED)
    scale = FARTHEST + (1 - FARTHEST) * near
    centre = np.array([base.shape[1], base.shape[0]]) / 2
    shift = np.array(size) / 2 - scale * centre + np.array(sway) * size[0]
    shift[1] += (1 - near) * 0.1 * size[1]
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    frame = cv2.warpAffine(base, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    blur = (1 - near) * 3.0 * size[0] / 720
    return np.asarray(cv2.GaussianBlur(frame, (0, 0), blur) if blur > 0.3 else frame, np.uint8)


def _hand(task: Task) -> Hand:
    if task.hand is None:
        raise ValueError(f"task {task.kind} names no hand")
    return task.hand


def _shot(task: Task, size: tuple[int, int], take: int) -> Shot:
    """The guided shot of a take, at this size; fingers that are not asked for are not there."""
    missing: set[FingerPosition] = set(FOUR_FINGERS[_hand(task)]) - set(task.positions)
    shot = guided_shot(take)
    shrink = size[0] / STILL_WIDTH
    lens = replace(shot.lens, defocus=max(0.4, shot.lens.defocus * shrink))
    return replace(shot, size=size, ppi=shot.ppi * shrink, lens=lens, missing=frozenset(missing))
