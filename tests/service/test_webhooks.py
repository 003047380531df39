import hashlib
import hmac
import json
from base64 import urlsafe_b64decode

from handfast.service.owner import webhooks
from handfast.service.owner.webhooks import GIVEN_UP_AFTER, LONGEST_PAUSE, pause_after
from support.scripted import Desk


def test_each_answer_is_told_once_and_signed(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    desk.check(1, reference="P-1")
    enrolled, checked = webhooks.due(desk.context)
    assert checked.url == "https://clinic.example/hook"
    claims = json.loads(urlsafe_b64decode(checked.body.split(b".")[1] + b"=="))
    assert (claims["outcome"], claims["reference"]) == ("accepted", "P-1")
    at, mac = (part.split("=")[1] for part in checked.signature.split(","))
    expected = hmac.new(desk.webhook_secret.encode(), f"{at}.".encode() + checked.body, hashlib.sha256).hexdigest()
    assert mac == expected
    for delivery in (enrolled, checked):
        webhooks.mark(desk.context, delivery.id, delivered=True)
    desk.clock.pass_time(10**6)
    assert webhooks.due(desk.context) == ()


def test_a_message_that_does_not_arrive_is_sent_again_later_with_a_fresh_signature(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    (first,) = webhooks.due(desk.context)
    webhooks.mark(desk.context, first.id, delivered=False)
    assert webhooks.due(desk.context) == ()
    desk.clock.pass_time(pause_after(1).total_seconds())
    (second,) = webhooks.due(desk.context)
    assert second.id == first.id
    expiries = [json.loads(urlsafe_b64decode(d.body.split(b".")[1] + b"=="))["exp"] for d in (first, second)]
    assert expiries[1] > expiries[0]


def test_after_a_day_and_a_half_it_is_given_up(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    (delivery,) = webhooks.due(desk.context)
    for _ in range(GIVEN_UP_AFTER):
        webhooks.mark(desk.context, delivery.id, delivered=False)
    desk.clock.pass_time(10**7)
    assert webhooks.due(desk.context) == ()


def test_pauses_only_grow_up_to_a_limit() -> None:
    pauses = [pause_after(tries) for tries in range(1, 40)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def test_a_waiting_message_is_not_readable_in_the_file(desk: Desk) -> None:
    desk.enrol("P-secret-reference", person=1)
    kept = b"".join(path.read_bytes() for path in desk.settings.data_dir.iterdir())
    assert b"P-secret-reference" not in kept
