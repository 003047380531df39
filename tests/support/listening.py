"""Any ASGI application on a real port of this machine, in a thread of this process."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from handfast.web.certificates import Certificates
from handfast.web.server import GUARDED


@contextmanager
def listening(app: Any, listener: socket.socket, made: Certificates | None = None) -> Iterator[None]:
    """Serve `app` on a socket that is bound already, until the block ends; over TLS with certificates."""
    files = {"ssl_certfile": str(made.certificate), "ssl_keyfile": str(made.key)} if made else {}
    config = uvicorn.Config(app, **{**GUARDED, "log_level": "critical", **files})
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
