import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handfast.base.errors import FrameRefused, SessionExpired
from handfast.base.modality import Hand
from handfast.capture.challenge import Ask, Challenge, draw
from handfast.capture.frames import MAX_BYTES, MAX_FRAMES, Frame, FrameKind, Reception, accept, binding
from handfast.capture.seen import SeenBodies
from support.service import FixedClock, SeededRandomness

ASK = Ask(hands=(Hand.RIGHT,), missing=frozenset(), face=True, stills=1, retakes=1, attended=False)


class Phone:
    """Sends frames of one challenge as the page does."""

    def __init__(self, seed: int = 1, seen: SeenBodies | None = None) -> None:
        self.clock = FixedClock()
        self.challenge: Challenge = draw(ASK, clock=self.clock, randomness=SeededRandomness(seed))
        self.seen = seen or SeenBodies()
        self.received = Reception()

    def frame(
        self,
        n: int,
        body: bytes | None = None,
        *,
        task: int = 0,
        t: int | None = None,
        kind: FrameKind = FrameKind.FRAME,
    ) -> Frame:
        elapsed = self.clock.now() - self.challenge.drawn_at
        milliseconds = int(elapsed.total_seconds() * 1000) if t is None else t
        return self.signed(Frame(task, n, milliseconds, kind, b"picture %d" % n if body is None else body, mac=""))

    def signed(self, frame: Frame) -> Frame:
        mac = binding(self.challenge.id, self.challenge.nonce, frame)
        return replace(frame, mac=base64.urlsafe_b64encode(mac).rstrip(b"=").decode())

    def send(self, frame: Frame) -> None:
        self.received = accept(
            self.challenge,
            frame,
            expected_nonce=self.challenge.nonce,
            received=self.received,
            seen=self.seen,
            clock=self.clock,
        )


def test_frames_in_their_order_are_accepted() -> None:
    phone = Phone()
    for n in range(5):
        phone.clock.pass_time(0.3)
        phone.send(phone.frame(n))
    assert phone.received.frames == 5


def test_a_replayed_frame_is_refused() -> None:
    phone = Phone()
    frame = phone.frame(0)
    phone.send(frame)
    with pytest.raises(FrameRefused, match="out of order"):
        phone.send(frame)


def test_an_old_picture_bound_anew_is_refused() -> None:
    phone = Phone()
    phone.send(phone.frame(0, b"same"))
    with pytest.raises(FrameRefused, match="sent before"):
        phone.send(phone.frame(1, b"same"))


def test_a_picture_of_an_earlier_session_bound_anew_is_refused() -> None:
    seen = SeenBodies()
    Phone(1, seen).send(Phone(1).frame(0, b"recorded"))
    later = Phone(2, seen)
    with pytest.raises(FrameRefused, match="sent before"):
        later.send(later.frame(0, b"recorded"))


def test_a_frame_after_the_challenge_is_over_is_refused() -> None:
    phone = Phone()
    phone.clock.pass_time(240)
    with pytest.raises(SessionExpired):
        phone.send(phone.frame(0))


def test_a_frame_bound_to_another_nonce_is_refused() -> None:
    phone = Phone()
    frame = phone.frame(0)
    with pytest.raises(FrameRefused, match="not bound"):
        accept(
            phone.challenge,
            frame,
            expected_nonce=b"\0" * 32,
            received=Reception(),
            seen=SeenBodies(),
            clock=phone.clock,
        )


def test_another_sessions_frame_is_refused() -> None:
    mine, other = Phone(1), Phone(2)
    with pytest.raises(FrameRefused, match="not bound"):
        mine.send(other.frame(0))


@pytest.mark.parametrize(
    "change",
    [
        {"task": 1},
        {"n": 8},
        {"t": 1},
        {"kind": FrameKind.STILL},
        {"body": b"another"},
        {"mac": ""},
        {"mac": "é"},
        {"mac": "AAAA"},
    ],
)
def test_nothing_about_a_bound_frame_can_be_changed(change: dict[str, object]) -> None:
    phone = Phone()
    with pytest.raises(FrameRefused):
        phone.send(replace(phone.frame(7), **change))  # type: ignore[arg-type]


@given(st.binary(max_size=64))
def test_no_made_up_binding_is_accepted(mac: bytes) -> None:
    phone = Phone()
    with pytest.raises(FrameRefused):
        phone.send(replace(phone.frame(0), mac=base64.urlsafe_b64encode(mac).decode()))


def test_frames_out_of_order_are_refused() -> None:
    phone = Phone()
    phone.send(phone.frame(5))
    with pytest.raises(FrameRefused, match="out of order"):
        phone.send(phone.frame(4))


def test_a_frame_whose_time_runs_backwards_is_refused() -> None:
    phone = Phone()
    phone.clock.pass_time(5)
    phone.send(phone.frame(0))
    with pytest.raises(FrameRefused, match="out of order"):
        phone.send(phone.frame(1, t=4000))


def test_a_frame_of_a_step_that_is_not_on_is_refused() -> None:
    phone = Phone()
    with pytest.raises(FrameRefused, match="task 0 is on"):
        phone.send(phone.frame(0, task=1))


@pytest.mark.parametrize("t", [0, 60_000])
def test_a_frame_from_another_time_is_refused(t: int) -> None:
    phone = Phone()
    phone.clock.pass_time(30)
    with pytest.raises(FrameRefused, match="just now"):
        phone.send(phone.frame(0, t=t))


@pytest.mark.parametrize("kind", list(FrameKind))
def test_a_picture_over_its_size_is_refused(kind: FrameKind) -> None:
    phone = Phone()
    phone.send(phone.frame(0, b"\0" * MAX_BYTES[kind], kind=kind))
    with pytest.raises(FrameRefused, match="at most"):
        phone.send(phone.frame(1, b"\0" * (MAX_BYTES[kind] + 1), kind=kind))


def test_a_challenge_takes_only_so_many_frames() -> None:
    phone = Phone()
    phone.received = Reception(frames=MAX_FRAMES)
    with pytest.raises(FrameRefused, match="too many"):
        phone.send(phone.frame(0))


def test_a_refused_frame_changes_nothing() -> None:
    phone = Phone()
    phone.send(phone.frame(3))
    before = phone.received
    with pytest.raises(FrameRefused):
        phone.send(phone.frame(2))
    assert phone.received == before


def test_the_memory_of_pictures_is_bounded() -> None:
    seen = SeenBodies(limit=3)
    assert all(seen.first_time(bytes([n])) for n in range(4))
    assert seen.first_time(bytes([0]))  # forgotten
    assert not seen.first_time(bytes([3]))
