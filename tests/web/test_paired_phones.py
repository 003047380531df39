"""A paired phone: it signs each request, once, for its own programme and site, until the shift ends."""

import pytest

from handfast.base.errors import NotAllowed, NotPaired, SecondPersonNeeded
from handfast.service.desk import actors, approvals
from handfast.service.desk.actors import Actor
from handfast.service.desk.devices import SignedRequest, recognise
from support.colleagues import Colleague, PairedPhone, colleague
from support.interface import Interface

OWN = "/v1/devices/own"
REASON = "lost card, asked at the desk"
WRONG = ["", "1", "1.2.3", "x" * 400, "99999999999999999.abcdefghijklmnop.AA", "..", "\xe9.a.b"]


def test_a_code_pairs_one_phone_and_the_desk_sees_it(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"], site="North")
    opened = ada.ok("POST", "/v1/desk/pairings", {"programme": handfast.desk.programme.id})
    state = f"/v1/desk/pairings/{opened['id']}"
    assert ada.ok("GET", state) == {"paired": False}
    secret = opened["link"].partition("#")[2]
    phone = PairedPhone(handfast)
    assert phone.pair(secret).status == 201
    assert PairedPhone(handfast).pair(secret).status == 401
    assert ada.ok("GET", state) == {"paired": True}
    own = phone.ask("GET", OWN).json
    assert (own["device"]["id"], own["device"]["site"]) == (phone.id, "North")
    ada.ok("DELETE", f"/v1/desk/devices/{phone.id}")
    assert phone.ask("GET", OWN).status == 401


def test_a_request_that_was_heard_changed_or_is_late_is_refused(handfast: Interface) -> None:
    phone = colleague(handfast, ["checker"]).paired()
    signed = phone.signed("GET", OWN)
    assert phone.ask("GET", OWN, signed).status == 200
    assert phone.ask("GET", OWN, signed).status == 401
    assert phone.ask("GET", f"{OWN}?x=1", phone.signed("GET", OWN)).status == 401
    handfast.desk.clock.pass_time(300)
    for seconds in (90, -90):
        assert phone.ask("GET", OWN, phone.signed("GET", OWN, late=seconds)).status == 401
    assert phone.ask("GET", OWN, phone.signed("GET", OWN, late=30)).status == 200


def test_another_phones_key_signs_nothing_for_this_one(handfast: Interface) -> None:
    ada = colleague(handfast, ["checker"])
    phone, other = ada.paired(), ada.paired()
    other.id = phone.id
    assert other.ask("GET", OWN).status == 401


@pytest.mark.parametrize("signed", WRONG)
def test_a_signature_that_is_none_is_refused_plainly(handfast: Interface, signed: str) -> None:
    phone = colleague(handfast, ["checker"]).paired()
    assert phone.ask("GET", OWN, {"Handfast-Device": phone.id, "Handfast-Signed": signed}).status == 401


def test_a_pairing_ends_with_the_shift(handfast: Interface) -> None:
    phone = colleague(handfast, ["checker"]).paired()
    handfast.desk.clock.pass_time(12 * 3600 + 1)
    assert phone.ask("GET", OWN).status == 401


def test_finding_takes_the_right_the_phone_a_reason_and_a_second_person_where_the_programme_asks(
    handfast: Interface,
) -> None:
    ada, ben = colleague(handfast, ["finder"], site="North"), colleague(handfast, ["finder"], site="North", name="Ben")
    context, programme = handfast.desk.context, handfast.desk.programme.id
    finder = signed_actor(handfast, ada.paired())
    checker = signed_actor(handfast, colleague(handfast, ["checker"]).paired())
    assert approvals.may_find(context, finder, programme, REASON, None) is None
    with pytest.raises(NotAllowed, match="why"):
        approvals.may_find(context, finder, programme, "   x   ", None)
    with pytest.raises(NotPaired):
        approvals.may_find(context, at_desk(ada), programme, REASON, None)
    with pytest.raises(NotAllowed):
        approvals.may_find(context, finder, "prg_other", REASON, None)
    with pytest.raises(NotAllowed):
        approvals.may_find(context, checker, programme, REASON, None)
    with context.store.write() as unit:
        unit.programmes.set_settings(programme, {"find_second_person": True})
    with pytest.raises(SecondPersonNeeded):
        approvals.may_find(context, finder, programme, REASON, None)
    approval = ada.seconded("find", ben)
    assert approvals.may_find(context, finder, programme, REASON, approval) == ben.id
    with pytest.raises(SecondPersonNeeded):
        approvals.may_find(context, finder, programme, REASON, approval)


def signed_actor(handfast: Interface, phone: PairedPhone) -> Actor:
    headers = phone.signed("POST", "/v1/find")
    sent = SignedRequest(phone.id, headers["Handfast-Signed"], "POST", "/v1/find", b"")
    return recognise(handfast.desk.context, sent)


def at_desk(operator: Colleague) -> Actor:
    context = operator.interface.desk.context
    return actors.at_desk(context, context.people.desks.get(operator.cookie))
