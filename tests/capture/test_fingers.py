from hypothesis import given
from hypothesis import strategies as st

from handfast.base.errors import FingerDark, PoorFinger
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand, Modality, SampleKind
from handfast.base.quality import Quality
from handfast.base.sample import Acquisition, Failure
from handfast.base.template import Template
from handfast.capture.challenge import Camera, Task, TaskKind
from handfast.capture.fingers import FingersTaken, advice, progress, with_still

RIGHT = FOUR_FINGERS[Hand.RIGHT]


def task(stills: int, retakes: int) -> Task:
    return Task(0, TaskKind.FINGERS, Camera.REAR, Hand.RIGHT, RIGHT, stills, retakes, seconds=30)


def print_of(position: FingerPosition) -> Template:
    return Template(Modality.FINGER, position, SampleKind.HAND, "test:1", "test:1", b"print", Quality(50.0))


def still(*good: FingerPosition) -> Acquisition:
    bad = tuple(Failure(p, PoorFinger("blurred")) for p in RIGHT if p not in good)
    return Acquisition(tuple(print_of(p) for p in good), bad)


def after(task: Task, *stills: Acquisition) -> FingersTaken:
    taken = FingersTaken()
    for got in stills:
        taken = with_still(taken, task, got)
    return taken


ALL, SOME, NONE = still(*RIGHT), still(*RIGHT[:2]), still()


def test_a_check_ends_after_one_good_still() -> None:
    assert progress(after(task(1, 1), ALL), task(1, 1)).state == "done"


def test_a_check_offers_one_retake() -> None:
    now = progress(after(task(1, 1), SOME), task(1, 1))
    assert (now.state, now.stills_left) == ("going", 1)
    assert progress(after(task(1, 1), SOME, SOME), task(1, 1)).state == "done"


def test_an_enrolment_takes_two_stills_when_all_pass_and_three_when_not() -> None:
    t = task(2, 1)
    assert progress(after(t, ALL), t).stills_left == 1
    assert progress(after(t, ALL, ALL), t).state == "done"
    assert progress(after(t, ALL, SOME), t).stills_left == 1
    assert progress(after(t, SOME), t).stills_left == 2
    assert progress(after(t, SOME, ALL, ALL), t).state == "done"


def test_no_good_finger_at_the_last_retake_is_a_failure() -> None:
    assert progress(after(task(1, 1), NONE, NONE), task(1, 1)).state == "failed"


def test_a_finger_that_was_not_asked_for_is_never_kept() -> None:
    thumb = Acquisition((print_of(FingerPosition.RIGHT_THUMB), print_of(FingerPosition.LEFT_INDEX)), ())
    assert after(task(1, 1), thumb).templates == ()


@given(st.lists(st.sampled_from([ALL, SOME, NONE]), max_size=3))
def test_progress_stays_between_nothing_and_all(stills: list[Acquisition]) -> None:
    now = progress(after(task(2, 1), *stills), task(2, 1))
    assert 0.0 <= now.progress <= 1.0
    assert 0 <= now.stills_left <= 3


def test_the_advice_is_what_most_fingers_need() -> None:
    assert advice(after(task(1, 1), NONE)) == PoorFinger.advice
    assert advice(FingersTaken()) is None


def test_a_whole_hand_blurred_from_near_is_told_to_go_further_away() -> None:
    t = task(1, 1)
    assert advice(with_still(FingersTaken(), t, NONE, near=True)) == "further"
    assert advice(with_still(FingersTaken(), t, SOME, near=True)) == PoorFinger.advice
    dark = Acquisition((), tuple(Failure(p, FingerDark("dim")) for p in RIGHT))
    assert advice(with_still(FingersTaken(), t, dark, near=True)) == FingerDark.advice
