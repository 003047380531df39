"""Any ASGI application on a real port of this machine, in a thread of this process."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from handfast.web.server import GUARDED


@contextmanager
def listening(app: Any, listener: socket.socket) -> Iterator[None]:
    """Serve `app` on a socket that is bound already, until the block ends."""
    config = uvicorn.Config(app, **{**GUARDED, "log_level": "critical"})
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def bound() -> Iterator[tuple[socket.socket, str]]:
    """A socket on a free port of the loopback, and its origin."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener, f"http://127.0.0.1:{listener.getsockname()[1]}"
