"""Policies as data: what a programme's row, a file and a request carry."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from handfast.base.errors import RequestError
from handfast.base.modality import Modality
from handfast.decision.policy import Policy

CHANGEABLE = tuple(field.name for field in fields(Policy) if field.name not in ("id", "version"))


def policy_data(policy: Policy) -> dict[str, object]:
    """The policy as JSON holds it."""
    return asdict(policy) | {"required": sorted(policy.required)}


def policy_from(data: Mapping[str, Any]) -> Policy:
    """The policy that JSON holds; RequestError names what is wrong with it."""
    try:
        return Policy(**{**data, "required": frozenset(Modality(word) for word in data["required"])})
    except (KeyError, TypeError, ValueError) as error:
        raise RequestError(f"not a policy: {error}") from None


def changed(policy: Policy, asked: Mapping[str, Any]) -> Policy:
    """The next version of a policy, with what was asked for. RequestError for what a policy does not have."""
    if unknown := sorted(set(asked) - set(CHANGEABLE)):
        raise RequestError(f"a policy has no {', '.join(unknown)}")
    return policy_from({**policy_data(policy), "version": policy.version + 1, **asked})
