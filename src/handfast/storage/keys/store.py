"""keys.db: root key -> programme keys -> person keys, each random and wrapped by the one above it.

It and the database do not commit together, so order carries safety: a person's key is made before anything is sealed
under it, and destroyed after the withdrawal is committed. `handfast.audit.recovery` puts right what a crash left.
"""

import hmac
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handfast.base.errors import Conflict, NotFound, SealBroken, SetupError
from handfast.base.randomness import Randomness
from handfast.storage.engines.database import Value
from handfast.storage.engines.migrate import migrate
from handfast.storage.engines.slab import Slab, only_part
from handfast.storage.engines.sqlite import connect
from handfast.storage.keys.destroyed import FILE, Destroyed
from handfast.storage.keys.opened import OpenPerson, OpenProgramme, OpenSigner
from handfast.storage.keys.seal import derive, seal, unseal

KEY_BYTES = 32
WRAPPED_BYTES = 12 + KEY_BYTES + 16  # nonce, key, tag
SLOT_BYTES = 2 * WRAPPED_BYTES + 4  # a person's two keys and the slot's header
INSTALLATION = "installation"

_PROGRAMME = (
    "SELECT slots.data FROM programme_keys JOIN slots ON slots.owner = programme_keys.handle WHERE programme_id = ?"
)
_PERSON = (
    "SELECT slots.data, above.data FROM person_keys JOIN slots ON slots.owner = person_keys.handle "
    "JOIN programme_keys ON programme_keys.programme_id = person_keys.programme_id "
    "JOIN slots AS above ON above.owner = programme_keys.handle "
    "WHERE person_keys.subject_id = ? AND person_keys.programme_id = ?"
)
"""A person's wrapped keys and those of the programme that they are wrapped by."""


class Keys:
    """The keys of one installation; fulfils Keyring. Nothing unwrapped is cached: a destroyed key is gone at once."""

    def __init__(self, path: Path, root: bytes, store_id: str, randomness: Randomness) -> None:
        self._root = root
        self._randomness = randomness
        self._lock = Lock()
        self._destroyed = Destroyed(path.with_name(FILE))
        self._database = connect(path)
        migrate(self._database, "key_migrations")
        self._belong_to(store_id)
        self._database.truncate()

    def create_programme(self, programme_id: str) -> OpenProgramme:
        """Make a programme's key; Conflict if it has one."""
        key = self._randomness.bytes(KEY_BYTES)
        wrapped = seal(self._root, key, "programme", programme_id)
        self._keep("INSERT INTO programme_keys (programme_id, handle) VALUES (?, ?)", (programme_id,), wrapped)
        return OpenProgramme(programme_id, key)

    def programme(self, programme_id: str) -> OpenProgramme:
        """A programme's key; NotFound if it has none or it was destroyed."""
        return self._programme(programme_id, *self._kept(_PROGRAMME, (programme_id,)))

    def create_person(self, programme_id: str, subject_id: str) -> OpenPerson:
        """Make a person's keys, synced to disk before anything is sealed under them."""
        programme = self.programme(programme_id)
        template_key, log_key = self._randomness.bytes(KEY_BYTES), self._randomness.bytes(KEY_BYTES)
        wrapped = _wrap(programme, template_key, subject_id, "template") + _wrap(programme, log_key, subject_id, "log")
        sql = "INSERT INTO person_keys (subject_id, programme_id, handle) VALUES (?, ?, ?)"
        self._keep(sql, (subject_id, programme_id), wrapped)
        return OpenPerson(programme_id, subject_id, template_key, log_key)

    def person(self, programme_id: str, subject_id: str) -> OpenPerson:
        """A person's keys; NotFound if there are none or they were destroyed."""
        wrapped, wrapped_by = self._kept(_PERSON, (subject_id, programme_id))
        return _person(self._programme(programme_id, wrapped_by), subject_id, wrapped)

    def some_of(self, programme_id: str, subject_ids: Sequence[str]) -> Iterator[OpenPerson]:
        """The keys of those of these people who have any, in no order; for opening the codes of a whole programme."""
        programme, wrap = self.programme(programme_id), "SELECT person_keys.subject_id, slots.data"
        marks = ", ".join("?" * len(subject_ids))
        sql = f"{wrap} FROM person_keys JOIN slots ON slots.owner = person_keys.handle "
        sql += f"WHERE person_keys.programme_id = ? AND person_keys.subject_id IN ({marks})"
        with self._lock:
            rows = self._database.query(sql, (programme_id, *subject_ids))
        for subject_id, slot in rows:
            yield _person(programme, str(subject_id), only_part(_bytes(slot)))

    def destroy_person(self, subject_id: str) -> bool:
        """Overwrite, delete and leave no copy in the write-ahead log; whether there was anything to destroy.

        Conflict if something else holds the file open, so that an old copy of the page may remain: try again.
        """
        self._destroyed.add([subject_id])
        return self._destroy("person_keys WHERE subject_id = ?", subject_id)

    def destroyed(self) -> frozenset[str]:
        """Whose keys were destroyed, ever."""
        return self._destroyed.all()

    def destroy_programme(self, programme_id: str) -> bool:
        """Destroy a programme's key, after the keys of all its people."""
        return self._destroy("programme_keys WHERE programme_id = ?", programme_id)

    def people(self) -> tuple[str, ...]:
        """The subject ids that have keys; for the start-up sweep."""
        with self._lock:
            return tuple(str(row[0]) for row in self._database.query("SELECT subject_id FROM person_keys"))

    def programmes(self) -> tuple[str, ...]:
        """The programme ids that have keys; for the start-up sweep."""
        with self._lock:
            return tuple(str(row[0]) for row in self._database.query("SELECT programme_id FROM programme_keys"))

    def signer(self, name: str) -> OpenSigner:
        """The server's signing key for one kind of thing ("log", "consent", "answer", "card"); made at first use."""
        return OpenSigner(name, Ed25519PrivateKey.from_private_bytes(self._own(name)))

    def installation(self) -> OpenProgramme:
        """The key of acts on the installation itself, which belong to no programme."""
        return OpenProgramme(INSTALLATION, derive(self._own("pins"), INSTALLATION))

    def peppered(self, word: str) -> bytes:
        """A PIN as it is hashed, so that the database alone does not let anyone try them."""
        return hmac.digest(self._own("pins"), word.encode(), "sha256")

    def rewrap(self, root: bytes) -> int:
        """Wrap everything under another root key, in one transaction; how many keys that were.

        People's keys are wrapped by their programme's and stay as they are.
        """
        with self._lock, self._database.transaction(write=True) as scope:
            slab = Slab(scope, SLOT_BYTES)
            programmes = scope.query("SELECT programme_id, handle FROM programme_keys")
            for programme_id, handle in programmes:
                place = ("programme", str(programme_id))
                slab.replace(_bytes(handle), seal(root, unseal(self._root, slab.get(_bytes(handle)), *place), *place))
            own = scope.query("SELECT name, wrapped FROM signers")
            for name, wrapped in own:
                place = ("signer", str(name))
                fresh = seal(root, unseal(self._root, _bytes(wrapped), *place), *place)
                scope.execute("UPDATE signers SET wrapped = ? WHERE name = ?", (fresh, str(name)))
        self._root = root
        self._truncate()
        return len(programmes) + len(own)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _belong_to(self, store_id: str) -> None:
        """Remember the database these keys are for; SetupError for another, whose people would look like orphans."""
        sql = "INSERT INTO identity (one, store_id) VALUES (1, ?) ON CONFLICT (one) DO NOTHING"
        self._database.execute(sql, (store_id,))
        if self._database.query("SELECT store_id FROM identity") != [(store_id,)]:
            raise SetupError("keys.db belongs to another database; restore both from the same installation")
        try:
            self.signer("log")
        except SealBroken as error:
            raise SetupError("this root key does not open keys.db") from error

    def _own(self, name: str) -> bytes:
        """A key of the server's own, by its name; made at first use."""
        fresh = seal(self._root, self._randomness.bytes(KEY_BYTES), "signer", name)
        with self._lock, self._database.transaction(write=True) as scope:
            sql = "INSERT INTO signers (name, wrapped) VALUES (?, ?) ON CONFLICT (name) DO NOTHING"
            scope.execute(sql, (name, fresh))
            wrapped = _bytes(scope.query("SELECT wrapped FROM signers WHERE name = ?", (name,))[0][0])
        return unseal(self._root, wrapped, "signer", name)

    def _keep(self, insert: str, names: tuple[str, ...], wrapped: bytes) -> None:
        with self._lock, self._database.transaction(write=True) as scope:
            scope.execute(insert, (*names, Slab(scope, SLOT_BYTES).put(wrapped)))
        self._truncate()

    def _kept(self, select: str, names: tuple[str, ...]) -> list[bytes]:
        """What the slots of one row hold, as they are now; NotFound if there is none. One query sees one moment."""
        with self._lock:
            rows = self._database.query(select, names)
        if not rows:
            raise NotFound("no such key")
        return [only_part(_bytes(slot)) for slot in rows[0]]

    def _programme(self, programme_id: str, wrapped: bytes) -> OpenProgramme:
        return OpenProgramme(programme_id, unseal(self._root, wrapped, "programme", programme_id))

    def _destroy(self, row: str, name: str) -> bool:
        with self._lock, self._database.transaction(write=True) as scope:
            rows = scope.query(f"SELECT handle FROM {row}", (name,))  # noqa: S608  row comes from code
            for (handle,) in rows:
                Slab(scope, SLOT_BYTES).blank(_bytes(handle))
            scope.execute(f"DELETE FROM {row}", (name,))  # noqa: S608  row comes from code
        if not self._truncate():
            raise Conflict("keys.db is in use by something else; the key is deleted but may still be in its log")
        return bool(rows)

    def _truncate(self) -> bool:
        with self._lock:
            return self._database.truncate()


def open_keys(path: Path, root: bytes, store_id: str, randomness: Randomness) -> Keys:
    """Open or make keys.db for the database with this identity; SetupError if the root key does not open it."""
    return Keys(path, root, store_id, randomness)


def _person(programme: OpenProgramme, subject_id: str, wrapped: bytes) -> OpenPerson:
    template_key = _unwrap(programme, wrapped[:WRAPPED_BYTES], subject_id, "template")
    log_key = _unwrap(programme, wrapped[WRAPPED_BYTES:], subject_id, "log")
    return OpenPerson(programme.programme_id, subject_id, template_key, log_key)


def _wrap(programme: OpenProgramme, key: bytes, subject_id: str, use: str) -> bytes:
    return seal(derive(programme.key, "wrap"), key, programme.programme_id, subject_id, use)


def _unwrap(programme: OpenProgramme, wrapped: Value, subject_id: str, use: str) -> bytes:
    return unseal(derive(programme.key, "wrap"), _bytes(wrapped), programme.programme_id, subject_id, use)


def _bytes(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise SealBroken("a key is not stored as bytes")
    return value
