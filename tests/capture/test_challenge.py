import itertools

from hypothesis import given
from hypothesis import strategies as st

from handfast.base.modality import FingerPosition, Hand
from handfast.capture.challenge import MOVES, PLACES, Ask, Camera, Challenge, TaskKind, draw
from support.service import FixedClock, SeededRandomness

BOTH = (Hand.RIGHT, Hand.LEFT)


def drawn(
    seed: int = 0,
    *,
    hands: tuple[Hand, ...] = BOTH,
    missing: frozenset[FingerPosition] = frozenset(),
    face: bool = True,
    attended: bool = False,
    moves: bool = True,
) -> Challenge:
    ask = Ask(hands=hands, missing=missing, face=face, stills=1, retakes=1, attended=attended, moves=moves)
    return draw(ask, clock=FixedClock(), randomness=SeededRandomness(seed))


@given(st.integers(0, 2**32))
def test_the_face_comes_first_then_the_hand_then_the_fingers(seed: int) -> None:
    kinds = [task.kind for task in drawn(seed).tasks]
    assert kinds[0] is TaskKind.LOOK
    assert TaskKind.FOLLOW in kinds[1:3]
    assert set(kinds[1:3]) - {TaskKind.FOLLOW} <= {*MOVES, TaskKind.COUNT}
    assert kinds[3:] == [TaskKind.HAND, TaskKind.FINGERS, TaskKind.FINGERS]


def test_the_order_cannot_be_foretold() -> None:
    orders = {tuple((t.kind, t.hand, t.count) for t in drawn(seed).tasks) for seed in range(600)}
    assert len(orders) == (len(MOVES) + 4) * 2 * 2  # which move or count, before or after the dot, which hand


def test_the_dot_goes_anywhere_but_never_stays() -> None:
    paths = {task.path for seed in range(600) for task in drawn(seed).tasks if task.path}
    assert len(paths) == 4 * 3 ** (PLACES - 1) - 2  # but for up, down, up and down, up, down
    assert all(a is not b for path in paths for a, b in itertools.pairwise(path))


def test_the_dot_stays_long_at_one_place_and_none_is_likelier() -> None:
    stays = [task.stays for seed in range(600) for task in drawn(seed).tasks if task.path]
    longest = [stay.index(max(stay)) for stay in stays]
    assert all(sorted(stay)[-1] >= 0.8 > 0.2 == sorted(stay)[0] for stay in stays)
    assert all(160 < longest.count(place) < 240 for place in range(PLACES))


def test_what_is_drawn_depends_on_chance_and_on_what_can_be_shown_alone() -> None:
    assert drawn(7).tasks == drawn(7).tasks
    assert [t.kind for t in drawn(7).tasks] == [t.kind for t in drawn(7, attended=True).tasks]


def test_who_cannot_move_is_asked_for_no_movement() -> None:
    for seed in range(40):
        kinds = [task.kind for task in drawn(seed, hands=(Hand.RIGHT,), moves=False).tasks]
        assert kinds == [TaskKind.LOOK, TaskKind.COUNT, TaskKind.HAND, TaskKind.FINGERS]
    assert [task.kind for task in drawn(hands=(), moves=False).tasks] == [TaskKind.LOOK]


def test_nobody_is_asked_to_count_with_a_finger_that_is_not_there() -> None:
    missing = frozenset({FingerPosition.RIGHT_INDEX, FingerPosition.LEFT_RING})
    for seed in range(60):
        assert TaskKind.COUNT not in {task.kind for task in drawn(seed, missing=missing).tasks}


def test_no_two_challenges_share_a_nonce() -> None:
    assert len({drawn(seed).nonce for seed in range(50)}) == 50
    assert len(drawn().nonce) == 32


def test_a_finger_that_is_missing_is_never_asked_for() -> None:
    missing = frozenset({FingerPosition.LEFT_RING})
    asked = {position for task in drawn(missing=missing).tasks for position in task.positions}
    assert len(asked) == 7
    assert FingerPosition.LEFT_RING not in asked


def test_a_hand_without_fingers_is_not_asked_for() -> None:
    missing = frozenset(FingerPosition(code) for code in range(7, 11))
    assert {task.hand for task in drawn(missing=missing).tasks} == {None, Hand.RIGHT}


def test_a_person_without_hands_is_asked_for_the_face_alone() -> None:
    assert [task.hand for task in drawn(hands=()).tasks] == [None, None, None]


def test_a_person_who_shows_no_face_is_asked_for_the_fingers_alone() -> None:
    assert [task.kind for task in drawn(face=False).tasks] == [TaskKind.FINGERS, TaskKind.FINGERS]


def test_beside_an_operator_the_rear_camera_is_used_all_along() -> None:
    assert {task.camera for task in drawn(attended=True).tasks} == {Camera.REAR}
    assert {task.camera for task in drawn().tasks} == {Camera.FRONT, Camera.REAR}
