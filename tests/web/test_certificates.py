"""The site authority is narrow, stays put, and its leaf is one that phones accept."""

import ipaddress
import socket
import ssl
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from handfast.web.certificates import Certificates, SiteNames, site_certificates

NOW = datetime.now(UTC)
NAMES = SiteNames(
    ("clinic.local", "localhost"), (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("192.168.7.4"))
)


def leaf_of(made: Certificates) -> x509.Certificate:
    return x509.load_pem_x509_certificates(made.certificate.read_bytes())[0]


def test_the_leaf_lives_no_longer_than_phones_allow(tmp_path: Path) -> None:
    leaf = leaf_of(site_certificates(tmp_path, NAMES, NOW))
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=825)


def test_the_authority_may_speak_for_nothing_but_this_server(tmp_path: Path) -> None:
    made = site_certificates(tmp_path, NAMES, NOW)
    assert made.authority is not None
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = constraints.value.permitted_subtrees
    assert constraints.critical
    assert permitted is not None
    assert {str(name.value) for name in permitted} == {"clinic.local", "localhost", "127.0.0.0/24", "192.168.7.0/24"}


def test_a_second_start_makes_nothing_new(tmp_path: Path) -> None:
    first = leaf_of(site_certificates(tmp_path, NAMES, NOW))
    assert leaf_of(site_certificates(tmp_path, NAMES, NOW + timedelta(days=1))) == first


def test_a_leaf_that_is_nearly_over_is_renewed_under_the_same_authority(tmp_path: Path) -> None:
    made = site_certificates(tmp_path, NAMES, NOW)
    assert made.authority is not None
    first, authority = leaf_of(made), made.authority.read_bytes()
    again = site_certificates(tmp_path, NAMES, NOW + timedelta(days=380))
    assert leaf_of(again) != first
    assert made.authority.read_bytes() == authority


def test_a_new_address_on_the_same_network_needs_no_new_trust(tmp_path: Path) -> None:
    made = site_certificates(tmp_path, NAMES, NOW)
    assert made.authority is not None
    authority = made.authority.read_bytes()
    moved = replace(NAMES, addresses=(ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("192.168.7.99")))
    site_certificates(tmp_path, moved, NOW)
    assert made.authority.read_bytes() == authority
    site_certificates(tmp_path, replace(NAMES, hosts=("other.local", "localhost")), NOW)
    assert made.authority.read_bytes() != authority


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "tls"
    site_certificates(folder, NAMES, NOW)
    assert {path.stat().st_mode & 0o077 for path in (folder.parent, folder, *folder.glob("*.key"))} == {0}


@pytest.mark.parametrize("host", ["localhost", "clinic.local"])
def test_a_client_that_trusts_the_authority_completes_a_handshake(tmp_path: Path, host: str) -> None:
    made = site_certificates(tmp_path, NAMES, NOW)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(made.certificate, made.key)
    ours, theirs = socket.socketpair()
    accepted: list[ssl.SSLSocket] = []
    thread = threading.Thread(target=lambda: accepted.append(server_side.wrap_socket(theirs, server_side=True)))
    thread.start()
    client_side = ssl.create_default_context(cafile=str(made.authority))
    with client_side.wrap_socket(ours, server_hostname=host) as connection:
        assert connection.version() is not None
    thread.join()
    accepted[0].close()
