"""Operators: who they are, what they may do, and the public keys that they sign in with. No password anywhere."""

from dataclasses import dataclass
from datetime import datetime

from handfast.base.errors import NotAuthorised, NotFound
from handfast.base.roles import Right, Role
from handfast.storage.engines.database import Database
from handfast.storage.tables.access import hash_secret
from handfast.storage.tables.mapping import Table

INVITATION, RECOVERY = "invitation", "recovery"


@dataclass(frozen=True, slots=True)
class Operator:
    """One person who works with it; ended_at once they do no more."""

    id: str
    name: str
    created_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passkey:
    """One credential (W3C Web Authentication): what it is called, the host that it is for, its public key (COSE)."""

    credential_id: bytes
    operator_id: str
    host: str
    public_key: bytes
    sign_count: int
    created_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OperatorSecret:
    """The hash of a one-time secret: an invitation to make a passkey, or an administrator's recovery code."""

    secret_hash: bytes
    operator_id: str
    kind: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class _RightRow:
    operator_id: str
    role: Role
    programme_id: str
    site: str


_OPERATORS = Table(Operator, "operators")
_RIGHTS = Table(_RightRow, "operator_rights")
_PASSKEYS = Table(Passkey, "passkeys")
_SECRETS = Table(OperatorSecret, "operator_secrets")


class OperatorReads:
    """Reading operators."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, operator_id: str) -> Operator:
        """NotFound if there is none."""
        operator = _OPERATORS.find(self._database, "WHERE id = ?", operator_id)
        if operator is None:
            raise NotFound("no such operator")
        return operator

    def all(self) -> tuple[Operator, ...]:
        return _OPERATORS.all(self._database, "ORDER BY created_at, id")

    def rights(self, operator_id: str) -> tuple[Right, ...]:
        """What they may do; nothing once they have ended."""
        sql = "WHERE operator_id = ? ORDER BY role, programme_id, site"
        return tuple(Right(r.role, r.programme_id, r.site) for r in _RIGHTS.all(self._database, sql, operator_id))

    def passkey(self, credential_id: bytes) -> Passkey | None:
        return _PASSKEYS.find(self._database, "WHERE credential_id = ?", credential_id)

    def passkeys(self, operator_id: str) -> tuple[Passkey, ...]:
        return _PASSKEYS.all(self._database, "WHERE operator_id = ? ORDER BY created_at", operator_id)

    def behind(self, secret: str, kind: str, now: datetime) -> Operator:
        """Whose one-time secret this is. NotAuthorised if it is unknown, used or too old."""
        row = _SECRETS.find(self._database, "WHERE secret_hash = ? AND kind = ?", hash_secret(secret), kind)
        if row is None or (row.expires_at is not None and row.expires_at <= now):
            raise NotAuthorised("this is used up or too old")
        return self.get(row.operator_id)


class OperatorWrites(OperatorReads):
    """Changing operators."""

    def add(self, operator: Operator) -> None:
        _OPERATORS.insert(self._database, operator)

    def set_rights(self, operator_id: str, rights: tuple[Right, ...]) -> None:
        """These rights and no others."""
        self._database.execute("DELETE FROM operator_rights WHERE operator_id = ?", (operator_id,))
        for right in dict.fromkeys(rights):
            _RIGHTS.insert(self._database, _RightRow(operator_id, right.role, right.programme_id, right.site))

    def end(self, operator_id: str, now: datetime) -> None:
        """Nothing of theirs opens anything from now on."""
        for table in ("operator_rights", "passkeys", "operator_secrets"):
            self._database.execute(f"DELETE FROM {table} WHERE operator_id = ?", (operator_id,))  # noqa: S608  table comes from code
        _OPERATORS.update(self._database, {"ended_at": now}, "WHERE id = ? AND ended_at IS NULL", operator_id)

    def add_passkey(self, passkey: Passkey) -> None:
        """Conflict if this credential is known."""
        _PASSKEYS.insert(self._database, passkey)

    def used(self, credential_id: bytes, sign_count: int, now: datetime) -> None:
        changes = {"sign_count": sign_count, "used_at": now}
        _PASSKEYS.update(self._database, changes, "WHERE credential_id = ?", credential_id)

    def add_secret(self, secret: str, operator_id: str, kind: str, expires_at: datetime | None) -> None:
        _SECRETS.insert(self._database, OperatorSecret(hash_secret(secret), operator_id, kind, expires_at))

    def use_secret(self, secret: str, kind: str, now: datetime) -> Operator:
        """The same as `behind`, and it is good no more."""
        operator = self.behind(secret, kind, now)
        self._database.execute("DELETE FROM operator_secrets WHERE secret_hash = ?", (hash_secret(secret),))
        return operator

    def drop_secrets(self, operator_id: str, kind: str) -> None:
        self._database.execute("DELETE FROM operator_secrets WHERE operator_id = ? AND kind = ?", (operator_id, kind))
