"""Opening an installation: stores, start-up sweeps, engines warmed; and shutting it."""

from handfast.base.clock import Clock, SystemClock
from handfast.base.randomness import Randomness, SystemRandomness
from handfast.base.settings import Settings
from handfast.service.context import Context


def start(settings: Settings, *, clock: Clock = SystemClock(), randomness: Randomness = SystemRandomness()) -> Context:  # noqa: B008
    """A ready context: root key made if there is none, stores opened and swept, models loaded and warmed."""
    raise NotImplementedError


def stop(context: Context) -> None:
    """Close the stores. Sessions in memory are lost; their claims remain."""
    raise NotImplementedError
