"""A matcher as a child of the server: started with it, started again when it dies, gone when the server goes."""

import contextlib
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from handfast.base.settings import Settings

logger = logging.getLogger("handfast.matcher")

LONGEST_PAUSE = 5.0  # seconds before a matcher that dies at once is started again
SOCKET = "matcher.sock"


class Child:
    """One process of `handfast matcher`, kept running until `stop`."""

    def __init__(self, socket: Path, command: list[str], environment: Mapping[str, str]) -> None:
        self.socket = socket
        self._command = command
        self._environment = environment
        self._ending = threading.Event()
        self._process = self._started()
        self._watch = threading.Thread(target=self._keep, name="matcher", daemon=True)
        self._watch.start()

    @property
    def pid(self) -> int:
        """The process that runs now."""
        return self._process.pid

    def stop(self) -> None:
        """End it, and do not start it again."""
        self._ending.set()
        self._process.terminate()
        self._watch.join(timeout=10)
        self._process.kill()
        self._process.wait()
        _hang_up(self._process)

    def _keep(self) -> None:
        pause = 0.1
        while True:
            began = time.monotonic()
            status = self._process.wait()
            _hang_up(self._process)
            if self._ending.is_set():
                return
            logger.error("the matcher ended (%d) and is started again", status)
            pause = 0.1 if time.monotonic() - began > 2 * LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
            if self._ending.wait(pause):
                return
            self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        """It ends by itself when its standard input does: nothing outlives a server that was killed."""
        self.socket.unlink(missing_ok=True)
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, env=self._environment)  # noqa: S603  our own command


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()


@contextmanager
def child_matcher(settings: Settings) -> Iterator[Child]:
    """A matcher of our own on a socket in a folder that only this user enters, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="handfast-") as folder:
        socket = Path(folder) / SOCKET
        command = [sys.executable, "-m", "handfast", "matcher", "--child", "--socket", str(socket)]
        child = Child(socket, command, os.environ | settings.to_environment())
        try:
            yield child
        finally:
            child.stop()
            with contextlib.suppress(OSError):
                socket.unlink()
