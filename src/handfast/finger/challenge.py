"""Judging the tasks "hand" and "fingers" of a live challenge from what its frames showed: no pictures, no models."""

from collections.abc import Sequence
from dataclasses import dataclass

from handfast.base.modality import Hand
from handfast.finger.hand.open_hand import HandSight
from handfast.finger.preview import HandObservation

FRAMES = 3  # good ones in a row that fulfil a task


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a task stands: fulfilled or not, how far 0..1, and one word for what to do next."""

    done: bool
    progress: float
    hint: str


def judge_hand(asked: Hand, frames: Sequence[HandSight | None], needed: int = FRAMES) -> Judgement:
    """The task "hand": the open hand that was asked for, beside the face, in some frames in a row (newest last).

    None stands for a frame without a hand.
    """
    hints = [hand_hint(asked, frame) for frame in frames]
    return _judgement(hints, "show-hand", needed)


def judge_count(count: int, frames: Sequence[HandSight | None], needed: int = FRAMES) -> Judgement:
    """The task "count": so many stretched fingers of either hand, beside the face, in some frames in a row."""
    return _judgement([count_hint(count, frame) for frame in frames], "show-hand", needed)


def judge_fingers(frames: Sequence[HandObservation], needed: int = FRAMES) -> Judgement:
    """The task "fingers" up to the photo: all asked fingers well in view in some frames in a row (newest last)."""
    return _judgement([frame.hint for frame in frames], "show-fingers", needed)


def hand_hint(asked: Hand, frame: HandSight | None) -> str:
    """What is wrong with a frame of the task "hand", the first thing first; "good" where nothing is."""
    if frame is None:
        return "show-hand"
    if frame.beside is False:
        return "hand-beside-face"
    if not frame.open:
        return "open-hand"
    if frame.pose.hand is not asked:
        return "other-hand"
    return "good"


def count_hint(count: int, frame: HandSight | None) -> str:
    """What is wrong with a frame of the task "count"; a thumb may count as a finger, as it does in many places."""
    if frame is None:
        return "show-hand"
    if frame.near is False:
        return "hand-beside-face"
    return "good" if count in (frame.shown, frame.shown + frame.thumb) else f"count-{count}"


def _judgement(hints: Sequence[str], first: str, needed: int) -> Judgement:
    run = 0
    for hint in reversed(hints):
        if hint != "good":
            break
        run += 1
    return Judgement(run >= needed, min(1.0, run / needed), hints[-1] if hints else first)
