"""Attacks with API keys and administrators' links."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from handfast.base.errors import NotAuthorised
from handfast.storage.tables.access import Admin, ApiKey, hash_secret
from support.keeping import Keeping, keeping
from support.raw import kept


@pytest.fixture
def installation(tmp_path: Path, each_store: str) -> Iterator[Keeping]:
    del each_store
    with keeping(tmp_path) as opened:
        opened.add_programme()
        yield opened


def test_a_key_works_until_it_expires_or_is_revoked(installation: Keeping) -> None:
    now = installation.clock.now()
    later = now + timedelta(days=1)
    key = ApiKey("key_1", "prg_clinic", hash_secret("secret"), "desk", now, expires_at=later)
    with installation.store.write() as unit:
        unit.access.add_api_key(key)
        assert unit.access.api_key("secret", now) == key
        with pytest.raises(NotAuthorised):
            unit.access.api_key("secret", later)
        unit.access.revoke_api_key("key_1", now)
        with pytest.raises(NotAuthorised):
            unit.access.api_key("secret", now)
        with pytest.raises(NotAuthorised):
            unit.access.api_key("guess", now)


def test_an_administrators_link_works_once(installation: Keeping) -> None:
    now = installation.clock.now()
    soon = now + timedelta(minutes=15)
    with installation.store.write() as unit:
        unit.access.add_admin(Admin("adm_1", hash_secret("link"), soon, None, None, now))
        assert not unit.access.has_admin(now)
        unit.access.claim_admin("link", "token", soon, now)
        assert unit.access.admin("token", now).id == "adm_1"
        assert unit.access.has_admin(now)
        with pytest.raises(NotAuthorised):
            unit.access.claim_admin("link", "another", soon, now)
        with pytest.raises(NotAuthorised):
            unit.access.admin("token", soon)
        unit.access.end_admin("adm_1")
        with pytest.raises(NotAuthorised):
            unit.access.admin("token", now)


def test_an_administrators_link_does_not_work_for_ever(installation: Keeping) -> None:
    now = installation.clock.now()
    with installation.store.write() as unit:
        unit.access.add_admin(Admin("adm_1", hash_secret("link"), now, None, None, now))
        with pytest.raises(NotAuthorised):
            unit.access.claim_admin("link", "token", now, now)


def test_no_secret_lies_in_the_file(installation: Keeping) -> None:
    now = installation.clock.now()
    with installation.store.write() as unit:
        unit.access.add_api_key(ApiKey("key_1", "prg_clinic", hash_secret("a-very-secret-word"), "desk", now))
    installation.store.truncate()
    assert hash_secret("a-very-secret-word") in kept(installation.folder)
    assert b"a-very-secret-word" not in kept(installation.folder)
