"""What goes over the wire comes out as it went in; everything else is refused, and nothing is ever run."""

import json
import os
import random
import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfast.matcher.answers import Answers
from handfast.matcher.calls import answered, calls, question
from handfast.matcher.server import Server
from handfast.matcher.wire import MOST_BYTES, Garbled, reader, receive, send, writer
from support.keeping import Keeping, keeping
from support.searching import codes_with

MUTATIONS = 2000


class Word(StrEnum):
    ONE = "one"
    TWO = "two"


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    word: Word
    data: bytes
    at: datetime
    day: date | None
    parts: tuple[int, ...]
    also: Mapping[str, float]


things = st.builds(
    Thing,
    name=st.text(max_size=20),
    word=st.sampled_from(Word),
    data=st.binary(max_size=50),
    at=st.datetimes(timezones=st.just(UTC)),
    day=st.none() | st.dates(),
    parts=st.lists(st.integers()).map(tuple),
    also=st.dictionaries(st.text(max_size=5), st.floats(allow_nan=False, allow_infinity=False)),
)


def over(message: Any, blobs: Sequence[bytes]) -> tuple[Any, tuple[bytes, ...]]:
    """What comes out of the other end of a socket."""
    one, two = socket.socketpair()
    with one, two:
        sender = threading.Thread(target=send, args=(one, message, blobs))
        sender.start()
        told = receive(two)
        sender.join()
    assert told is not None
    return told


def received(raw: bytes) -> Any:
    one, two = socket.socketpair()
    with two:
        with one:
            one.sendall(raw)
        return receive(two)


@given(st.lists(things, max_size=4).map(tuple))
@settings(max_examples=40, deadline=None)
def test_values_come_out_as_they_went_in(sent: tuple[Thing, ...]) -> None:
    kind, blobs = tuple[Thing, ...], list[bytes]()
    plain = writer(kind)(sent, blobs)
    assert reader(kind)(*over(plain, blobs)) == sent


@pytest.mark.parametrize(
    "plain",
    [None, 1, "x", [], ["a"], ["a", "three", {"b": 0}, "2026-01-01T00:00:00+00:00", [0, None], [], []]],
)
def test_what_is_no_such_value_is_refused(plain: object) -> None:
    with pytest.raises(Garbled):
        reader(Thing)(plain, [b""])


@pytest.mark.parametrize("plain", [{"b": 1}, {"b": -1}, {"b": True}, {"b": "0"}, {"b": 0, "c": 0}, "text", None])
def test_bytes_that_are_not_there_are_refused(plain: object) -> None:
    with pytest.raises(Garbled):
        reader(bytes)(plain, [b"only one"])


@pytest.mark.parametrize("plain", [float("inf"), True, "1", None])
def test_what_is_no_number_is_refused(plain: object) -> None:
    with pytest.raises(Garbled):
        reader(float)(plain, [])


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack("<II", MOST_BYTES + 1, 0),
        struct.pack("<II", 2, 1 << 31),
        struct.pack("<III", 2, 1, MOST_BYTES) + b"[]",
        struct.pack("<II", 9, 0) + b"[]",
        struct.pack("<II", 2, 0) + b"[",
        struct.pack("<II", 2, 0) + b"\xff\xff",
        struct.pack("<II", 100_000, 0) + b"[" * 100_000,
        b"\x00\x00",
    ],
    ids=["long text", "many blobs", "long blob", "cut short", "half a head", "no text", "deep", "no head"],
)
def test_a_message_that_lies_about_itself_is_refused(raw: bytes) -> None:
    with pytest.raises(Garbled):
        received(raw)


def test_the_end_of_a_conversation_is_no_message() -> None:
    assert received(b"") is None


def _message(name: str, *arguments: object) -> bytes:
    message, blobs = question(calls()[name], arguments)
    text = json.dumps(message).encode()
    lengths = b"".join(struct.pack("<I", len(blob)) for blob in blobs)
    return struct.pack("<II", len(text), len(blobs)) + lengths + text + b"".join(blobs)


def test_mutated_questions_are_answered_or_refused_and_nothing_else(tmp_path: Path) -> None:
    """Bits flipped, parts cut out and put twice: the reader gives a question, or Garbled; never another error."""
    with keeping(tmp_path) as kept:
        answers = Answers(kept.keys, codes_with(kept, {}))
        ada = kept.enrol(kept.add_programme(), "file 1")
        seeds = _questions(kept, ada.programme_id, ada.subject_id)
        chance, refused = random.Random(5), 0
        for turn in range(MUTATIONS):
            raw = bytearray(seeds[turn % len(seeds)])
            for _ in range(chance.randint(1, 4)):
                _mutate(raw, chance)
            try:
                told = received(bytes(raw))
                if told is not None:
                    answered(answers, *told)
            except Garbled:
                refused += 1
        assert refused > MUTATIONS // 2
        assert kept.keys.person(ada.programme_id, ada.subject_id).subject_id == ada.subject_id


def _questions(kept: Keeping, programme_id: str, subject_id: str) -> list[bytes]:
    with kept.store.read() as reader_:
        rows = reader_.templates.of(subject_id)
    return [
        _message("seal", programme_id, subject_id, b"plain", ("a", "b")),
        _message("unseal", programme_id, subject_id, rows[0].sealed, ("a",)),
        _message("sign", "log", b"checkpoint"),
        _message("turned", programme_id, b"epoch", ()),
        _message("find_person", programme_id, subject_id),
    ]


def _mutate(raw: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(raw))
    match chance.randrange(3):
        case 0:
            raw[at] ^= 1 << chance.randrange(8)
        case 1:
            del raw[at : at + chance.randint(1, 8)]
            raw[:] = raw or bytearray(b"\x00")
        case _:
            raw[at:at] = raw[at : at + chance.randint(1, 8)]


@pytest.mark.parametrize("message", [["close", []], ["_programme", ["x"]], ["__init__", []], ["seal", []], "seal", []])
def test_no_other_question_is_heard(tmp_path: Path, message: object) -> None:
    with keeping(tmp_path) as kept, pytest.raises(Garbled):
        answered(Answers(kept.keys, codes_with(kept, {})), message, [])


def test_another_user_of_the_machine_is_not_heard(tmp_path: Path) -> None:
    def never(_store_id: str, _used: bool) -> Answers:
        raise AssertionError("a stranger was greeted")

    server = Server(tmp_path / "m.sock", os.getuid() + 1, never)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.connect(str(tmp_path / "m.sock"))
        assert caller.recv(1) == b""
    server.close()
    thread.join(timeout=5)
    assert not thread.is_alive()
