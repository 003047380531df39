"""A programme leaves trial on a signed gate of its own, and falls back when what was measured is not there any more."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from handfast.base.errors import GateClosed, NotAllowed
from handfast.decision.gate import Finding, public_of, sign_as_owner, sign_gate, table_digest
from handfast.decision.policy_data import policy_data
from handfast.decision.tables import Basis, Tables
from handfast.service import finish
from handfast.service.owner import dpia
from handfast.service.owner.go_live import go_live, tables_in_use
from handfast.service.owner.policies import policy_of, set_policy
from handfast.service.owner.programmes import open_programme, public_page
from handfast.service.sessions import NewSession, session_state
from handfast.service.start import stop
from support import scripted
from support.scripted import PROGRAMME, Desk

LAB, OWNER, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))


def gate(desk: Desk, finding: Finding = Finding.PASSED, **changes: Any) -> str:
    """A gate as the lab would make it for the desk's programme, with one check."""
    check = {"name": "strangers accepted in a transaction", "finding": finding, "people": 60}
    body = {
        "programme": desk.programme.id,
        "policy": policy_data(policy_of(open_programme(desk.context, desk.programme.id))),
        "tables": {table.id: table_digest(table) for table in tables_in_use(desk.context)},
        "models": [],
        "people": 60,
        "checks": [check],
    }
    return sign_gate(body | changes, LAB)


def pass_gate(desk: Desk, file: str, lab: Ed25519PrivateKey = LAB, owner: Ed25519PrivateKey | None = None) -> None:
    expected = None if owner is None else public_of(owner)
    text = dpia.assessment(desk.context, desk.admin, desk.programme.id)
    dpia.sign(desk.context, desk.admin, desk.programme.id, text.sha256, "Ada")
    go_live(desk.context, desk.admin, desk.programme.id, file, expected_lab=public_of(lab), expected_owner=expected)


def trial(desk: Desk, reference: str = "P-1") -> bool:
    """Whether the answer of a check says `trial`, as its caller is told."""
    session = desk.open(NewSession("check", reference=reference))
    desk.say(session.token)
    desk.play(session.token, desk.phone(session.token, person=1))
    finish.finish(desk.context, session.token)
    told = session_state(desk.context, desk.caller, session.id).answer
    assert told is not None
    return told.trial


def test_no_programme_goes_live_before_its_impact_assessment_is_signed(desk: Desk) -> None:
    with pytest.raises(GateClosed, match="impact assessment"):
        go_live(
            desk.context, desk.admin, desk.programme.id, gate(desk), expected_lab=public_of(LAB), expected_owner=None
        )


def test_answers_say_trial_until_the_gate_is_passed(desk: Desk) -> None:
    desk.enrol("P-1", person=1)
    assert trial(desk)
    pass_gate(desk, gate(desk))
    assert not trial(desk)
    page = public_page(desk.context, desk.programme.id)
    assert not page.trial
    assert page.gate is not None
    assert (page.gate.people, page.gate.evidence, page.gate.owner) == (60, True, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"programme": "prg_other"},
        {"policy": {}},
        {"tables": {}},
        {"models": ["another-model:2"]},
    ],
)
def test_a_gate_of_something_else_opens_nothing(desk: Desk, changes: dict[str, Any]) -> None:
    with pytest.raises(GateClosed, match="gate"):
        pass_gate(desk, gate(desk, **changes))
    assert public_page(desk.context, desk.programme.id).trial


def test_a_gate_by_a_key_that_nobody_expects_opens_nothing(desk: Desk) -> None:
    with pytest.raises(GateClosed, match="another lab"):
        pass_gate(desk, gate(desk), lab=OTHER)


def test_a_failed_gate_names_what_failed_and_no_signature_helps(desk: Desk) -> None:
    signed = sign_as_owner(gate(desk, Finding.FAILED), "Dr. Okafor", OWNER)
    with pytest.raises(GateClosed, match="strangers accepted in a transaction"):
        pass_gate(desk, signed, owner=OWNER)


def test_no_evidence_needs_the_owners_signature_and_stays_on_the_public_page(desk: Desk) -> None:
    file = gate(desk, Finding.NO_EVIDENCE)
    with pytest.raises(GateClosed, match="owner's signature"):
        pass_gate(desk, file)
    signed = sign_as_owner(file, "Dr. Okafor", OWNER)
    with pytest.raises(GateClosed, match="another owner"):
        pass_gate(desk, signed, owner=OTHER)
    pass_gate(desk, signed, owner=OWNER)
    page = public_page(desk.context, desk.programme.id)
    assert page.gate is not None
    assert (page.gate.evidence, page.gate.owner) == (False, "Dr. Okafor")


def test_only_an_administrator_takes_a_programme_live(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        go_live(
            desk.context, desk.caller, desk.programme.id, gate(desk), expected_lab=public_of(LAB), expected_owner=None
        )


def test_a_new_policy_puts_the_programme_back_on_trial_and_the_old_gate_does_not_fit_it(desk: Desk) -> None:
    file = gate(desk)
    pass_gate(desk, file)
    set_policy(desk.context, desk.admin, desk.programme.id, {"attempts": 2})
    assert public_page(desk.context, desk.programme.id).trial
    assert public_page(desk.context, desk.programme.id).gate is None
    with pytest.raises(GateClosed, match="another policy"):
        pass_gate(desk, file)


def test_a_programme_falls_back_to_trial_when_other_tables_are_installed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_gate(desk, gate(desk))
    desk.restart()
    assert not public_page(desk.context, desk.programme.id).trial
    tables = [replace(table, ceiling=3.9) for table in scripted.scripted_tables().by_key.values()]
    monkeypatch.setattr(scripted, "scripted_tables", lambda: Tables.of(tables))
    desk.restart()
    assert public_page(desk.context, desk.programme.id).trial


def test_going_live_is_in_the_log(desk: Desk) -> None:
    pass_gate(desk, gate(desk))
    with desk.context.store.read() as reader:
        kinds = [json.loads(leaf)["kind"] for leaf in reader.log.leaves()]
    assert kinds[-1] == "go-live"


def test_a_table_without_a_real_sample_cannot_be_signed_for_without_evidence(tmp_path: Path) -> None:
    drawn = [replace(table, basis=Basis.SYNTHETIC) for table in scripted.scripted_tables().by_key.values()]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scripted, "scripted_tables", lambda: Tables.of(drawn))
        patch.setattr(
            scripted, "PROGRAMME", replace(PROGRAMME, policy={"target_far": 0.1, "false_refusal": 0.1, "attempts": 1})
        )
        desk = Desk(tmp_path)
        names = [f"{table.id}, hand: strangers beyond a ratio" for table in tables_in_use(desk.context)]
        checks = [{"name": name, "finding": Finding.NO_EVIDENCE, "people": 12} for name in names]
        signed = sign_as_owner(gate(desk, checks=checks), "Dr. Okafor", OWNER)
        with pytest.raises(GateClosed, match="never saw a real sample"):
            pass_gate(desk, signed, owner=OWNER)
        stop(desk.context)
