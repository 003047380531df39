"""A person's search codes as kept: packed, and sealed under a key of their own that withdrawal destroys."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from handfast.base.errors import SealBroken, UnreadableTemplate
from handfast.base.grant import Grant
from handfast.base.modality import FingerPosition, Modality
from handfast.base.search import SearchCode, Searcher
from handfast.base.template import Template
from handfast.storage.keys.opened import OpenPerson
from handfast.storage.keys.seal import derive, seal, unseal
from handfast.storage.tables.search_codes import SearchCodeRow

_HEAD = struct.Struct("<BBH")  # modality, finger position, bytes
_MODALITIES = (Modality.FACE, Modality.FINGER)


def row_for(grant: Grant, model: str, today: date) -> SearchCodeRow:
    """The row of a person's codes under this grant's consent, with nothing in it so far."""
    return SearchCodeRow(grant.subject_id, model, grant.programme_id, grant.consent_id, b"", today)


def sealed_codes(person: OpenPerson, row: SearchCodeRow, codes: Sequence[SearchCode]) -> SearchCodeRow:
    """The row with these codes in it. SealBroken if it is somebody else's."""
    _same(person, row)
    return replace(row, sealed=seal(_key(person), pack(codes), *_place(person, row.model)))


def opened_codes(person: OpenPerson, row: SearchCodeRow) -> tuple[SearchCode, ...]:
    """The codes of a row. SealBroken if it is not this person's, UnreadableTemplate if it holds something else."""
    _same(person, row)
    return unpack(unseal(_key(person), row.sealed, *_place(person, row.model)))


def codes_of(searchers: Mapping[Modality, Searcher], templates: Sequence[Template]) -> tuple[SearchCode, ...]:
    """What somebody with these templates is searched by; those of fingers with the best quality first."""
    codes = [code for searcher in searchers.values() for code in searcher.codes(templates)]
    return best_first(codes, [(template.position, template.quality.value) for template in templates])


def best_first(
    codes: Sequence[SearchCode], qualities: Sequence[tuple[FingerPosition | None, float]]
) -> tuple[SearchCode, ...]:
    """Codes in the order of the best quality, 0..100, of what they were made of."""
    best = sorted(qualities, key=lambda one: -one[1])
    order = {position: n for n, (position, _) in reversed(list(enumerate(best)))}
    return tuple(sorted(codes, key=lambda code: order.get(code.position, 0)))


def turned_codes(
    searchers: Mapping[Modality, Searcher], codes: Sequence[SearchCode], key: bytes
) -> tuple[SearchCode, ...]:
    """Codes under the transform of this key."""
    by_modality = {m: [code for code in codes if code.modality is m] for m in searchers}
    turned = [searchers[m].turned(mine, key) for m, mine in by_modality.items() if mine]
    return tuple(code for some in turned for code in some)


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


def _same(person: OpenPerson, row: SearchCodeRow) -> None:
    if (row.programme_id, row.subject_id) != (person.programme_id, person.subject_id):
        raise SealBroken("this code is somebody else's")


def _key(person: OpenPerson) -> bytes:
    return derive(person.template_key, "search")


def _place(person: OpenPerson, model: str) -> tuple[str, ...]:
    return (person.programme_id, person.subject_id, "search code", model)
