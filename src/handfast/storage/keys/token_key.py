"""The root key from a token by PKCS#11 (OASIS, 3.0): HMAC-SHA-256 of a fixed text under a key that never leaves it.

The key in the token is a generic secret (CKK_GENERIC_SECRET or CKK_SHA256_HMAC) that may sign. Where it is is told by a
URI of RFC 7512: `pkcs11:token=NAME;object=LABEL?module-path=/path/module.so&pin-source=file:/path/pin`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from handfast.base.errors import SetupError

TEXT = b"handfast root key:1"
EXTRA = 'PKCS#11 needs an extra that is not installed: run scripts/setup token (or pip install "handfast[token]")'


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Where a key is: the module of the token's maker, the token's label, the key's label, and the PIN."""

    module: str
    token: str
    key: str
    pin: str = field(repr=False)


def parse_uri(uri: str) -> TokenKey:
    """What a PKCS#11 URI names. Raises SetupError for one that lacks something, or whose PIN file others can read."""
    scheme, _, rest = uri.partition(":")
    path, _, query = rest.partition("?")
    if scheme != "pkcs11":
        raise SetupError("the root key's token is named by a URI that begins with pkcs11:")
    named, asked = _attributes(path, ";"), _attributes(query, "&")
    try:
        return TokenKey(asked["module-path"], named["token"], named["object"], _pin(asked["pin-source"]))
    except KeyError as missing:
        raise SetupError(f"the root key's URI lacks {missing.args[0]}") from None


def read_token_key(uri: str) -> bytes:
    """The 32-byte root key. Raises SetupError where the token, the key or the PIN is not as it should be."""
    where = parse_uri(uri)
    try:
        import pkcs11
    except ImportError as error:
        raise SetupError(EXTRA) from error
    try:
        token = pkcs11.lib(where.module).get_token(token_label=where.token)
        with token.open(user_pin=where.pin) as session:
            key = session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, label=where.key)
            return bytes(key.sign(TEXT, mechanism=pkcs11.Mechanism.SHA256_HMAC))
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
        raise SetupError(f"the token {where.token} gave no root key: {type(error).__name__}") from error


def _attributes(text: str, between: str) -> Mapping[str, str]:
    pairs = (part.partition("=") for part in text.split(between) if part)
    return {name: unquote(value) for name, _, value in pairs}


def _pin(source: str) -> str:
    path = Path(urlsplit(source).path if source.startswith("file:") else source)
    if not path.is_file():
        raise SetupError(f"the token's PIN is missing: expected at {path}")
    if path.stat().st_mode & 0o077:
        raise SetupError(f"others can read the token's PIN: run chmod 600 {path}")
    return path.read_text(encoding="utf-8").strip()
