"""A set of labelled pictures, as a study is exported and as the lab reads it: one digest of all of it, one sentence."""

import hashlib
from collections.abc import Iterable

FORMAT = "handfast-set:1"
CONSENT = "Everybody on these pictures agreed to their being used to measure error rates, or the source says so."


def set_digest(pictures: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over (place within the set, SHA-256 of the content in hex) of each, in order of place by its parts."""
    digest = hashlib.sha256()
    for place, content in sorted(pictures, key=lambda picture: picture[0].split("/")):
        digest.update(f"{place}\0{content}\n".encode())
    return digest.hexdigest()
