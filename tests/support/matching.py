"""The matcher on a real socket, in a thread of the test's own process."""

import os
import tempfile
import threading
from pathlib import Path

from handfast.base.clock import Clock
from handfast.base.randomness import Randomness
from handfast.base.settings import Settings
from handfast.matcher.answers import Answers
from handfast.matcher.matching import Comparing, Matching
from handfast.matcher.server import Server
from handfast.storage.keys.installed import installed_keys
from handfast.storage.keys.store import Keys


class Beside:
    """A matcher that listens beside the test; `keys` once somebody has asked."""

    def __init__(self, settings: Settings, comparing: Comparing, clock: Clock, randomness: Randomness) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hf-")
        self.socket = Path(self._folder.name) / "m.sock"
        self.keys: Keys | None = None
        self._settings, self._comparing = settings, comparing
        self._clock, self._randomness = clock, randomness
        self.start()

    def start(self) -> None:
        """Listen, again after a stop."""
        self._server = Server(self.socket, os.getuid(), self._opened)
        self._thread = threading.Thread(target=self._server.serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """As if the process had died: connections break, keys are closed."""
        self._server.close()
        self._thread.join(timeout=5)
        if self.keys is not None:
            self.keys.close()
            self.keys = None

    def close(self) -> None:
        self.stop()
        self._folder.cleanup()

    def _opened(self, store_id: str, used: bool) -> Answers:
        self.keys = installed_keys(self._settings, store_id, self._randomness, used=used)
        return Answers(self.keys, Matching(self.keys, self._comparing, self._clock, self._randomness))
