"""A site authority of its own making, so that phones trust this server by name (RFC 5280).

The authority is constrained to this server's names and its local network: stolen, it can speak for nothing else.
It stays when the leaf is renewed or the address moves within that network, so phones trust it once.
The leaf lives 397 days; some phones refuse more than 825.
"""

import ipaddress
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from handfast.base.errors import SetupError

LEAF_LIFE = timedelta(days=397)
RENEW_BEFORE = timedelta(days=30)
AUTHORITY_LIFE = timedelta(days=3650)

MDNS = Path("/run/avahi-daemon/socket")  # there while Debian's avahi-daemon announces this machine's .local name

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class SiteNames:
    """What the server answers to: host names, and addresses on the local network."""

    hosts: tuple[str, ...]
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files for the TLS server; `authority` is what phones install, None with a certificate of one's own."""

    certificate: Path
    key: Path
    authority: Path | None


def site_names(host: str | None = None) -> SiteNames:
    """The names of this machine: the given or own host name, its .local name, localhost and the LAN address."""
    own = socket.gethostname().split(".")[0].lower()
    hosts = [host] if host else []
    hosts += [own, f"{own}.local", "localhost"]
    addresses: list[Address] = [ipaddress.ip_address("127.0.0.1")]
    lan = lan_address()
    if lan is not None:
        addresses.append(lan)
    return SiteNames(tuple(dict.fromkeys(hosts)), tuple(dict.fromkeys(addresses)))


def phone_host(names: SiteNames, *, named: bool) -> str:
    """The name or address that a phone on this network can really reach.

    A name that was given is trusted to resolve; the .local name needs the mDNS service; else the LAN address.
    """
    if named:
        return names.hosts[0]
    if MDNS.exists():
        return next(host for host in names.hosts if host.endswith(".local"))
    return next((str(address) for address in names.addresses if not address.is_loopback), names.hosts[0])


def lan_address() -> Address | None:
    """This machine's address on its default network, or None. Asks the routing table; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1: a UDP connect sends no packet
        except OSError:
            return None
        address = ipaddress.ip_address(str(probe.getsockname()[0]))
    return None if address.is_loopback or address.is_unspecified else address


def site_certificates(folder: Path, names: SiteNames, now: datetime) -> Certificates:
    """Certificates under `folder`, made or renewed when missing, nearly over, or made for other names."""
    for each in (folder.parent, folder):  # the mode is for the last folder of a path alone
        each.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = Certificates(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    authority_key = folder / "authority.key"
    if not (authority_key.exists() and made.authority and _speaks_for(made.authority, names, now)):
        _make_authority(folder, names, now)
    if not _certifies(made, names, now):
        _make_leaf(folder, names, now)
    return made


def _speaks_for(authority: Path, names: SiteNames, now: datetime) -> bool:
    if not authority.exists():
        return False
    certificate = x509.load_pem_x509_certificate(authority.read_bytes())
    permitted = certificate.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    hosts = {name.value for name in permitted if isinstance(name, x509.DNSName)}
    networks = [ipaddress.ip_network(name.value) for name in permitted if isinstance(name, x509.IPAddress)]
    reachable = all(any(address in network for network in networks) for address in names.addresses)
    return set(names.hosts) <= hosts and reachable and certificate.not_valid_after_utc - now > LEAF_LIFE


def _certifies(made: Certificates, names: SiteNames, now: datetime) -> bool:
    if not (made.certificate.exists() and made.key.exists() and made.authority):
        return False
    leaf, issuer = x509.load_pem_x509_certificates(made.certificate.read_bytes())
    alternative = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    held = set(alternative.get_values_for_type(x509.DNSName)) | {
        str(address) for address in alternative.get_values_for_type(x509.IPAddress)
    }
    wanted = {*names.hosts, *(str(address) for address in names.addresses)}
    current = issuer == x509.load_pem_x509_certificate(made.authority.read_bytes())
    return current and wanted <= held and leaf.not_valid_after_utc - now > RENEW_BEFORE


def _make_authority(folder: Path, names: SiteNames, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    _write(folder / "authority.key", _private_pem(key), private=True)
    _write(folder / "authority.pem", _pem(_authority(key, names, now)))


def _make_leaf(folder: Path, names: SiteNames, now: datetime) -> None:
    authority = x509.load_pem_x509_certificate((folder / "authority.pem").read_bytes())
    authority_key = serialization.load_pem_private_key((folder / "authority.key").read_bytes(), password=None)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise SetupError(f"Remove the folder {folder} and start again: its authority key is not one of ours.")
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _leaf(key, authority, authority_key, names, now)
    _write(folder / "server.key", _private_pem(key), private=True)
    _write(folder / "server.pem", _pem(leaf) + _pem(authority))


def _network_of(address: Address) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """The local network around an address: a /24, or a /64."""
    return ipaddress.ip_network((address, 24 if address.version == 4 else 64), strict=False)


def _authority(key: ec.EllipticCurvePrivateKey, names: SiteNames, now: datetime) -> x509.Certificate:
    subject = _name(f"Handfast site authority for {names.hosts[0]}")
    permitted: list[x509.GeneralName] = [x509.DNSName(host) for host in names.hosts]
    permitted += [x509.IPAddress(_network_of(address)) for address in names.addresses]
    return (
        _builder(subject, subject, key.public_key(), now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    names: SiteNames,
    now: datetime,
) -> x509.Certificate:
    alternative: list[x509.GeneralName] = [x509.DNSName(host) for host in names.hosts]
    alternative += [x509.IPAddress(address) for address in names.addresses]
    return (
        _builder(_name(names.hosts[0]), authority.subject, key.public_key(), now, LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now - timedelta(hours=1) + life)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, data: bytes, *, private: bool = False) -> None:
    path.unlink(missing_ok=True)
    path.touch(mode=0o600 if private else 0o644)
    path.write_bytes(data)
