"""Programmes: one purpose, one rule of retention, one policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from handfast.storage.engines.database import Database
from handfast.storage.tables.mapping import Table


class ProgrammeMode(StrEnum):
    """Whether answers may be relied on."""

    TRIAL = "trial"
    LIVE = "live"


class ProgrammeStatus(StrEnum):
    """Whether the programme still works."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Programme:
    """One programme.

    purpose, who_sees   whole sentences for the person
    policy, notice      JSON: the decision policy; the notice's version and hash per language
    another_way         the steps for who is not served by biometrics
    settings            JSON: anything else the service keeps with it
    """

    id: str
    name: str
    purpose: str
    who_sees: str
    policy: Mapping[str, object]
    notice: Mapping[str, object]
    languages: tuple[str, ...]
    another_way: tuple[str, ...]
    retention_days: int
    mode: ProgrammeMode
    status: ProgrammeStatus
    return_urls: tuple[str, ...]
    webhook_urls: tuple[str, ...]
    settings: Mapping[str, object]
    created_at: datetime


_TABLE = Table(Programme, "programmes")


class ProgrammeReads:
    """Reading programmes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, programme_id: str) -> Programme:
        return _TABLE.get(self._database, "WHERE id = ?", programme_id)

    def all(self) -> tuple[Programme, ...]:
        return _TABLE.all(self._database, "ORDER BY created_at, id")


class ProgrammeWrites(ProgrammeReads):
    """Making and changing programmes. The purpose of a programme never changes."""

    def add(self, programme: Programme) -> None:
        _TABLE.insert(self._database, programme)

    def set_mode(self, programme_id: str, mode: ProgrammeMode) -> None:
        _TABLE.update(self._database, {"mode": mode}, "WHERE id = ?", programme_id)

    def set_policy(self, programme_id: str, policy: Mapping[str, object]) -> None:
        _TABLE.update(self._database, {"policy": policy}, "WHERE id = ?", programme_id)

    def set_settings(self, programme_id: str, settings: Mapping[str, object]) -> None:
        _TABLE.update(self._database, {"settings": settings}, "WHERE id = ?", programme_id)

    def set_status(self, programme_id: str, status: ProgrammeStatus) -> None:
        _TABLE.update(self._database, {"status": status}, "WHERE id = ?", programme_id)
