import json
from dataclasses import replace

import pytest

from handfast.base.errors import NotAllowed, NotAuthorised, NotFound, RequestError
from handfast.service.desk.actors import authenticate
from handfast.service.owner import admin
from handfast.service.owner.api_keys import add_key, keys_of, revoke_key
from handfast.service.owner.programmes import create, listed, public_page, webhook_secret
from support.scripted import PROGRAMME, Desk


def test_the_first_link_is_good_once(desk: Desk) -> None:
    link = admin.first_link_token(desk.context)
    assert link is not None
    bearer = admin.claim(desk.context, link)
    assert authenticate(desk.context, bearer).kind == "administrator"
    with pytest.raises(NotAuthorised):
        admin.claim(desk.context, link)
    assert admin.first_link_token(desk.context) is None


def test_a_newer_link_ends_the_older_one(desk: Desk) -> None:
    old, new = admin.first_link_token(desk.context), admin.first_link_token(desk.context)
    assert old is not None
    assert new is not None
    with pytest.raises(NotAuthorised):
        admin.claim(desk.context, old)
    admin.claim(desk.context, new)


def test_a_link_dies_after_an_hour(desk: Desk) -> None:
    link = admin.new_link_token(desk.context)
    desk.clock.pass_time(3600)
    with pytest.raises(NotAuthorised):
        admin.claim(desk.context, link)


def test_an_administrators_token_dies_after_ninety_days_and_a_new_link_comes(desk: Desk) -> None:
    bearer = admin.claim(desk.context, str(admin.first_link_token(desk.context)))
    desk.clock.pass_time(90 * 24 * 3600)
    with pytest.raises(NotAuthorised):
        authenticate(desk.context, bearer)
    assert admin.first_link_token(desk.context) is not None


def test_a_made_up_token_is_nobody(desk: Desk) -> None:
    for bearer in ("", "hfa_x", "hfk_x", "x" * 43):
        with pytest.raises(NotAuthorised):
            authenticate(desk.context, bearer)


def test_only_an_administrator_makes_programmes_and_keys(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        create(desk.context, desk.caller, PROGRAMME)
    with pytest.raises(NotAllowed):
        add_key(desk.context, desk.caller, desk.programme.id, "second")


def test_a_second_key_opens_the_same_programme(desk: Desk) -> None:
    second = authenticate(desk.context, add_key(desk.context, desk.admin, desk.programme.id, "second desk").api_key)
    assert (second.programme_id, second.desk) == (desk.programme.id, "second desk")
    with pytest.raises(NotFound):
        add_key(desk.context, desk.admin, "prg_none", "x")


def test_a_revoked_key_opens_nothing_and_others_stay(desk: Desk) -> None:
    lost = add_key(desk.context, desk.admin, desk.programme.id, "lost phone")
    revoked = revoke_key(desk.context, desk.admin, desk.programme.id, lost.id)
    assert revoke_key(desk.context, desk.admin, desk.programme.id, lost.id) == revoked
    with pytest.raises(NotAuthorised):
        authenticate(desk.context, lost.api_key)
    authenticate(desk.context, desk.api_key)
    shown = keys_of(desk.context, desk.admin, desk.programme.id)
    assert {(key.name, key.revoked_at is None) for key in shown} == {("first", True), ("lost phone", False)}
    with desk.context.store.read() as reader:
        kinds = [json.loads(leaf)["kind"] for leaf in reader.log.leaves()]
    assert kinds == ["programme", "key", "key"]


def test_a_key_of_another_programme_cannot_be_revoked_through_this_one(desk: Desk) -> None:
    other = create(desk.context, desk.admin, PROGRAMME).programme
    with pytest.raises(NotFound):
        revoke_key(desk.context, desk.admin, other.id, desk.caller.key_id)
    with pytest.raises(NotAllowed):
        keys_of(desk.context, desk.caller, desk.programme.id)
    with pytest.raises(NotFound):
        keys_of(desk.context, desk.admin, "prg_none")


def test_a_caller_sees_its_own_programme_only(desk: Desk) -> None:
    create(desk.context, desk.admin, PROGRAMME)
    assert [p.id for p in listed(desk.context, desk.caller)] == [desk.programme.id]
    assert len(listed(desk.context, desk.admin)) == 2


def test_the_public_page_tells_the_other_way_and_no_secrets(desk: Desk) -> None:
    page = public_page(desk.context, desk.programme.id)
    assert page.another_way == PROGRAMME.another_way
    assert not {"return_urls", "webhook_url", "policy_id"} & set(page.__dataclass_fields__)
    with pytest.raises(NotFound):
        public_page(desk.context, "prg_none")


@pytest.mark.parametrize(
    "change",
    [
        {"name": " "},
        {"purpose": ""},
        {"who_sees": "x" * 401},
        {"retention_days": 0},
        {"retention_days": 3651},
        {"another_way": ()},
        {"another_way": (" ",)},
        {"languages": ()},
        {"return_urls": ("http://clinic.example/",)},
        {"webhook_url": "ftp://clinic.example/"},
    ],
)
def test_a_programme_that_leaves_something_unsaid_is_refused(desk: Desk, change: dict[str, object]) -> None:
    with pytest.raises(RequestError):
        create(desk.context, desk.admin, replace(PROGRAMME, **change))  # type: ignore[arg-type]


def test_no_secret_is_kept_as_it_is(desk: Desk) -> None:
    kept = b"".join(path.read_bytes() for path in desk.settings.data_dir.iterdir())
    for secret in (desk.api_key, desk.webhook_secret):
        assert secret.encode() not in kept


def test_each_programme_signs_with_its_own_secret(desk: Desk) -> None:
    other = create(desk.context, desk.admin, PROGRAMME)
    assert other.webhook_secret != desk.webhook_secret
    assert webhook_secret(desk.context, desk.programme.id) == desk.webhook_secret
