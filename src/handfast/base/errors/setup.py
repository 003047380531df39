"""Something is not installed or not configured."""

from handfast.base.errors.root import HandfastError


class SetupError(HandfastError):
    """Something is not installed or not configured; the message says what to run."""

    code = "setup"


class ModelMissing(SetupError):
    """A model file is not installed: run `handfast models install`."""

    code = "model-missing"


class ModelDamaged(SetupError):
    """A model file does not have the hash that the manifest states."""

    code = "model-damaged"
