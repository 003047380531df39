"""A stand-in for the person before the camera, for demonstrations and tests. What it shows was never seen."""

from handfast.lab.actor.hands import Flaw
from handfast.lab.actor.performer import Actor

__all__ = ["Actor", "Flaw"]
