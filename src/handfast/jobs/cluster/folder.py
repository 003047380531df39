"""What every machine of a cluster must hold: a token, certificates, and the key that messages are sealed under.

All of it lies in one folder that its owner copies to each machine by hand. Nothing of it is ever given to Ray to carry.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from handfast.base.errors import SetupError

YEARS = timedelta(days=825)
NAME = "handfast-cluster"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class ClusterFolder:
    """The folder of one cluster; its files are readable by their owner only."""

    path: Path

    @property
    def wire_key(self) -> bytes:
        """The 32-byte key of messages between the server and its shards. Raises SetupError."""
        try:
            key = (self.path / "wire.key").read_bytes()
        except OSError as error:
            raise SetupError(f"there is no cluster in {self.path}; run `handfast cluster start`") from error
        if len(key) != 32:
            raise SetupError(f"{self.path / 'wire.key'} is damaged")
        return key

    @property
    def address(self) -> str:
        """Where the first node listens, as host:port; empty where no cluster is running."""
        file = self.path / "address"
        return file.read_text("utf-8").strip() if file.exists() else ""

    @property
    def environment(self) -> Mapping[str, str]:
        """How Ray must be started, on every machine and in every process that speaks to it."""
        alone = self.address.startswith(LOOPBACK) or not self.address
        return {
            # Ray listens at loopback alone only where it believes that no other machine can ever join.
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0" if alone else "1",
            "HANDFAST_CLUSTER": str(self.path),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN_PATH": str(self.path / "token"),
            "RAY_USE_TLS": "1",
            "RAY_TLS_SERVER_CERT": str(self.path / "node.pem"),
            "RAY_TLS_SERVER_KEY": str(self.path / "node.key"),
            "RAY_TLS_CA_CERT": str(self.path / "authority.pem"),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_automatic_object_spilling_enabled": "0",
            "RAY_DEDUP_LOGS": "0",
            "RAY_enable_metrics_collection": "0",
            "RAY_DISABLE_MEMORY_MONITOR": "1",
        }


def cluster_folder(data_dir: Path, environment: Mapping[str, str] = os.environ) -> ClusterFolder:
    """HANDFAST_CLUSTER, or the folder beside this installation's data."""
    return ClusterFolder(Path(environment.get("HANDFAST_CLUSTER") or data_dir / "cluster"))


def make_folder(folder: ClusterFolder, addresses: tuple[str, ...] = (LOOPBACK,)) -> None:
    """Make what is missing. The certificates are good for these addresses only."""
    folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder.path / "wire.key").exists():
        _keep(folder.path / "wire.key", secrets.token_bytes(32))
    if not (folder.path / "token").exists():
        _keep(folder.path / "token", secrets.token_hex(32).encode())
    if not (folder.path / "node.pem").exists():
        _make_certificates(folder.path, addresses)


def _make_certificates(path: Path, addresses: tuple[str, ...]) -> None:
    authority_key, node_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{NAME}-authority")])
    authority = _certificate(issuer, issuer, authority_key.public_key()).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), *(x509.IPAddress(ip_address(address)) for address in addresses)]
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    node = _certificate(subject, issuer, node_key.public_key()).add_extension(names, critical=False)
    for name, made in (("authority.pem", authority), ("node.pem", node)):
        signed = made.sign(authority_key, hashes.SHA256())
        _keep(path / name, signed.public_bytes(serialization.Encoding.PEM))
    _keep(
        path / "node.key",
        node_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + YEARS)
    )


def _keep(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
