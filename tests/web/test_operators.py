"""Operators: passkeys, the desk's cookie, its lock, second persons; and what must not work."""

from copy import copy
from datetime import timedelta

import pytest

from support.authenticator import Authenticator
from support.colleagues import COOKIE, Colleague, colleague, page_origin
from support.interface import Interface

ADMINISTRATOR = [{"role": "administrator"}]


def test_an_invitation_is_good_for_one_passkey(handfast: Interface) -> None:
    made = handfast.ok("POST", "/v1/operators", {"name": "Ada", "rights": ADMINISTRATOR}, handfast.administrator)
    secret = made["link"].partition("#join=")[2]
    first, second = (Colleague(handfast, Authenticator(page_origin(handfast))) for _ in range(2))
    assert first.join(secret).status == 200
    options = handfast.call("POST", "/v1/desk/join/options", {"invitation": secret}, headers=second.headers)
    assert (options.status, options.code) == (401, "not-authorised")


def test_an_operator_comes_back_by_passkey_and_the_cookie_is_out_of_a_scripts_reach(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"], site="North gate")
    told = ada.sign_in()
    assert told.status == 200
    cookie = told.headers["set-cookie"]
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"))
    assert ada.session(kind="check", reference="P-1").status == 201
    assert ada.session(kind="enrol", reference="P-1").status == 403


def test_an_assertion_that_was_heard_is_refused_the_second_time(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    answer = ada.answer("sign-in")
    sent = {"Origin": ada.passkey.origin}
    assert handfast.call("POST", "/v1/desk/sign-in", {"credential": answer}, headers=sent).status == 200
    again = handfast.call("POST", "/v1/desk/sign-in", {"credential": answer}, headers=sent)
    assert (again.status, again.code) == (401, "not-authorised")


def test_a_passkey_shown_on_another_page_or_for_another_purpose_opens_nothing(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    elsewhere = handfast.call(
        "POST", "/v1/desk/options", {"purpose": "sign-in"}, headers={"Origin": "https://evil.example"}
    )
    assert (elsewhere.status, elsewhere.code) == (403, "cross-site")
    stepped = {"credential": ada.answer("step-up")}
    sent = {"Origin": ada.passkey.origin}
    assert handfast.call("POST", "/v1/desk/sign-in", stepped, headers=sent).status == 401
    honest = ada.passkey.origin
    options = handfast.call("POST", "/v1/desk/options", {"purpose": "sign-in"}, headers=sent).json
    ada.passkey.origin = "https://evil.example"
    phished = handfast.call("POST", "/v1/desk/sign-in", {"credential": ada.passkey.show(options)}, headers=sent)
    ada.passkey.origin = honest
    assert phished.status == 401


@pytest.mark.parametrize("flaw", ["unverified", "rolled back", "stranger's"])
def test_a_passkey_without_its_owner_or_copied_opens_nothing(handfast: Interface, flaw: str) -> None:
    ada = colleague(handfast, ["checker"])
    ada.sign_in()
    ada.sign_in()
    if flaw == "unverified":
        ada.passkey.verified = False
    elif flaw == "rolled back":
        ada.passkey.uses = 0
    else:
        ada.passkey = Authenticator(ada.passkey.origin, id=ada.passkey.id, user=ada.passkey.user, uses=9)
    assert ada.sign_in().status == 401


def test_an_act_without_the_pages_own_header_or_from_elsewhere_is_refused(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    body = {"kind": "check", "reference": "P-1", "programme": handfast.desk.programme.id}
    elsewhere = ({"Origin": "https://evil.example"}, {"Origin": "null"})
    for wrong in ({"Handfast-CSRF": ""}, {"Handfast-CSRF": "A" * 43}, *elsewhere):
        sent = {**ada.headers, **wrong, "Idempotency-Key": "12345678"}
        told = handfast.call("POST", "/v1/sessions", body, headers=sent)
        assert (told.status, told.code) == (403, "cross-site"), wrong
    without = {name: value for name, value in ada.headers.items() if name == "Cookie"}
    assert handfast.call("POST", "/v1/desk/lock", headers=without).code == "cross-site"


def test_a_desk_that_nobody_touches_locks_and_looking_is_not_touching(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    handfast.desk.clock.pass_time(100)
    assert ada.ask("GET", "/v1/desk").status == 200
    assert ada.ask("POST", "/v1/desk/touch").status == 200
    handfast.desk.clock.pass_time(100)
    assert ada.ask("GET", "/v1/programmes").status == 200
    handfast.desk.clock.pass_time(30)
    told = ada.ask("GET", "/v1/programmes")
    assert (told.status, told.code) == (401, "desk-locked")
    assert ada.sign_in().status == 200
    ada.ok("POST", "/v1/desk/lock")
    assert ada.ask("GET", "/v1/desk").code == "desk-locked"


def test_the_next_person_takes_the_desk_over_and_the_one_before_is_out(handfast: Interface) -> None:
    ada, ben = colleague(handfast, ["checker"]), colleague(handfast, ["enroller"], name="Ben")
    body = {"credential": ben.answer("sign-in")}
    taken = handfast.call("POST", "/v1/desk/sign-in", body, headers={**ada.headers, "Origin": ada.passkey.origin})
    assert taken.json["desk"]["name"] == "Ben"
    assert ada.ask("GET", "/v1/desk").code == "not-authorised"


def test_signing_out_ends_the_shift_and_the_phones_pairing_with_it(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    phone = ada.paired()
    assert phone.ask("GET", "/v1/devices/own").status == 200
    ada.ok("POST", "/v1/desk/sign-out")
    assert ada.ask("GET", "/v1/desk").status == 401
    assert phone.ask("GET", "/v1/devices/own").status == 401


def test_rights_hold_at_their_site_alone_and_change_at_once(handfast: Interface) -> None:
    programme = handfast.desk.programme.id
    north = [{"role": "checker", "programme": programme, "site": "North"}]
    ada = colleague(handfast, [*north, {"role": "enroller", "programme": programme, "site": "South"}], site="North")
    assert ada.session(kind="check", reference="P-1").status == 201
    assert ada.session(kind="enrol", reference="P-1").status == 403
    ada.site = "Moon"
    assert ada.sign_in().status == 403
    ada.site = "North"
    ada.sign_in()
    handfast.ok("PUT", f"/v1/operators/{ada.id}/rights", {"rights": []}, handfast.administrator)
    assert ada.session(kind="check", reference="P-1").status == 403


def test_an_ended_operator_opens_nothing(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    phone = ada.paired()
    handfast.ok("DELETE", f"/v1/operators/{ada.id}", token=handfast.administrator)
    assert ada.ask("GET", "/v1/desk").status == 401
    assert ada.sign_in().status == 401
    assert phone.ask("GET", "/v1/devices/own").status == 401


def test_an_owner_makes_operators_for_their_own_programme_and_nobody_above_themselves(handfast: Interface) -> None:
    owner, programme = colleague(handfast, ["owner"]), handfast.desk.programme.id
    checker = {"name": "Cy", "rights": [{"role": "checker", "programme": programme}]}
    made = owner.ok("POST", "/v1/operators", checker)["operator"]["id"]
    assert {each["id"] for each in owner.ok("GET", "/v1/operators")} == {owner.id, made}
    for rights in (ADMINISTRATOR, [{"role": "checker"}], [{"role": "checker", "programme": "prg_other"}]):
        assert owner.ask("POST", "/v1/operators", {"name": "Cy", "rights": rights}).status == 403
    assert owner.ask("PUT", f"/v1/operators/{owner.id}/rights", checker | {"rights": []}).status in (400, 403)
    root = colleague(handfast, ADMINISTRATOR, name="Root")
    assert owner.ask("DELETE", f"/v1/operators/{root.id}").status == 404


def test_an_administrator_who_lost_every_passkey_comes_back_by_a_code_once(handfast: Interface) -> None:
    root = colleague(handfast, ADMINISTRATOR)
    assert len(root.recovery) == 8
    recovered = handfast.ok("POST", "/v1/desk/recover", {"code": root.recovery[0]})
    fresh = Colleague(handfast, Authenticator(page_origin(handfast)))
    assert fresh.join(recovered["invitation"]).status == 200
    assert fresh.id == root.id
    assert handfast.call("POST", "/v1/desk/recover", {"code": root.recovery[0]}).status == 401


def test_a_second_person_is_another_person_with_the_right_to_say_yes(handfast: Interface) -> None:
    ada, ben = colleague(handfast, ["enroller"]), colleague(handfast, ["enroller"], name="Ben")
    eve = colleague(handfast, ["auditor"], name="Eve")
    asked = {"act": "witness", "programme": handfast.desk.programme.id}
    for wrong in (ada, eve):
        told = ada.ask("POST", "/v1/desk/approvals", asked | {"credential": wrong.answer("witness")})
        assert (told.status, told.code) == (403, "second-person-needed")
    for_another = ada.ask("POST", "/v1/desk/approvals", asked | {"credential": ben.answer("export")})
    assert for_another.status == 401
    assert ada.seconded("witness", ben)


def test_the_cookie_alone_is_what_opens_a_desk(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    assert handfast.call("GET", "/v1/desk", headers={"Cookie": f"{COOKIE}={ada.csrf}"}).status == 401
    assert handfast.call("GET", "/v1/desk", token=ada.cookie).status == 401


def test_keys_and_closing_take_a_passkey_shown_within_five_minutes(handfast: Interface) -> None:
    root, programme = colleague(handfast, ADMINISTRATOR), handfast.desk.programme.id
    keys = f"/v1/programmes/{programme}/keys"
    made = root.ok("POST", keys, {"name": "till"})
    for _ in range(4):
        handfast.desk.clock.pass_time(90)
        root.ok("POST", "/v1/desk/touch")
    acts = [("POST", keys, {"name": "till"}), ("DELETE", f"{keys}/{made['id']}", None)]
    acts.append(("POST", f"/v1/programmes/{programme}/close", {"name": handfast.desk.programme.name}))
    for act in acts:
        told = root.ask(*act)
        assert (told.status, told.code) == (403, "step-up-needed"), act
    assert root.ask("GET", keys).status == 200
    root.ok("POST", "/v1/desk/step-up", {"credential": root.answer("step-up")})
    assert [root.ask(*act).status for act in acts] == [201, 200, 200]


@pytest.mark.parametrize("act", ["withdraw", "death"])
def test_ending_it_for_somebody_takes_a_passkey_shown_within_five_minutes(handfast: Interface, act: str) -> None:
    handfast.enrolled("P-1", 1)
    ada, ben = colleague(handfast, ["checker"]), colleague(handfast, ["checker"], name="Ben")
    for _ in range(4):
        handfast.desk.clock.pass_time(90)
        ada.ok("POST", "/v1/desk/touch")
    body = {"programme": handfast.desk.programme.id, "reference": "P-1", "document": "identity card"}
    body["approval"] = ada.seconded("withdraw", ben)
    assert ada.ask("POST", f"/v1/help/{act}", body).code == "step-up-needed"
    assert ada.ask("POST", "/v1/help/card", {**body, "approval": ada.seconded("lost-card", ben)}).status == 201
    ada.ok("POST", "/v1/desk/step-up", {"credential": ada.answer("step-up")})
    assert ada.ok("POST", f"/v1/help/{act}", body)["schema_version"]  # the same approval: Ben need not come again


def test_who_opened_a_session_follows_it_whatever_their_role(handfast: Interface) -> None:
    handfast.enrolled("P-1", 1)
    ada, ben = colleague(handfast, ["owner"]), colleague(handfast, ["owner"], name="Ben")
    asked = {"programme": handfast.desk.programme.id, "reference": "P-1"}
    told = ada.ask("POST", "/v1/help/page", asked, Idempotency_Key="for-their-page")
    assert told.status == 201, told.body
    opened = told.json
    assert ada.ok("GET", f"/v1/sessions/{opened['id']}")["state"] == "welcome"
    assert ben.ask("GET", f"/v1/sessions/{opened['id']}").status == 404


def test_a_phone_never_makes_a_key(handfast: Interface) -> None:
    programme = handfast.desk.programme.id
    phone = colleague(handfast, ["owner", "checker"]).paired()
    body = b'{"name": "till"}'
    path = f"/v1/programmes/{programme}/keys"
    told = handfast.call("POST", path, {"name": "till"}, headers=phone.signed("POST", path, body))
    assert (told.status, told.code) == (403, "step-up-needed")


def test_an_operator_sees_their_desks_and_ends_the_others(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"], site="North")
    elsewhere = copy(ada)
    assert elsewhere.sign_in().status == 200
    assert ada.sign_in().status == 200
    third = copy(ada)
    assert third.sign_in().status == 200
    phone = ada.paired()
    seen = ada.ok("GET", "/v1/desk/desks")
    assert [(each["site"], each["locked"]) for each in seen] == [("North", False)] * 4
    assert sum(each["here"] for each in seen) == 1
    ben = colleague(handfast, ["checker"], name="Ben")
    theirs = ben.ok("GET", "/v1/desk/desks")[0]["id"]
    assert ada.ask("DELETE", f"/v1/desk/desks/{theirs}").status == 404
    own = third.ok("GET", "/v1/desk/desks")
    ada.ok("DELETE", f"/v1/desk/desks/{next(each['id'] for each in own if each['here'])}")
    assert third.ask("GET", "/v1/desk").code == "not-authorised"
    assert len(ada.ok("DELETE", "/v1/desk/desks")) == 2
    assert elsewhere.ask("GET", "/v1/desk").code == "not-authorised"
    assert phone.ask("GET", "/v1/devices/own").status == 401
    assert ada.ask("GET", "/v1/desk").status == 200
    assert ben.ask("GET", "/v1/desk").status == 200


def test_ending_a_desk_elsewhere_takes_the_passkey_again(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    for _ in range(4):
        handfast.desk.clock.pass_time(90)
        ada.ok("POST", "/v1/desk/touch")
    assert ada.ask("DELETE", "/v1/desk/desks").code == "step-up-needed"
    ada.ok("POST", "/v1/desk/step-up", {"credential": ada.answer("step-up")})
    assert ada.ok("DELETE", "/v1/desk/desks") == []


def test_a_new_passkey_signs_out_whoever_has_the_old_one(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    phone = ada.paired()
    again = handfast.ok("POST", f"/v1/operators/{ada.id}/invitation", token=handfast.administrator)
    fresh = Colleague(handfast, Authenticator(page_origin(handfast)))
    assert fresh.join(again["link"].partition("#join=")[2]).status == 200
    assert ada.ask("GET", "/v1/desk").code == "not-authorised"
    assert phone.ask("GET", "/v1/devices/own").status == 401


def test_a_key_that_is_over_opens_nothing_from_that_second_on(handfast: Interface) -> None:
    ends = handfast.desk.clock.now() + timedelta(seconds=60)
    body = {"name": "till", "expires_at": ends.isoformat()}
    made = handfast.ok("POST", f"/v1/programmes/{handfast.desk.programme.id}/keys", body, handfast.administrator)
    handfast.desk.clock.pass_time(59)
    assert handfast.call("GET", "/v1/programmes", token=made["api_key"]).status == 200
    handfast.desk.clock.pass_time(1)
    assert handfast.call("GET", "/v1/programmes", token=made["api_key"]).status == 401
