"""The signed outcome: by poll and by webhook, verified with nothing but the public keys that are served."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from handfast.jobs import chores
from handfast.service.owner.webhooks import FIRST_PAUSE
from support.interface import BOTH, Interface, Json, interface
from support.receiver import Receiver, receiving


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(jws: str, jwks: Json) -> dict[str, Any]:
    """The claims, checked with the cryptography library alone (RFC 7515, RFC 8037)."""
    head, payload, signature = jws.split(".")
    header = json.loads(decoded(head))
    assert header["alg"] == "EdDSA"
    (key,) = [key for key in jwks["keys"] if key["kid"] == header["kid"]]
    assert (key["kty"], key["crv"], key["use"]) == ("OKP", "Ed25519", "sig")
    public = Ed25519PublicKey.from_public_bytes(decoded(key["x"]))
    public.verify(decoded(signature), f"{head}.{payload}".encode())
    claims: dict[str, Any] = json.loads(decoded(payload))
    return claims


def test_the_polled_answer_verifies_and_is_good_for_five_minutes(handfast: Interface) -> None:
    handfast.enrolled("P-1", 1)
    visit = handfast.visit(1, kind="check", reference="P-1")
    assert visit.seen_by_caller()["jws"] is None
    visit.whole()
    seen, jwks = visit.seen_by_caller(), handfast.ok("GET", "/v1/keys")
    claims = verified(seen["jws"], jwks)
    now = int(handfast.desk.clock.now().timestamp())
    assert (claims["iat"], claims["exp"]) == (now, now + 300)
    assert claims["sub"] == visit.id
    assert claims["programme"] == handfast.desk.programme.id
    told = {name: value for name, value in seen["outcome"].items() if value is not None}
    assert {name: claims[name] for name in told} == told
    assert (told["outcome"], told["reference"], told["assurance"]) == ("accepted", "P-1", "self")

    handfast.desk.clock.pass_time(200)
    later = verified(visit.seen_by_caller()["jws"], jwks)
    assert later["exp"] == claims["exp"] + 200
    assert later["at"] == claims["at"]


def test_a_changed_answer_does_not_verify(handfast: Interface) -> None:
    visit = handfast.visit(1, kind="check", reference="P-1")
    visit.whole()
    jwks = handfast.ok("GET", "/v1/keys")
    head, payload, signature = visit.seen_by_caller()["jws"].split(".")
    claims = json.loads(decoded(payload)) | {"outcome": "accepted"}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    for changed in (f"{head}.{forged}.{signature}", f"{head}.{payload}.{'A' * len(signature)}"):
        with pytest.raises(InvalidSignature):
            verified(changed, jwks)


def test_a_reference_is_told_only_of_who_was_accepted(handfast: Interface) -> None:
    handfast.enrolled("P-1", 1)
    visit = handfast.visit(2, kind="check", reference="P-1")
    visit.whole()
    claims = verified(visit.seen_by_caller()["jws"], handfast.ok("GET", "/v1/keys"))
    assert claims["outcome"] == "not_accepted"
    assert "reference" not in claims
    assert "P-1" not in json.dumps(visit.seen_by_caller())


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setattr(chores, "DELIVER_EVERY", 0.02)
    with receiving(tmp_path / "receiver") as receiver:
        yield receiver


@pytest.fixture
def trusted(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """The receiver, with its authority among those that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(receiver.authority))
    return receiver


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Interface]:
    with interface(tmp_path, chores=True) as running:
        yield running


def programme(handfast: Interface, url: str) -> Json:
    """A programme whose answers go to `url`."""
    asked = {
        "name": "Clinic B",
        "purpose": "To find your file.",
        "who_sees": "The desk.",
        "retention_days": 30,
        "another_way": ["Show your letter."],
        "webhook_url": url,
    }
    return handfast.ok("POST", "/v1/programmes", asked, handfast.administrator)


def test_a_webhook_is_told_again_after_a_failure_until_it_arrives(telling: Interface, trusted: Receiver) -> None:
    made = programme(telling, trusted.url)
    trusted.answers = [500, 302]
    visit = telling.visit(1, token=made["api_key"], kind="enrol", reference="P-1")
    visit.whole(BOTH)
    jwks, clock = telling.ok("GET", "/v1/keys"), telling.desk.clock
    for pause in (FIRST_PAUSE.total_seconds(), 4 * FIRST_PAUSE.total_seconds(), 0):
        headers, body = trusted.next()
        assert headers["content-type"] == "application/jose"
        at, mac = (part.partition("=")[2] for part in headers["handfast-signature"].split(","))
        expected = hmac.digest(made["webhook_secret"].encode(), f"{at}.".encode() + body, "sha256").hex()
        assert hmac.compare_digest(mac, expected)
        assert abs(int(at) - clock.now().timestamp()) < 2
        claims = verified(body.decode(), jwks)
        assert (claims["sub"], claims["outcome"], claims["reference"]) == (visit.id, "enrolled", "P-1")
        settled(telling)
        clock.pass_time(pause)
    clock.pass_time(10**5)
    assert not trusted.arrived.acquire(timeout=0.3)
    assert len(trusted.came) == 3


def settled(telling: Interface) -> None:
    """Wait until the try that was heard is also noted, so that time may pass."""
    for _ in range(400):
        with telling.desk.context.store.read() as reader:
            if not reader.deliveries.due(telling.desk.clock.now()):
                return
        time.sleep(0.02)
    raise AssertionError("the try was not noted")


def test_nothing_is_told_to_a_server_that_cannot_prove_its_name(telling: Interface, receiver: Receiver) -> None:
    made = programme(telling, receiver.url)
    telling.visit(1, token=made["api_key"], kind="enrol", reference="P-1").whole(BOTH)
    settled(telling)
    assert receiver.came == []


def test_a_receiver_that_cannot_be_spoken_to_holds_up_nobody(telling: Interface, trusted: Receiver) -> None:
    nowhere = programme(telling, "https://localhost:1/nowhere")
    telling.visit(2, token=nowhere["api_key"], kind="enrol", reference="P-2").whole(BOTH)
    made = programme(telling, trusted.url)
    telling.visit(1, token=made["api_key"], kind="enrol", reference="P-1").whole(BOTH)
    _, body = trusted.next()
    assert verified(body.decode(), telling.ok("GET", "/v1/keys"))["reference"] == "P-1"


@pytest.mark.parametrize(
    "url", ["http://clinic.example/hook", "ftp://clinic.example/", "https://", "file:///etc/passwd"]
)
def test_only_https_addresses_are_registered(handfast: Interface, url: str) -> None:
    asked = {
        "name": "Clinic B",
        "purpose": "To find your file.",
        "who_sees": "The desk.",
        "retention_days": 30,
        "another_way": ["Show your letter."],
    }
    for wrong in ({"webhook_url": url}, {"return_urls": [url]}):
        told = handfast.call("POST", "/v1/programmes", asked | wrong, handfast.administrator)
        assert (told.status, told.code) == (400, "bad-request")
