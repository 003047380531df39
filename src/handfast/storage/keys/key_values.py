"""Keys in use: what one asks to open the rows of one programme or of one person, and to sign.

Who holds one of these can ask; the key itself lies with whoever holds keys.db (`open_keys.py`), in this process or in
the matcher's.
"""

from typing import Protocol


class PersonKeys(Protocol):
    """The keys of one person, for everything of theirs but their templates and search codes."""

    @property
    def programme_id(self) -> str: ...

    @property
    def subject_id(self) -> str: ...

    def seal(self, plain: bytes, *place: str) -> bytes:
        """Seal something of this person's that is not a template."""
        ...

    def unseal(self, sealed: bytes, *place: str) -> bytes:
        """What `seal` sealed for this place; SealBroken otherwise."""
        ...

    def use_key(self, state: bytes) -> bytes:
        """The key of the details of one use, from what the ratchet says of it; it opens no other use."""
        ...

    def pseudonym(self) -> str:
        """12 hexadecimal digits that stand for this person in a study's export."""
        ...


class ProgrammeKeys(Protocol):
    """The key of one programme; for rows that belong to no enrolled person."""

    @property
    def programme_id(self) -> str: ...

    def lookup(self, reference: str) -> bytes:
        """The keyed hash under which the caller's reference is found."""
        ...

    def seal(self, plain: bytes, *place: str) -> bytes: ...

    def unseal(self, sealed: bytes, *place: str) -> bytes: ...

    def webhook_secret(self) -> bytes:
        """What the programme's webhooks are signed with, and their receiver checks; 32 bytes."""
        ...

    def link_token(self, session_id: str) -> bytes:
        """The secret in the link of a session: the same whenever it is asked for; 32 bytes."""
        ...


class Signer(Protocol):
    """An Ed25519 signing key of the server, by what it signs."""

    @property
    def name(self) -> str: ...

    @property
    def public(self) -> bytes:
        """The raw public key, 32 bytes."""
        ...

    @property
    def key_id(self) -> str:
        """16 hexadecimal digits of the public key's SHA-256."""
        ...

    def sign(self, message: bytes) -> bytes: ...


class Keyring(Protocol):
    """The keys of one installation, as they are asked for."""

    def create_programme(self, programme_id: str) -> ProgrammeKeys:
        """Make a programme's key; Conflict if it has one."""
        ...

    def programme(self, programme_id: str) -> ProgrammeKeys:
        """A programme's key; NotFound if it has none or it was destroyed."""
        ...

    def installation(self) -> ProgrammeKeys:
        """The key of acts on the installation itself, which belong to no programme."""
        ...

    def create_person(self, programme_id: str, subject_id: str) -> PersonKeys:
        """Make a person's keys, synced to disk before anything is sealed under them."""
        ...

    def person(self, programme_id: str, subject_id: str) -> PersonKeys:
        """A person's keys; NotFound if there are none or they were destroyed."""
        ...

    def destroy_person(self, subject_id: str) -> bool:
        """Leave nothing of a person's keys; whether there was anything to destroy. Conflict: try again."""
        ...

    def destroyed(self) -> frozenset[str]:
        """Whose keys were destroyed, ever."""
        ...

    def destroy_programme(self, programme_id: str) -> bool:
        """Destroy a programme's key, after the keys of all its people."""
        ...

    def people(self) -> tuple[str, ...]:
        """The subject ids that have keys; for the start-up sweep."""
        ...

    def programmes(self) -> tuple[str, ...]:
        """The programme ids that have keys; for the start-up sweep."""
        ...

    def signer(self, name: str) -> Signer:
        """The server's signing key for one kind of thing ("log", "consent", "answer", "card"); made at first use."""
        ...

    def peppered(self, word: str) -> bytes:
        """A PIN as it is hashed, so that the database alone does not let anyone try them."""
        ...

    def close(self) -> None: ...
