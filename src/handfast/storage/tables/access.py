"""API keys and administrators: only hashes of their secrets are kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from handfast.base.errors import NotAuthorised
from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A caller's key to one programme. Its secret is 256 random bits, so a plain hash is enough.

    purposes   what it may be used for: "enrol", "check", "metrics"
    site       the one place that it is for, told to the people it serves; None: its label is told
    """

    id: str
    programme_id: str
    secret_hash: bytes
    label: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    purposes: tuple[str, ...] = ("enrol", "check")
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Admin:
    """An administrator: a one-time link, and the token that it was exchanged for."""

    id: str
    link_hash: bytes | None
    link_expires_at: datetime
    token_hash: bytes | None
    token_expires_at: datetime | None
    created_at: datetime


_KEYS = Table(ApiKey, "api_keys")
_ADMINS = Table(Admin, "admins")


def hash_secret(secret: str) -> bytes:
    """SHA-256 of a high-entropy secret, as it is kept."""
    return hashlib.sha256(secret.encode()).digest()


class AccessReads:
    """Who shows this secret? NotAuthorised for unknown, expired and revoked ones alike."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def api_key(self, secret: str, now: datetime) -> ApiKey:
        key = _KEYS.find(self._database, "WHERE secret_hash = ?", hash_secret(secret))
        if key is None or key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
            raise NotAuthorised("unknown API key")
        return key

    def api_keys_of(self, programme_id: str) -> tuple[ApiKey, ...]:
        """Every key of a programme: those that work first, the oldest at the head."""
        return _KEYS.all(
            self._database, "WHERE programme_id = ? ORDER BY revoked_at IS NOT NULL, created_at, id", programme_id
        )

    def admin(self, token: str, now: datetime) -> Admin:
        admin = _ADMINS.find(self._database, "WHERE token_hash = ?", hash_secret(token))
        if admin is None or admin.token_expires_at is None or admin.token_expires_at <= now:
            raise NotAuthorised("unknown administrator")
        return admin

    def has_admin(self, now: datetime) -> bool:
        """Whether any administrator's token still works."""
        return _ADMINS.find(self._database, "WHERE token_expires_at > ?", now) is not None


class AccessWrites(AccessReads):
    """Giving and taking access."""

    def add_api_key(self, key: ApiKey) -> None:
        _KEYS.insert(self._database, key)

    def revoke_api_key(self, key_id: str, now: datetime) -> None:
        _KEYS.update(self._database, {"revoked_at": now}, "WHERE id = ?", key_id)

    def add_admin(self, admin: Admin) -> None:
        _ADMINS.insert(self._database, admin)

    def claim_admin(self, link: str, token: str, token_expires_at: datetime, now: datetime) -> Admin:
        """Exchange a one-time link for a token; NotAuthorised if the link is unknown, used or too old."""
        admin = _ADMINS.find(self._database, "WHERE link_hash = ?", hash_secret(link))
        if admin is None or admin.link_expires_at <= now:
            raise NotAuthorised("this link is used up")
        changes = {"link_hash": None, "token_hash": hash_secret(token), "token_expires_at": token_expires_at}
        _ADMINS.update(self._database, changes, "WHERE id = ?", admin.id)
        return _ADMINS.get(self._database, "WHERE id = ?", admin.id)

    def drop_links(self) -> None:
        """End every link that nobody has claimed yet."""
        _ADMINS.update(self._database, {"link_hash": None}, "WHERE link_hash IS NOT NULL")

    def end_admin(self, admin_id: str) -> None:
        _ADMINS.update(self._database, {"token_hash": None, "token_expires_at": None}, "WHERE id = ?", admin_id)
