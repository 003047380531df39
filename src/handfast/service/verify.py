"""A check, 1:1, from the live capture to the answer."""

from dataclasses import dataclass

from handfast.base.decision import Outcome


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What the phone is told; reference only where accepted."""

    outcome: Outcome
    advice: str | None
    trial: bool
    reference: str | None
