"""The answer to the caller: kept sealed for a while, given as a compact JWS (RFC 7515) good for five minutes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from handfast.audit.leaf import encode_details
from handfast.base.decision import Outcome
from handfast.service.context import Context
from handfast.service.jose import compact_jws, key_set
from handfast.storage.keys.key_values import ProgrammeKeys

GOOD_FOR = timedelta(minutes=5)
_PLACE = "answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome told to the caller; reference only where accepted (check), found or enrolled.

    fpir       of a find: the share of searches for somebody who is not there that may name anyone, at this size
    complete   of a find: False where a part of the gallery could not be searched
    lowered    what made the assurance less than its mode promises, as stable words
    """

    outcome: str
    advice: str | None
    trial: bool
    assurance: str
    policy: str
    reference: str | None
    log_index: int | None
    fpir: float | None = None
    complete: bool | None = None
    lowered: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """The outcome of a check as told to the phone; reference only where accepted.

    return_url   where the caller wants the person back, if anywhere
    page_token   opens the person's own page, where the check was asked for to open it
    """

    outcome: Outcome
    advice: str | None
    trial: bool
    reference: str | None
    return_url: str | None
    page_token: str | None = None


def sealed_answer(answer: Answer, keys: ProgrammeKeys, session_id: str) -> bytes:
    """The answer as the session's row keeps it."""
    return keys.seal(encode_details(asdict(answer)), _PLACE, session_id)


def opened_answer(sealed: bytes, keys: ProgrammeKeys, session_id: str) -> Answer:
    """The answer that a session's row keeps. Raises SealBroken."""
    return Answer(**json.loads(keys.unseal(sealed, _PLACE, session_id)))


def signed_answer(context: Context, answer: Answer, programme_id: str, session_id: str, at: datetime) -> str:
    """The answer as a JWS, fresh from now; `at` is when it was given."""
    now = context.clock.now()
    claims: dict[str, object] = {
        "iss": context.log.origin,
        "sub": session_id,
        "programme": programme_id,
        "at": int(at.timestamp()),
        "iat": int(now.timestamp()),
        "exp": int((now + GOOD_FOR).timestamp()),
        **{name: value for name, value in asdict(answer).items() if value is not None},
    }
    return compact_jws(claims, context.answers)


def jwks(context: Context) -> Mapping[str, object]:
    """The public keys that answers are signed with (RFC 7517)."""
    return key_set(context.answers)
