"""The impact assessment follows the configuration, and a signature is for one text."""

import json

import pytest

from handfast.base.errors import Conflict, NotAllowed, RequestError
from handfast.consent.statement import verify_statement
from handfast.service.owner import dpia
from handfast.service.owner.policies import set_policy
from support.scripted import PROGRAMME, Desk


def test_the_assessment_says_what_is_configured(desk: Desk) -> None:
    text = dpia.assessment(desk.context, desk.admin, desk.programme.id).text
    for said in (PROGRAMME.purpose, PROGRAMME.who_sees, *PROGRAMME.another_way, "365 days", "after that no backup"):
        assert said in text
    assert ("1:N" in text) is PROGRAMME.find


def test_a_signature_is_over_as_soon_as_the_programme_is_configured_anew(desk: Desk) -> None:
    read = dpia.assessment(desk.context, desk.admin, desk.programme.id)
    statement = dpia.sign(desk.context, desk.admin, desk.programme.id, read.sha256, "Ada, head of the clinic")
    said, _ = verify_statement(json.dumps(statement).encode(), desk.context.ledger.public_key)
    assert (said["sha256"], said["name"]) == (read.sha256, "Ada, head of the clinic")
    assert dpia.assessment(desk.context, desk.admin, desk.programme.id).signed_by == "Ada, head of the clinic"
    set_policy(desk.context, desk.admin, desk.programme.id, {"attempts": 2})
    assert dpia.assessment(desk.context, desk.admin, desk.programme.id).signed_by is None


def test_nobody_signs_another_text_or_without_a_name(desk: Desk) -> None:
    read = dpia.assessment(desk.context, desk.admin, desk.programme.id)
    with pytest.raises(Conflict):
        dpia.sign(desk.context, desk.admin, desk.programme.id, "0" * 64, "Ada")
    with pytest.raises(RequestError):
        dpia.sign(desk.context, desk.admin, desk.programme.id, read.sha256, " ")
    with pytest.raises(NotAllowed):
        dpia.sign(desk.context, desk.caller, desk.programme.id, read.sha256, "Ada")
