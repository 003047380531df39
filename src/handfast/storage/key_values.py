"""Keys in use: what one holds to open the rows of one programme or of one person, and to sign."""

import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handfast.storage.seal import derive, seal, unseal


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """The two random keys of one person: for templates, and for the log's details and other sealed rows."""

    programme_id: str
    subject_id: str
    template_key: bytes = field(repr=False)
    log_key: bytes = field(repr=False)

    def seal(self, plain: bytes, *place: str) -> bytes:
        """Seal something of this person's that is not a template."""
        return seal(self.row_key(), plain, self.programme_id, self.subject_id, *place)

    def unseal(self, sealed: bytes, *place: str) -> bytes:
        return unseal(self.row_key(), sealed, self.programme_id, self.subject_id, *place)

    def row_key(self) -> bytes:
        """The key of this person's rows, for who opens or seals many."""
        return derive(self.log_key, "row")


@dataclass(frozen=True, slots=True)
class ProgrammeKeys:
    """The key of one programme; for rows that belong to no enrolled person."""

    programme_id: str
    key: bytes = field(repr=False)

    def lookup(self, reference: str) -> bytes:
        """The keyed hash under which the caller's reference is found."""
        return hmac.digest(derive(self.key, "lookup"), reference.encode(), "sha256")

    def seal(self, plain: bytes, *place: str) -> bytes:
        return seal(derive(self.key, "row"), plain, self.programme_id, *place)

    def unseal(self, sealed: bytes, *place: str) -> bytes:
        return unseal(derive(self.key, "row"), sealed, self.programme_id, *place)


@dataclass(frozen=True, slots=True)
class Signer:
    """An Ed25519 signing key of the server, by what it signs."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)
    public: bytes = field(init=False)
    """The raw public key, 32 bytes."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "public", self.private.public_key().public_bytes_raw())

    @property
    def key_id(self) -> str:
        """16 hexadecimal digits of the public key's SHA-256."""
        return hashlib.sha256(self.public).hexdigest()[:16]

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)
