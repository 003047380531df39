"""The purposes that a person can agree to, one at a time, with their terms in the W3C Data Privacy Vocabulary."""

from enum import StrEnum


class Purpose(StrEnum):
    """One purpose; consent to one is consent to no other."""

    VERIFY = "verify"
    FIND = "find"
    DUPLICATE_CHECK = "duplicate-check"
    REVIEW_PICTURES = "review-pictures"
    STUDY = "study"


SEARCHES = frozenset({Purpose.FIND, Purpose.DUPLICATE_CHECK})
"""Purposes for which a person may be among those who are searched."""

DPV_PURPOSE = {
    Purpose.VERIFY: "https://w3id.org/dpv#IdentityVerification",
    Purpose.FIND: "https://w3id.org/dpv#IdentityVerification",
    Purpose.DUPLICATE_CHECK: "https://w3id.org/dpv#FraudPreventionAndDetection",
    Purpose.REVIEW_PICTURES: "https://w3id.org/dpv#IdentityVerification",
    Purpose.STUDY: "https://w3id.org/dpv#ResearchAndDevelopment",
}
