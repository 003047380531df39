"""A running service whose programme is a study, and the people who sit for it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from handfast.base.ids import new_secret
from handfast.base.modality import Hand
from handfast.base.roles import Right, Role
from handfast.service import finish
from handfast.service.desk.actors import Actor, authenticate
from handfast.service.enrol import EnrolAnswer
from handfast.service.memory.people import Approval
from handfast.service.owner.programmes import create
from handfast.service.sessions import NewSession
from support.found import subject_behind
from support.scripted import PROGRAMME, Desk

DAY = 86_400.0
LASTS = 30  # days


@dataclass
class Study(Desk):
    """The same desk, in a study of thirty days."""

    def __post_init__(self) -> None:
        super().__post_init__()
        ends_on = self.clock.now().date() + timedelta(days=LASTS)
        asked = replace(PROGRAMME, name="Study A", find=False, duplicate_check=False, study_ends_on=ends_on)
        self.clinic, self.clinic_caller = self.programme, self.caller
        created = create(self.context, self.admin, asked)
        self.programme = created.programme
        self.caller = authenticate(self.context, created.api_key)

    def sit(self, reference: str, person: int) -> EnrolAnswer:
        """Somebody sits today."""
        session = self.open(NewSession("enrol", reference=reference))
        self.say(session.token)
        self.play(session.token, self.phone(session.token, person, (Hand.RIGHT, Hand.LEFT)))
        answer = finish.finish(self.context, session.token)
        assert isinstance(answer, EnrolAnswer)
        return answer

    def both_sittings(self, people: int) -> list[str]:
        """So many people sit twice; their private codes."""
        codes = [str(self.sit(f"P-{person}", person).private_code) for person in range(1, people + 1)]
        self.clock.pass_time(DAY)
        for person in range(1, people + 1):
            self.sit(f"P-{person}", person)
        return codes

    def operator(self, name: str, *roles: Role) -> Actor:
        """Somebody at the desk of the study."""
        rights = tuple(Right(role, self.programme.id) for role in roles)
        return Actor("operator", name, None, "Desk", rights, stepped_up_at=self.clock.now())

    def approval(self, first: str, second: str, act: str = "export") -> str:
        """A second person's yes, as their passkey gives it."""
        secret = new_secret(self.randomness)
        self.context.people.approvals.put(secret, Approval(act, self.programme.id, first, second))
        return secret

    def subject(self, reference: str) -> str:
        return subject_behind(self.context, self.programme.id, reference)


def write(folder: Path, files: list[tuple[str, bytes]]) -> None:
    """Lay an export down as the command does."""
    for place, content in files:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
