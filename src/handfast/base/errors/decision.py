"""A decision that cannot be made honestly."""

from handfast.base.errors.root import HandfastError


class DecisionError(HandfastError):
    """A decision that cannot be made honestly."""

    code = "decision"


class NoCalibration(DecisionError):
    """No calibration table for this comparator and kind of sample pair."""

    code = "no-calibration"


class UnsupportedTarget(DecisionError):
    """The policy asks for an error rate that the calibration cannot support."""

    code = "unsupported-target"
    status = 422


class GateClosed(DecisionError):
    """The programme may not go live on this gate: it is not signed, not of this programme, or not passed."""

    code = "gate-closed"
    status = 409
