"""The plain page hands over the site authority and nothing else."""

import ipaddress
import plistlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from starlette.testclient import TestClient

from handfast.web.certificates import SiteNames, site_certificates
from handfast.web.trust import fingerprint, trust_app

NAMES = SiteNames(("clinic.local",), (ipaddress.ip_address("127.0.0.1"),))


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    made = site_certificates(tmp_path, NAMES, datetime.now(UTC)).authority
    assert made is not None
    return made


@pytest.fixture
def client(authority: Path) -> TestClient:
    return TestClient(trust_app(authority, "https://clinic.local:8443"), follow_redirects=False)


def test_the_certificate_handed_over_is_the_authority_and_holds_no_key(client: TestClient, authority: Path) -> None:
    answer = client.get("/start/handfast.crt")
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    assert x509.load_der_x509_certificate(answer.content) == x509.load_pem_x509_certificate(authority.read_bytes())


def test_the_apple_profile_carries_the_same_certificate(client: TestClient) -> None:
    profile = plistlib.loads(client.get("/start/handfast.mobileconfig").content)
    (payload,) = profile["PayloadContent"]
    assert payload["PayloadType"] == "com.apple.security.root"
    assert payload["PayloadContent"] == client.get("/start/handfast.crt").content


def test_the_fingerprint_to_compare_is_the_one_the_page_shows(client: TestClient, authority: Path) -> None:
    facts = client.get("/start/facts").json()
    assert facts["fingerprint"] == fingerprint(authority)
    assert facts["secure_url"] == "https://clinic.local:8443"


@pytest.mark.parametrize("path", ["/", "/v1/health", "/desk", "/c"])
def test_everything_else_goes_to_https(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 307
    assert answer.headers["location"] == "https://clinic.local:8443"
