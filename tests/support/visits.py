"""People who enrol at the running server without its page: by the same calls, from a stand-in for their phone."""

from handfast.base.modality import Hand
from handfast.lab.actor import Actor
from handfast.lab.phone import Phone
from handfast.service import capturing, finish
from handfast.service import enrol as enrolling
from handfast.service.capturing import Act, PersonsAnswer
from handfast.service.enrol import EnrolAnswer
from handfast.service.find.finding import FindAnswer
from handfast.service.verify import CheckAnswer
from support.served import Served
from support.walk import ask

PIN = "482915"


def enrol(served: Served, programme: str, reference: str, actor: Actor, hands: tuple[Hand, ...], *, face: bool) -> str:
    """Enrol somebody under a reference; their private code, which opens my page with PIN."""
    opened = ask(served, "POST", "/v1/sessions", {"kind": "enrol", "programme": programme, "reference": reference})
    token = opened["link"].split("#")[1]
    told = visit(served, token, actor, hands, face=face)
    assert isinstance(told, EnrolAnswer)
    assert told.private_code is not None, told
    enrolling.choose_pin(served.context, token, PIN)
    return told.private_code


def visit(
    served: Served, token: str, actor: Actor, hands: tuple[Hand, ...], *, face: bool
) -> EnrolAnswer | CheckAnswer | FindAnswer:
    """Say yes to the session of a link, follow its challenge, and hear the answer."""
    shown = ask(served, "GET", "/v1/capture", token=token)
    notice = shown["notice"]
    said = PersonsAnswer(
        "yes", "en", notice["version"], notice["hash"]["en"], (0, 1), Act("press", shown["expires_at"])
    )
    capturing.answer(served.context, token, said, notice["hash"])
    challenge = capturing.begin(served.context, token, hands, frozenset(), face=face)
    phone = Phone(challenge, actor, lambda frame: capturing.frame(served.context, token, frame))
    assert {step.last.task.state for step in phone.follow()} == {"done"}
    return finish.finish(served.context, token)
