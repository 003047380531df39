"""Short-lived bearer tokens in memory: good until their time, gone with the process."""

import threading
from dataclasses import dataclass
from datetime import datetime

from handfast.base.clock import Clock
from handfast.base.errors import NotAuthorised
from handfast.storage.tables.access import hash_secret


@dataclass(frozen=True, slots=True)
class OpenPage:
    """What a token opens: one person's page.

    code   the secret of their private code; None where a live check opened it: past uses then stay closed
    """

    programme_id: str
    subject_id: str
    code: bytes | None
    expires_at: datetime


class Tokens:
    """Open pages by the hash of their token; at most `limit`, the oldest go first. Safe to share among threads."""

    def __init__(self, clock: Clock, limit: int = 10_000) -> None:
        self._clock = clock
        self._limit = limit
        self._pages: dict[bytes, OpenPage] = {}
        self._lock = threading.Lock()

    def add(self, token: str, page: OpenPage) -> None:
        """Let this token open this page."""
        with self._lock:
            self._pages[hash_secret(token)] = page
            if len(self._pages) > self._limit:
                del self._pages[next(iter(self._pages))]

    def page(self, token: str) -> OpenPage:
        """What the token opens. Raises NotAuthorised if it is unknown or its time is over."""
        with self._lock:
            page = self._pages.get(hash_secret(token))
            if page is None or page.expires_at <= self._clock.now():
                self._pages.pop(hash_secret(token), None)
                raise NotAuthorised("open your page again with your private code")
            return page

    def drop_expired(self) -> None:
        """Forget pages whose time is over, and the secrets in them."""
        with self._lock:
            now = self._clock.now()
            for key in [key for key, page in self._pages.items() if page.expires_at <= now]:
                del self._pages[key]

    def close(self, subject_id: str) -> None:
        """Close every page of a person."""
        with self._lock:
            for key in [key for key, page in self._pages.items() if page.subject_id == subject_id]:
                del self._pages[key]
