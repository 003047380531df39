"""`handfast demo`: the whole job in the terminal, on a synthetic hand and free test portraits, in under a minute."""

import base64
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from handfast.base.clock import SystemClock
from handfast.base.modality import Hand
from handfast.base.settings import Settings
from handfast.cli.demo_programme import DEMO, OPERATOR
from handfast.finger.synth.person import Person
from handfast.imaging.decode import decode
from handfast.lab.actor import Actor
from handfast.lab.phone import Phone
from handfast.models.store import ModelStore
from handfast.service import capturing, finish, sessions
from handfast.service.capturing import Act, PersonsAnswer
from handfast.service.context import Context
from handfast.service.enrol import EnrolAnswer, choose_pin
from handfast.service.find.finding import FindAnswer
from handfast.service.owner import programmes
from handfast.service.person import my_page
from handfast.service.person.page_view import MyPage
from handfast.service.sessions import NewSession
from handfast.service.start import start, stop
from handfast.service.verify import CheckAnswer
from handfast.web.languages import Notices, load_notices
from handfast.web.routes.pages import STATIC

console = Console(highlight=False)
PIN = "482915"


def demo() -> None:
    """Enrol, check, meet a stranger with the card, read my page, withdraw: on made-up people, nothing kept."""
    settings = Settings.from_environment()
    with tempfile.TemporaryDirectory(prefix="handfast-demo-") as folder:
        place = Settings(Path(folder) / "data", settings.models_dir, Path(folder) / "root.key")
        with console.status("Opening an empty installation"):
            context = start(place)
        try:
            _Demo(context, place).play()
        finally:
            stop(context)


class _Demo:
    """One run of the demo, on its own installation."""

    def __init__(self, context: Context, settings: Settings) -> None:
        self._context = context
        self._settings = settings
        self._models = ModelStore(settings.models_dir)
        self._notices: Notices = load_notices(STATIC / "languages")
        self._began = time.monotonic()

    def play(self) -> None:
        person = self._actor("person_a_1.jpg", person=1, take=1)
        same_person_later = self._actor("person_a_1.jpg", person=1, take=2)
        stranger = self._actor("impostor_1.jpg", person=2, take=3)

        programme = programmes.create(self._context, OPERATOR, DEMO).programme
        self._say(
            "People", "free test portraits turned in 3D, hands that were never anybody's; each take is filmed anew."
        )
        self._say("Programme", f"{programme.name}: {programme.purpose}; kept {programme.retention_days} days.")
        told = self._session(NewSession("enrol", programme.id, reference="file-4711"), person, "Enrolment")
        assert isinstance(told, EnrolAnswer)  # noqa: S101 -- an enrolment session ends as one
        if told.card is None or told.private_code is None:
            self._say("Not enrolled", f"{told.outcome}: {told.advice}")
            return
        self._say(
            "Receipt", f"card {told.card.number}, a private code that only the person keeps, PIN of their choice."
        )
        self._stored()

        card = told.card.payload
        self._session(NewSession("check", programme.id, card=card), same_person_later, "The person comes back")
        self._session(NewSession("check", programme.id, card=card), stranger, "A stranger shows the card")

        opened = my_page.open_page(self._context, told.private_code, PIN)
        self._uses(my_page.page(self._context, opened.token))
        my_page.withdraw(self._context, opened.token)
        self._say("Withdrawal", "the person's keys are destroyed; what is left of them opens for nobody.")
        self._session(
            NewSession("check", programme.id, card=card),
            self._actor("person_a_1.jpg", person=1, take=4),
            "The withdrawn card is shown",
        )
        self._stored()
        self._say("Done", f"{time.monotonic() - self._began:.0f} seconds. The folder is deleted now.")

    def _actor(self, portrait: str, person: int, take: int) -> Actor:
        picture = decode((self._settings.models_dir / "portraits" / portrait).read_bytes())
        return Actor(picture, Person(person), self._models, seed=take)

    def _session(self, new: NewSession, actor: Actor, title: str) -> EnrolAnswer | CheckAnswer | FindAnswer:
        opened = sessions.open_session(self._context, OPERATOR, new, f"demo-{time.monotonic_ns()}")
        token = opened.token
        console.rule(f"[bold]{title}", align="left", style="dim")
        capturing.view(self._context, token)
        capturing.answer(self._context, token, self._yes(new), self._notices.hashes)
        self._say("Yes", "said by the person's own press, on the notice as it was shown.")
        challenge = capturing.begin(self._context, token, (Hand.RIGHT,), frozenset(), face=True)
        asked = ", ".join(str(task.kind) for task in challenge.tasks)
        nonce = base64.b16encode(challenge.nonce).decode().lower()
        self._say("Challenge", f"drawn at random: {asked}; bound to nonce {nonce[:8]}...")
        phone = Phone(challenge, actor, lambda frame: capturing.frame(self._context, token, frame))
        with console.status("Before the camera") as status:
            for step in phone.follow():
                status.update(f"{step.task.kind}: {step.last.task.state}")
                self._say(f"  {step.task.kind}", f"{step.last.task.state} after {step.frames} frames")
        told = finish.finish(self._context, token)
        trial = " (trial: a table it rests on was not fitted on phones)" if told.trial else ""
        self._say("Answer", f"[bold]{told.outcome}[/]{trial}")
        if isinstance(told, EnrolAnswer) and told.private_code is not None:
            choose_pin(self._context, token, PIN)
        return told

    def _yes(self, new: NewSession) -> PersonsAnswer:
        return PersonsAnswer(
            answer="yes",
            language="en",
            notice_version=self._notices.version,
            notice_hash=self._notices.hashes["en"],
            questions=(0, 0) if new.kind == "enrol" else (),
            act=Act("press", SystemClock().now().isoformat()),
        )

    def _uses(self, page: MyPage) -> None:
        console.rule("[bold]My page", align="left", style="dim")
        table = Table("n", "what", "outcome", "proof")
        for use in page.uses:
            table.add_row(str(use.n), use.kind, use.outcome, f"leaf {use.proof.index} of {use.proof.size}")
        console.print(table)
        self._say(
            "Complete", "every use is in the log, none is missing" if page.complete else "[bold]a use is missing[/]"
        )

    def _stored(self) -> None:
        for name in ("handfast.db", "keys.db"):
            path = self._settings.data_dir / name
            self._say("Stored", f"{name}, {path.stat().st_size // 1024} kB")

    def _say(self, what: str, text: str) -> None:
        console.print(f"[green]{what:>12}[/]  {text}", soft_wrap=True)
