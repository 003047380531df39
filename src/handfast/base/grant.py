"""Permission as a value one must hold. Only the consent ledger makes one."""

from abc import ABC, abstractmethod
from datetime import datetime

SEARCH = "search"
"""The subject of a grant to search among everyone of a programme who agreed to it."""


class Grant(ABC):
    """Permission to use one person's references or to search, for one purpose, in one live session, briefly."""

    @property
    @abstractmethod
    def programme_id(self) -> str: ...

    @property
    @abstractmethod
    def subject_id(self) -> str: ...

    @property
    @abstractmethod
    def consent_id(self) -> str: ...

    @property
    @abstractmethod
    def purpose(self) -> str: ...

    @property
    @abstractmethod
    def session_id(self) -> str: ...

    @property
    @abstractmethod
    def checked_at(self) -> datetime: ...

    @property
    @abstractmethod
    def expires_at(self) -> datetime: ...
