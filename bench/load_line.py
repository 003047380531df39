"""The line of a phone of the load bench: HTTP with as little work as a client can have, as the server is measured."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: its status, its body, and the seconds after which to come back where it names them."""

    status: int
    body: bytes
    retry_after: int | None


class Line:
    """A connection to a port of this machine that is kept alive, opened by the first request. Raises OSError."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Said:
        """One request and its answer."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        content = body or b""
        named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Length: {len(content)}\r\n{named}\r\n"
        )
        self._socket.sendall(head.encode() + content)
        return self._answer(self._socket)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def _answer(self, line: socket.socket) -> Said:
        came = b""
        while b"\r\n\r\n" not in came:
            came += self._more(line)
        head, _, body = came.partition(b"\r\n\r\n")
        first, *rest = head.lower().split(b"\r\n")
        fields = dict(each.split(b": ", 1) for each in rest)
        while len(body) < int(fields[b"content-length"]):
            body += self._more(line)
        after = fields.get(b"retry-after")
        return Said(int(first.split(b" ")[1]), body, None if after is None else int(after))

    @staticmethod
    def _more(line: socket.socket) -> bytes:
        if not (part := line.recv(65_536)):
            raise ConnectionError("the server hung up")
        return part
