"""The hash ratchet of one person: the private code gives the first state, the server keeps only the newest.

From a state follow the tag of one use, the key of its details, and the next state; nothing leads back. So a server at
rest cannot list a person's past leaves, and the holder of the private code sees an omission as a gap.
"""

import hmac

from handfast.storage.keys.seal import derive

STATE_BYTES = 32


def first_state(code: bytes, subject_id: str) -> bytes:
    """The state before the first use, from the secret in the private code."""
    return derive(code, "ratchet", subject_id)


def next_state(state: bytes) -> bytes:
    """The state after one more use."""
    return hmac.digest(state, b"next", "sha256")


def tag(state: bytes) -> str:
    """What stands in the leaf of this use, 64 hexadecimal digits."""
    return hmac.digest(state, b"tag", "sha256").hex()


def of_use(state: bytes) -> bytes:
    """What the key of this use's details is made from, with the person's log key (`PersonKeys.use_key`).

    Past states are gone, so the past stays shut; without the log key all of it is.
    """
    return hmac.digest(state, b"details", "sha256")
