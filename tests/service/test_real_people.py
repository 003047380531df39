"""The main job on real models: synthetic hands and free portraits before a camera that is not there."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from handfast.base.clock import SystemClock
from handfast.base.decision import Outcome
from handfast.base.modality import Hand
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.lab.phone import Phone
from handfast.models.store import ModelStore
from handfast.service import capturing, finish, sessions
from handfast.service.capturing import Act, PersonsAnswer
from handfast.service.context import Context
from handfast.service.desk.actors import Actor as Caller
from handfast.service.enrol import EnrolAnswer
from handfast.service.find.finding import FindAnswer
from handfast.service.owner import programmes
from handfast.service.start import start, stop
from handfast.service.verify import CheckAnswer
from support.scripted import NOTICES, PROGRAMME

pytestmark = pytest.mark.models

ADMINISTRATOR = Caller("administrator", "adm_test", None, "desk")
YES = PersonsAnswer("yes", "en", "1", NOTICES["en"], (0, 1), Act("press", "2026-11-23T09:00:00Z"))
visits = count(1)


class Clinic:
    """A service on real models where one person has enrolled their right hand and face."""

    def __init__(self, folder: Path, models_dir: Path) -> None:
        self.models_dir = models_dir
        self.models = ModelStore(models_dir)
        settings = Settings(folder / "data", models_dir, folder / "etc" / "root.key")
        self.context: Context = start(settings, clock=SystemClock(), randomness=SystemRandomness())
        self.programme = programmes.create(self.context, ADMINISTRATOR, PROGRAMME).programme

    def visit(self, new: sessions.NewSession, portrait: str, person: int) -> EnrolAnswer | CheckAnswer | FindAnswer:
        """Somebody follows the whole challenge; no two visits give the same pictures."""
        picture = decode((self.models_dir / "portraits" / portrait).read_bytes())
        actor = Actor(picture, Person(person), self.models, seed=next(visits), photo=(1200, 1600))
        opened = sessions.open_session(self.context, ADMINISTRATOR, new, f"visit {next(visits)}")
        capturing.answer(self.context, opened.token, YES, NOTICES)
        challenge = capturing.begin(self.context, opened.token, (Hand.RIGHT,), frozenset(), face=True)
        phone = Phone(challenge, actor, lambda frame: capturing.frame(self.context, opened.token, frame))
        assert [step.last.task.state for step in phone.follow()] == ["done"] * len(challenge.tasks)
        return finish.finish(self.context, opened.token)

    def session(self, kind: sessions.Kind, reference: str) -> sessions.NewSession:
        return sessions.NewSession(kind, self.programme.id, reference=reference)


@pytest.fixture(scope="module")
def clinic(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    clinic = Clinic(tmp_path_factory.mktemp("clinic"), models_dir)
    assert clinic.visit(clinic.session("enrol", "P-1"), "person_b_1.jpg", person=1).outcome == "enrolled"
    yield clinic
    stop(clinic.context)


def test_the_person_who_enrolled_is_accepted_on_another_day(clinic: Clinic) -> None:
    answer = clinic.visit(clinic.session("check", "P-1"), "person_b_2.jpg", person=1)
    assert (answer.outcome, answer.trial) == (Outcome.ACCEPTED, True)


def test_a_stranger_is_not_accepted(clinic: Clinic) -> None:
    answer = clinic.visit(clinic.session("check", "P-1"), "impostor_1.jpg", person=2)
    assert answer.outcome == Outcome.NOT_ACCEPTED


def test_the_right_face_with_a_strangers_hand_is_not_accepted(clinic: Clinic) -> None:
    answer = clinic.visit(clinic.session("check", "P-1"), "person_b_2.jpg", person=3)
    assert answer.outcome != Outcome.ACCEPTED
