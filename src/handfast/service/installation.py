"""Acts on the installation itself, which belong to no programme: their leaves lie under a key of its own."""

from handfast.service.context import Context
from handfast.storage.keys.key_values import ProgrammeKeys


def keys_for(context: Context, programme_id: str) -> ProgrammeKeys:
    """The keys of a programme, or with "" those of the installation. Raises NotFound."""
    if programme_id:
        return context.keys.programme(programme_id)
    return context.keys.installation()
