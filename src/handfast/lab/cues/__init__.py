"""Passive cues of a live session, each in a file of its own: numbers that are larger for an attack. For the lab only.

No answer of the product rests on any of them: docs/liveness.md says what was measured and why.
"""
