"""Sharing the root key among people, so that any two of three bring it back (Shamir 1979, over GF(2**8)).

The field is that of AES (FIPS 197, section 4: x**8 + x**4 + x**3 + x + 1). One share alone tells nothing of the key.
A share as written: HFS1, the set, its number, 58 letters of Crockford's base 32 in groups, four letters of check.
"""

import hashlib
from collections.abc import Sequence

from handfast.base.errors import SetupError
from handfast.base.randomness import Randomness

SHARES, NEEDED = 3, 2
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("ILO", "110", " \t\n")
_PREFIX = "HFS1"
_KEY = 32  # bytes
_CHECK = 4  # bytes


def split(key: bytes, randomness: Randomness) -> tuple[str, ...]:
    """Three shares of a 32-byte key, as they are written down; any two bring it back."""
    slope, name = randomness.bytes(_KEY), randomness.bytes(2).hex().upper()
    check = _check(key, name)
    return tuple(_written(name, x, _line(key, slope, x) + check) for x in range(1, SHARES + 1))


def join(shares: Sequence[str]) -> bytes:
    """The key from two shares. SetupError for a typing mistake, shares of different sets, or the same one twice."""
    read = [_read(share) for share in shares]
    if len(read) != NEEDED:
        raise SetupError(f"{NEEDED} shares bring the key back, neither more nor fewer")
    (name, x, one), (other, y, two) = read
    if name != other:
        raise SetupError("these shares are of two different splits")
    if x == y:
        raise SetupError("this is the same share twice")
    key = bytes(_at_zero(x, a, y, b) for a, b in zip(one[:_KEY], two[:_KEY], strict=True))
    if _check(key, name) != one[_KEY:] or one[_KEY:] != two[_KEY:]:
        raise SetupError("these shares do not fit together")
    return key


def _line(key: bytes, slope: bytes, x: int) -> bytes:
    return bytes(k ^ _times(s, x) for k, s in zip(key, slope, strict=True))


def _check(key: bytes, name: str) -> bytes:
    """Tells whether a key came back whole; of a random key it gives nothing away that helps to find it."""
    return hashlib.sha256(b"handfast share" + name.encode() + key).digest()[:_CHECK]


def _written(name: str, x: int, content: bytes) -> str:
    number = int.from_bytes(content)
    letters = "".join(_ALPHABET[number >> 5 * i & 31] for i in reversed(range(_letters(len(content)))))
    groups = [letters[i : i + 6] for i in range(0, len(letters), 6)]
    body = "-".join([_PREFIX, name, str(x), *groups])
    return f"{body}-{_typed(body)}"


def _read(share: str) -> tuple[str, int, bytes]:
    """The set's name, the share's number, its bytes."""
    words = share.strip().upper().replace(" ", "").split("-")
    body = "-".join([*words[:2], *(word.translate(_LOOK_ALIKES) for word in words[2:-1])])
    letters = "".join(body.split("-")[3:])
    size = _KEY + _CHECK
    if len(words) < 5 or words[0] != _PREFIX or words[-1] != _typed(body) or len(letters) != _letters(size):
        raise SetupError("this share has a typing mistake")
    number = 0
    for letter in letters:
        number = number << 5 | _ALPHABET.index(letter)
    return words[1], int(words[2]), number.to_bytes(size)


def _typed(body: str) -> str:
    """Four letters that find a typing mistake."""
    return hashlib.sha256(body.encode()).hexdigest()[:4].upper()


def _letters(size: int) -> int:
    return -(-8 * size // 5)


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = (a << 1) ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    power = 1
    for _ in range(254):  # a**254 = 1 / a in a field of 256
        power = _times(power, a)
    return power


def _at_zero(x: int, a: int, y: int, b: int) -> int:
    """The value at 0 of the line through (x, a) and (y, b) (Lagrange)."""
    span = _inverse(x ^ y)
    return _times(_times(a, y) ^ _times(b, x), span)
