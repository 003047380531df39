import threading

import pytest

from handfast.base.errors import FrameRefused, MoreThanOneFace, Overloaded, PoorFinger, SessionExpired, UnreadableImage
from handfast.base.modality import FOUR_FINGERS, FingerPosition, Hand
from handfast.capture.challenge import Ask, TaskKind, draw
from handfast.capture.frames import Frame, FrameKind
from handfast.capture.live import MAX_DRAWS, LiveSession, LiveSessions
from handfast.capture.places import Places
from handfast.capture.progress import FrameAnswer
from handfast.capture.state import PATIENCE, CaptureState
from support.eyes import ScriptedEyes, ScriptedPhone, picture
from support.service import FixedClock, SeededRandomness

ASK = Ask(hands=(Hand.RIGHT,), missing=frozenset(), face=True, stills=1, retakes=1, attended=False)


class Stage:
    """One live session with a phone in front of it."""

    def __init__(self, eyes: ScriptedEyes | None = None, person: int = 1) -> None:
        self.clock = FixedClock()
        self.eyes = eyes or ScriptedEyes()
        self.live: LiveSessions[str] = LiveSessions(self.clock, self.eyes)
        self.session: LiveSession[str] = self.live.of("ses_1", self.clock.now())
        self.randomness = SeededRandomness()
        self.phone = self.begin(person)

    def begin(self, person: int = 1) -> ScriptedPhone:
        challenge = draw(ASK, clock=self.clock, randomness=self.randomness)
        self.live.begin(self.session, challenge)
        return ScriptedPhone(challenge, self.clock, person)

    def send(self, frame: Frame) -> FrameAnswer:
        return self.live.take(self.session, frame)

    def play(self) -> FrameAnswer:
        """Show every task until it is over."""
        task, answer = 0, None
        while answer is None or not answer.done:
            answer = self.send(self.phone.frame(task))
            task = answer.task.id if answer.next is None else answer.next
        return answer

    @property
    def state(self) -> CaptureState:
        assert self.session.capture is not None
        return self.session.capture


def test_who_follows_every_step_gives_a_face_a_hand_and_four_prints() -> None:
    stage = Stage()
    assert stage.play().done
    assert stage.state.followed
    assert set(stage.state.faces) == {t.id for t in stage.state.challenge.tasks if t.kind is not TaskKind.FINGERS}
    assert {t.position for t in stage.state.prints} == {FingerPosition(code) for code in (2, 3, 4, 5)}
    assert stage.state.failed_positions == ()


def test_each_answer_says_where_the_task_stands_and_what_comes_next() -> None:
    stage = Stage()
    first = stage.send(stage.phone.frame(0))
    second = stage.send(stage.phone.frame(0))
    assert (first.task.state, first.next) == ("going", None)
    assert (second.task.state, second.next, second.done) == ("done", 1, False)


def test_a_finger_that_fails_is_marked_and_taken_again() -> None:
    stage = Stage(ScriptedEyes(frames=1, bad=[FingerPosition.RIGHT_RING]))
    for task in range(3):
        stage.send(stage.phone.frame(task))
    answer = stage.send(stage.phone.frame(3))
    assert answer.fingers is not None
    assert [f.state for f in answer.fingers] == ["good", "good", "retake", "good"]
    assert (answer.task.state, answer.task.stills_left, answer.hint) == ("going", 1, PoorFinger.advice)
    assert stage.send(stage.phone.frame(3)).done
    assert stage.state.failed_positions == (FingerPosition.RIGHT_RING,)


def test_a_second_face_is_told_and_nothing_moves_on() -> None:
    stage = Stage()
    stage.eyes.blind = MoreThanOneFace()
    answer = stage.send(stage.phone.frame(0))
    assert (answer.hint, answer.task.state, answer.task.progress) == ("one-person", "going", 0.0)


def test_a_step_that_is_not_seen_in_time_counts_as_not_followed() -> None:
    stage = Stage()
    stage.eyes.blind = MoreThanOneFace()
    stage.clock.pass_time(PATIENCE.total_seconds())
    answer = stage.send(stage.phone.frame(0))
    assert (answer.task.state, answer.next, answer.hint) == ("failed", 1, "one-person")
    stage.eyes.blind = None
    task = 1
    while not answer.done:
        answer = stage.send(stage.phone.frame(task))
        task = answer.task.id if answer.next is None else answer.next
    assert not stage.state.followed


def test_somebody_else_stepping_in_during_a_step_counts_as_not_followed() -> None:
    stage = Stage()
    stage.send(stage.phone.frame(0))
    stage.phone.person = 2
    answer = stage.send(stage.phone.frame(0))
    assert (answer.task.state, answer.hint) == ("failed", "try-again")  # why is not told


def test_somebody_else_taking_over_between_two_steps_counts_as_not_followed() -> None:
    stage = Stage(ScriptedEyes(frames=1))
    stage.send(stage.phone.frame(0))
    stage.phone.person = 2
    assert stage.send(stage.phone.frame(1)).task.state == "failed"
    assert set(stage.state.faces) == {0}


def test_a_step_goes_on_until_its_frames_give_a_face(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(ScriptedEyes(frames=1))
    with monkeypatch.context() as blurred:
        blurred.setattr(stage.eyes, "faces", lambda task, observations: ())
        answer = stage.send(stage.phone.frame(0))
        assert (answer.task.state, answer.hint, answer.next) == ("going", "hold-still", None)
    assert stage.send(stage.phone.frame(0)).task.state == "done"


def test_a_preview_guides_and_changes_nothing() -> None:
    stage = Stage(ScriptedEyes(frames=1))
    for task in range(3):
        stage.send(stage.phone.frame(task))
    answer = stage.send(stage.phone.frame(3, FrameKind.PREVIEW))
    assert (answer.hint, answer.task.stills_left) == ("good", 1)
    assert stage.state.prints == ()


def test_where_a_photo_was_out_of_focus_no_other_is_taken_until_the_hand_goes_further_away() -> None:
    stage = Stage(ScriptedEyes(frames=1, bad=FOUR_FINGERS[Hand.RIGHT]))
    for task in range(3):
        stage.send(stage.phone.frame(task))
    stage.eyes.near = True
    assert stage.send(stage.phone.frame(3, FrameKind.PREVIEW)).hint == "good"  # this camera may focus so near
    assert stage.send(stage.phone.frame(3)).hint == "further"
    assert stage.send(stage.phone.frame(3, FrameKind.PREVIEW)).hint == "further"
    stage.eyes.near = False
    assert stage.send(stage.phone.frame(3, FrameKind.PREVIEW)).hint == "good"


@pytest.mark.parametrize("kind", [FrameKind.STILL, FrameKind.PREVIEW])
def test_a_still_of_the_face_is_refused(kind: FrameKind) -> None:
    stage = Stage()
    with pytest.raises(FrameRefused, match="does not belong"):
        stage.send(stage.phone.frame(0, kind))


def test_a_frame_of_another_sessions_challenge_is_refused() -> None:
    mine, other = Stage(), Stage()
    other.phone = other.begin()
    with pytest.raises(FrameRefused, match="not bound"):
        mine.send(other.phone.frame(0))


def test_what_is_no_picture_is_refused_and_cannot_be_sent_again() -> None:
    stage = Stage()
    broken = stage.phone.bound(Frame(0, 0, 0, FrameKind.FRAME, b"\xff\xd8\xff no picture", ""))
    with pytest.raises(UnreadableImage):
        stage.send(broken)
    with pytest.raises(FrameRefused):
        stage.send(broken)


def test_a_frame_after_the_last_step_is_refused() -> None:
    stage = Stage()
    stage.play()
    with pytest.raises(FrameRefused, match="every step is over"):
        stage.send(stage.phone.frame(0))


def test_a_frame_before_any_challenge_is_refused() -> None:
    stage = Stage()
    frame = stage.phone.frame(0)
    stage.session.capture = None
    with pytest.raises(SessionExpired):
        stage.send(frame)


def test_beginning_again_forgets_what_was_shown() -> None:
    stage = Stage()
    stage.play()
    old = stage.phone
    stage.phone = stage.begin()
    assert stage.state.prints == ()
    with pytest.raises(FrameRefused):
        stage.send(old.frame(0))


def test_a_session_can_begin_only_a_few_times() -> None:
    stage = Stage()
    for _ in range(MAX_DRAWS - 1):
        stage.begin()
    with pytest.raises(FrameRefused, match="too often"):
        stage.begin()


def test_no_pixels_are_kept_after_an_answer() -> None:
    stage = Stage()
    stage.play()
    assert picture(1, 0) not in repr(stage.state).encode()
    assert "pixels" not in repr(stage.state)


def test_a_phone_that_sends_two_frames_at_once_does_not_hold_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handfast.capture.live.ONE_AT_A_TIME", 0.01)
    stage = Stage()
    frame = stage.phone.frame(0)
    with stage.session.lock:
        with pytest.raises(FrameRefused, match="still"):
            stage.send(frame)
        with pytest.raises(Overloaded):  # a photo is tried again
            stage.send(stage.phone.frame(0, FrameKind.STILL))
    assert stage.send(stage.phone.frame(0)).task.state == "going"


def test_only_so_many_people_at_once_and_the_expired_make_room() -> None:
    clock = FixedClock()
    live: LiveSessions[str] = LiveSessions(clock, ScriptedEyes(), limit=2)
    live.of("a", clock.now())
    kept = live.of("b", clock.now().replace(hour=23))
    live.of("c", clock.now().replace(hour=23))
    with pytest.raises(Overloaded):
        live.of("d", clock.now().replace(hour=23))
    assert live.of("b", clock.now()) is kept
    clock.pass_time(24 * 3600)
    live.drop_expired()
    live.of("d", clock.now())


def played(live: LiveSessions[str], clock: FixedClock, name: str, number: int) -> LiveSession[str]:
    """Somebody who answers, is let in and shows all that is asked."""
    session = live.of(name, clock.now().replace(hour=23))
    challenge = draw(ASK, clock=clock, randomness=SeededRandomness(number))
    live.begin(session, challenge)
    phone, done = ScriptedPhone(challenge, clock, number % 12, first_picture=100 * number), False
    while not done and session.capture is not None and session.capture.task is not None:
        done = live.take(session, phone.frame(session.capture.task.id)).done
    return session


def test_who_has_ended_takes_nobodys_place() -> None:
    clock = FixedClock()
    live: LiveSessions[str] = LiveSessions(clock, ScriptedEyes(), limit=3)
    first = played(live, clock, "first", 0)
    live.end(first, told="accepted")
    for number in range(1, 20):
        live.end(played(live, clock, f"session {number}", number), told="accepted")
    last = live.of("session 19", clock.now())
    assert last.told == "accepted"  # whoever lost the answer is told again
    assert live.of("first", clock.now().replace(hour=23)) is not first  # but the oldest is forgotten for the newest


def test_whoever_only_answered_keeps_nobody_out() -> None:
    clock = FixedClock()
    live: LiveSessions[str] = LiveSessions(clock, ScriptedEyes())
    for number in range(1000):
        live.of(f"session {number}", clock.now().replace(hour=23)).said = "yes"
    assert played(live, clock, "one more", 1).capture is not None


def test_nothing_is_counted_of_captures_that_ended_expired_or_fell_silent() -> None:
    clock, seconds = FixedClock(), [0.0]
    places = Places(cores=1, now=lambda: seconds[0], used=lambda: 0.0)
    live: LiveSessions[str] = LiveSessions(clock, ScriptedEyes(), places=places)
    live.end(played(live, clock, "ended", 1), told=None)
    played(live, clock, "expires", 2)
    played(live, clock, "expires too", 6)
    with pytest.raises(Overloaded):
        played(live, clock, "too many", 3)
    clock.pass_time(24 * 3600)
    live.drop_expired()
    played(live, clock, "falls silent", 4)
    seconds[0] += 60.0
    assert played(live, clock, "comes after", 5).draws == 1


def test_of_so_many_captures_the_longest_silent_is_forgotten_and_may_begin_again() -> None:
    clock = FixedClock()
    live: LiveSessions[str] = LiveSessions(clock, ScriptedEyes(), captures=2)
    live.places = Places(cores=8)
    silent, shown = played(live, clock, "silent", 1), played(live, clock, "shown", 2)
    played(live, clock, "third", 3)
    assert silent.capture is None
    assert shown.capture is not None
    assert shown.capture.done
    assert played(live, clock, "silent", 4).capture is not None


def test_two_phones_are_judged_side_by_side() -> None:
    one, two = Stage(person=1), Stage(person=2)
    done: list[FrameAnswer] = []
    threads = [threading.Thread(target=lambda stage=stage: done.append(stage.play())) for stage in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.done for answer in done] == [True, True]
    assert {t.data for t in one.state.prints} == {b"person 1"}
    assert {t.data for t in two.state.prints} == {b"person 2"}
