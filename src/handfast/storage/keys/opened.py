"""Keys held open, for one use: only who holds keys.db has these, and only they reach templates and search codes."""

import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handfast.storage.keys.seal import derive, seal, unseal


@dataclass(frozen=True, slots=True)
class OpenPerson:
    """The two random keys of one person: for templates and codes, and for everything else; fulfils PersonKeys."""

    programme_id: str
    subject_id: str
    template_key: bytes = field(repr=False)
    log_key: bytes = field(repr=False)

    def seal(self, plain: bytes, *place: str) -> bytes:
        return seal(derive(self.log_key, "row"), plain, self.programme_id, self.subject_id, *place)

    def unseal(self, sealed: bytes, *place: str) -> bytes:
        return unseal(derive(self.log_key, "row"), sealed, self.programme_id, self.subject_id, *place)

    def use_key(self, state: bytes) -> bytes:
        return hmac.digest(self.log_key, b"details" + state, "sha256")

    def pseudonym(self) -> str:
        return derive(self.log_key, "study pseudonym")[:6].hex()


@dataclass(frozen=True, slots=True)
class OpenProgramme:
    """The key of one programme; fulfils ProgrammeKeys."""

    programme_id: str
    key: bytes = field(repr=False)

    def lookup(self, reference: str) -> bytes:
        return hmac.digest(derive(self.key, "lookup"), reference.encode(), "sha256")

    def seal(self, plain: bytes, *place: str) -> bytes:
        return seal(derive(self.key, "row"), plain, self.programme_id, *place)

    def unseal(self, sealed: bytes, *place: str) -> bytes:
        return unseal(derive(self.key, "row"), sealed, self.programme_id, *place)

    def webhook_secret(self) -> bytes:
        return derive(self.key, "webhook")

    def link_token(self, session_id: str) -> bytes:
        return derive(self.key, "link", session_id)


@dataclass(frozen=True, slots=True)
class OpenSigner:
    """An Ed25519 key; fulfils Signer."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)
    public: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "public", self.private.public_key().public_bytes_raw())

    @property
    def key_id(self) -> str:
        return key_id_of(self.public)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def key_id_of(public: bytes) -> str:
    """16 hexadecimal digits of a public key's SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]
