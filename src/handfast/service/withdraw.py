"""Withdrawal: all use stops, the keys are destroyed, and the person takes away a signed statement of it."""

import json
from collections.abc import Mapping

from handfast.audit import withdrawal
from handfast.audit.leaf import to_the_minute
from handfast.audit.log import Logged
from handfast.base.errors import Conflict, NotAuthorised, NotFound
from handfast.consent.statement import sign_statement
from handfast.service.context import Context
from handfast.service.tokens import OpenPage

SCHEMA = "handfast-withdrawal:1"


def withdraw(context: Context, opened: OpenPage, actor: str, details: Mapping[str, object]) -> Mapping[str, object]:
    """Withdraw the person behind an open page; the signed statement. Raises NotAuthorised if they are gone."""
    programme_id, subject_id = opened.programme_id, opened.subject_id
    # 1 Stop all use and log it; destroy the keys; log that.
    try:
        done = withdrawal.withdraw(context.store, context.keys, context.log, programme_id, subject_id, actor, details)
    except (NotFound, Conflict) as error:
        raise NotAuthorised("nothing is held any more") from error
    # 2 Nothing stays open.
    context.pages.close(subject_id)
    context.enrolled.close(subject_id)
    # 3 What the person takes away: nobody else can open these leaves from now on.
    statement = {
        "schema_version": SCHEMA,
        "withdrawn_at": to_the_minute(context.clock.now()),
        "programme": programme_id,
        "withdrawn": _leaf(done.withdrawn),
        "erased": _leaf(done.erased),
        "checkpoint": done.erased.checkpoint,
        "log_key": context.log.verifier_key,
    }
    signed: Mapping[str, object] = json.loads(sign_statement(statement, context.keys.signer("consent")))
    return signed


def _leaf(logged: Logged) -> Mapping[str, object]:
    opening = logged.opening
    opened = {"nonce": opening.nonce.hex(), "details": opening.details.decode()} if opening else {}
    return {"leaf": logged.raw.decode(), **opened}
