"""Search codes: a finger sought among everyone's."""
