"""The real application on a real port, in this process so that chance and time can be handed to it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from handfast.base.clock import SystemClock
from handfast.base.settings import Settings
from handfast.service.context import Context
from handfast.service.owner import admin
from handfast.service.start import Senses, open_context, stop
from handfast.web.app import create_app
from support.service import SeededRandomness


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its origin, its context, and an administrator's token."""

    origin: str
    context: Context
    administrator: str
    settings: Settings


@contextmanager
def serving(folder: Path, models_dir: Path, senses: Senses, *, seed: int, host: str = "127.0.0.1") -> Iterator[Served]:
    """Serve from an empty installation under `folder` until the block ends."""
    settings = Settings(data_dir=folder / "data", models_dir=models_dir, root_key=folder / "root.key")
    context = open_context(settings, senses, clock=SystemClock(), randomness=SeededRandomness(seed))
    with socket.socket() as listener:
        listener.bind((host, 0))
        origin = f"http://{host}:{listener.getsockname()[1]}"
        app = create_app(context, browser_models=models_dir / "browser", public_url=origin)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        link = admin.first_link_token(context)
        assert link is not None
        try:
            yield Served(origin, context, admin.claim(context, link), settings)
        finally:
            server.should_exit = True
            thread.join()
            stop(context)
