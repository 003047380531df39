"""The keys of an installation as they lie there: an unfinished rotation settled, the root key read or made, opened."""

from handfast.base.errors import SetupError
from handfast.base.randomness import Randomness
from handfast.base.settings import Settings
from handfast.storage.keys.root_key import root_key
from handfast.storage.keys.rotation import settle
from handfast.storage.keys.store import Keys, open_keys

KEYS_FILE = "keys.db"


def installed_keys(settings: Settings, store_id: str, randomness: Randomness, *, used: bool) -> Keys:
    """The keys for the database with this identity, in which somebody is kept already if it is `used`.

    SetupError if it is used and its keys are missing, or the root key does not open them.
    """
    key_file = settings.keys_home / KEYS_FILE
    if used and not key_file.exists():
        # New keys beside old records would look like a working installation in which nobody can be opened.
        raise SetupError(f"{key_file} is missing; restore it, for nothing in the database opens without it")
    settings.keys_home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settle(settings.root_key, settings.keys_home)
    root = root_key(settings.root_key, settings.keys_home, randomness)
    return open_keys(key_file, root, store_id, randomness)
