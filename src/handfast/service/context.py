"""Everything a flow needs, as one value made at start."""

from dataclasses import dataclass

from handfast.base.clock import Clock
from handfast.base.randomness import Randomness


@dataclass(frozen=True, slots=True)
class Context:
    """One installation at run time. (store, keys, ledger, log, references, engines, tables follow as they land.)"""

    clock: Clock
    randomness: Randomness
