"""The matcher as a process: answers on a socket of this machine, to one user, for one installation."""

import contextlib
import ctypes
import logging
import os
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

from handfast.base.errors import HandfastError, SetupError
from handfast.gallery.locked import forbid_dumps
from handfast.matcher.answers import Answers
from handfast.matcher.calls import answered
from handfast.matcher.wire import Garbled, receive, send

logger = logging.getLogger("handfast.matcher")

MOST_CONNECTIONS = 128
_PEER = struct.Struct("3i")  # pid, user, group
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4

Open = Callable[[str, bool], Answers]
"""From a database's identity, and whether it is used, to what answers for it. Raises SetupError."""


class Server:
    """Listens until it is closed. `user` is whose processes alone may ask."""

    def __init__(self, path: Path, user: int, opener: Open) -> None:
        self._path = path
        self._user = user
        self._open = opener
        self._answers: tuple[str, Answers] | None = None
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._connections = set[socket.socket]()
        self._socket = listening(path, shared=user != os.getuid())

    def serve(self) -> None:
        """Answer every connection on a thread of its own; returns after `close`."""
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            if self._is_stranger(connection) or not self._places.acquire(blocking=False):
                connection.close()
                continue
            self._connections.add(connection)
            threading.Thread(target=self._attend, args=(connection,), name="asked", daemon=True).start()

    def close(self) -> None:
        """Stop listening, and end every conversation."""
        self._path.unlink(missing_ok=True)
        for one in (self._socket, *self._connections):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _is_stranger(self, connection: socket.socket) -> bool:
        peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
        _pid, user, _group = _PEER.unpack(peer)
        if user == self._user:
            return False
        logger.error("user %d may not ask this matcher", user)
        return True

    def _attend(self, connection: socket.socket) -> None:
        try:
            answers = self._greeted(connection)
            while answers is not None and (asked := receive(connection)) is not None:
                send(connection, *answered(answers, *asked))
        except (OSError, Garbled) as error:
            logger.warning("a connection ended: %s", type(error).__name__)
        except Exception:  # never what was asked with: it may be somebody's
            logger.exception("unexpected")
        finally:
            self._connections.discard(connection)
            connection.close()
            self._places.release()

    def _greeted(self, connection: socket.socket) -> Answers | None:
        """What answers here, once the other side has said for which database it asks."""
        greeting = receive(connection)
        match greeting:
            case None:
                return None
            case ([str(store_id), bool(used)], ()):
                pass
            case _:
                raise Garbled("this is no greeting")
        try:
            answers = self._for(store_id, used=used)
        except HandfastError as error:
            send(connection, [False, [error.code, str(error)]], [])
            return None
        send(connection, [True, os.getpid()], [])
        return answers

    def _for(self, store_id: str, *, used: bool) -> Answers:
        with self._lock:
            if self._answers is None:
                self._answers = (store_id, self._open(store_id, used))
            if self._answers[0] != store_id:
                raise SetupError("this matcher answers for another database")
            return self._answers[1]


def listening(path: Path, *, shared: bool) -> socket.socket:
    """A socket at this path, for this user alone or, where it is shared, for the group of its folder too."""
    path.unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        made.bind(str(path))
    finally:
        os.umask(before)
    if shared:
        path.chmod(0o660)
    made.listen(MOST_CONNECTIONS)
    return made


def lock_down() -> bool:
    """No core file, no tracing by others of the user, nothing swapped; whether the system let all memory be locked."""
    forbid_dumps()
    locked = ctypes.CDLL(None, use_errno=True).mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) == 0
    if not locked:
        logger.warning("the matcher's memory is not locked: raise the limit (LimitMEMLOCK=infinity) or turn swap off")
    return bool(locked)
