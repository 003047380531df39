"""A person's search codes as kept: packed, and sealed under a key of their own that withdrawal destroys."""

import struct
from collections.abc import Sequence
from datetime import date

from handfast.base.errors import NoConsent, SealBroken, UnreadableTemplate
from handfast.base.grant import Grant
from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import SearchCode
from handfast.storage.key_values import PersonKeys
from handfast.storage.seal import derive, seal, unseal
from handfast.storage.search_codes import SearchCodeRow

_HEAD = struct.Struct("<BBH")  # modality, finger position, bytes
_MODALITIES = (Modality.FACE, Modality.FINGER)


def sealed_codes(
    person: PersonKeys, grant: Grant, model: str, codes: Sequence[SearchCode], today: date
) -> SearchCodeRow:
    """The row that keeps these codes. NoConsent if the grant is for somebody else."""
    if (grant.programme_id, grant.subject_id) != (person.programme_id, person.subject_id):
        raise NoConsent("this grant is for somebody else")
    sealed = seal(_key(person), pack(codes), *_place(person, model))
    return SearchCodeRow(person.subject_id, model, person.programme_id, grant.consent_id, sealed, today)


def opened_codes(person: PersonKeys, row: SearchCodeRow) -> tuple[SearchCode, ...]:
    """The codes of a row. SealBroken if it is not this person's, UnreadableTemplate if it holds something else."""
    if row.subject_id != person.subject_id:
        raise SealBroken("this code is somebody else's")
    return unpack(unseal(_key(person), row.sealed, *_place(person, row.model)))


def pack(codes: Sequence[SearchCode]) -> bytes:
    """Codes as bytes."""
    return b"".join(
        _HEAD.pack(_MODALITIES.index(code.modality), int(code.position or 0), len(code.data)) + code.data
        for code in codes
    )


def unpack(data: bytes) -> tuple[SearchCode, ...]:
    """Codes from bytes. Raises UnreadableTemplate."""
    codes, at = [], 0
    try:
        while at < len(data):
            modality, position, length = _HEAD.unpack_from(data, at)
            at += _HEAD.size
            if at + length > len(data):
                raise UnreadableTemplate("a search code is cut short")
            place = FingerPosition(position) if position else None
            codes.append(SearchCode(_MODALITIES[modality], place, data[at : at + length]))
            at += length
    except (struct.error, ValueError, IndexError) as error:
        raise UnreadableTemplate("these bytes are not search codes") from error
    return tuple(codes)


def _key(person: PersonKeys) -> bytes:
    return derive(person.template_key, "search")


def _place(person: PersonKeys, model: str) -> tuple[str, ...]:
    return (person.programme_id, person.subject_id, "search code", model)
