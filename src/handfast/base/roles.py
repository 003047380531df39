"""What someone who works with it may do, for which programme, at which site."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """ENROLLER and CHECKER open sessions, REVIEWER decides cases, FINDER may search, AUDITOR reads and changes nothing.

    OWNER answers for one programme; ADMINISTRATOR makes programmes and operators, and neither finds nor reviews.
    """

    ENROLLER = "enroller"
    CHECKER = "checker"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    FINDER = "finder"
    OWNER = "owner"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Right:
    """One role; "" as programme or site means every one."""

    role: Role
    programme_id: str = ""
    site: str = ""

    def covers(self, role: Role, programme_id: str) -> bool:
        """Whether this right is that role in that programme."""
        return self.role is role and self.programme_id in ("", programme_id)
