"""Handfast: identity verification by face and contactless fingerprints, a phone camera, and consent."""

__version__ = "0.1.0"
