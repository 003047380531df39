"""The private code: 120 random bits on paper, for the person alone. It opens their page and holds their ratchet."""

from handfast.base.errors import NotAuthorised
from handfast.base.randomness import Randomness
from handfast.storage.keys.seal import derive

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_LOOK_ALIKES = str.maketrans("ILO", "110", " -\t\n")
_SECRET_BYTES = 15
_LETTERS = 24
_GROUP = 5


def new_private_code(randomness: Randomness) -> str:
    """A fresh code as it is printed: five groups of five, the last letter a check."""
    number = int.from_bytes(randomness.bytes(_SECRET_BYTES))
    letters = "".join(_ALPHABET[number >> (5 * i) & 31] for i in reversed(range(_LETTERS)))
    letters += _check_letter(letters)
    return "-".join(letters[i : i + _GROUP] for i in range(0, len(letters), _GROUP))


def read_private_code(text: str) -> bytes:
    """The 15 secret bytes of a code as typed; NotAuthorised if it cannot be one."""
    letters = text.upper().translate(_LOOK_ALIKES)
    if len(letters) != _LETTERS + 1 or set(letters) - set(_ALPHABET) or letters[-1] != _check_letter(letters[:-1]):
        raise NotAuthorised("this private code has a typing mistake")
    number = 0
    for letter in letters[:-1]:
        number = number << 5 | _ALPHABET.index(letter)
    return number.to_bytes(_SECRET_BYTES)


def code_lookup(code: bytes) -> bytes:
    """The hash under which the server knows a code; it leads neither to the code nor to the ratchet."""
    return derive(code, "lookup")


def _check_letter(letters: str) -> str:
    return _ALPHABET[sum((i + 1) * _ALPHABET.index(letter) for i, letter in enumerate(letters)) % 31]
