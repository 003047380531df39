import itertools

from hypothesis import given
from hypothesis import strategies as st

from handfast.base.modality import FingerPosition, Hand
from handfast.capture.challenge import MOVES, PLACES, Aim, Ask, Camera, Challenge, TaskKind, draw
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
    assert kinds == [TaskKind.LOOK, TaskKind.FOLLOW, TaskKind.HAND, TaskKind.FINGERS, TaskKind.FINGERS]


def test_whose_hands_are_not_whole_is_asked_for_one_move_more() -> None:
    missing = frozenset({FingerPosition.RIGHT_INDEX, FingerPosition.LEFT_RING})
    orders = {tuple(task.kind for task in drawn(seed, missing=missing).tasks[1:3]) for seed in range(200)}
    dot = TaskKind.FOLLOW
    assert orders == {pair for move in MOVES for pair in ((dot, move), (move, dot))}
    assert {drawn(seed).tasks[2].hand for seed in range(40)} == set(Hand)


def test_the_dot_goes_anywhere_but_never_near_where_it_was() -> None:
    around, paths = list(Aim), {task.path for seed in range(9000) for task in drawn(seed).tasks if task.path}
    assert len(paths) == 8 * 5 ** (PLACES - 1) - 2  # but for up, down, up, down and down, up, down, up
    steps = {(around.index(b) - around.index(a)) % 8 for path in paths for a, b in itertools.pairwise(path)}
    assert steps == {2, 3, 4, 5, 6}


def test_the_dot_stays_long_at_one_place_but_the_last_and_none_is_likelier() -> None:
    stays = [task.stays for seed in range(600) for task in drawn(seed).tasks if task.path]
    longest = [stay.index(max(stay)) for stay in stays]
    assert all(sorted(stay)[-1] >= 0.8 and sorted(stay)[:-1] == [0.0, 0.0, 0.2] for stay in stays)
    assert all(160 < longest.count(place) < 240 for place in range(PLACES - 1))
    assert longest.count(PLACES - 1) == 0


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
