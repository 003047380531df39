"""What leaves the server for one answer."""

import socket
import struct
import sys

import pytest
from starlette.responses import PlainTextResponse

from support.listening import bound, listening

ASKED = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
DATA_SEGMENTS_IN = 152  # where struct tcp_info of Linux holds the count, a uint32


def segments(connection: socket.socket) -> int:
    """Segments with data that this end has received."""
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, DATA_SEGMENTS_IN + 4)
    return int(struct.unpack_from("=I", told, DATA_SEGMENTS_IN)[0])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts them so")
def test_head_and_body_of_an_answer_leave_together_time_and_again() -> None:
    with (
        bound() as (listener, _),
        listening(PlainTextResponse("all of it"), listener),
        socket.create_connection(listener.getsockname(), timeout=10) as connection,
    ):
        for _ in range(20):
            connection.sendall(ASKED)
            answer = b""
            while not answer.endswith(b"all of it"):
                answer += connection.recv(65_536)
        assert segments(connection) == 20


def test_what_waits_is_sent_before_the_connection_is_closed() -> None:
    with (
        bound() as (listener, _),
        listening(PlainTextResponse("the last"), listener),
        socket.create_connection(listener.getsockname(), timeout=10) as connection,
    ):
        connection.sendall(ASKED.replace(b"Host", b"Connection: close\r\nHost"))
        assert b"".join(iter(lambda: connection.recv(65_536), b"")).endswith(b"the last")
