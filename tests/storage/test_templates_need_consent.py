"""Attacks on the rule that a template exists only under a live consent, through raw SQL with foreign keys off."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from handfast.audit.leaf import LeafKind
from handfast.base.errors import Conflict, LogBroken, NoConsent
from handfast.storage.tables.consents import ConsentState
from support.keeping import Keeping, Person, finger, keeping
from support.raw import REFUSED, raw, refusal


@pytest.fixture
def installation(tmp_path: Path, each_store: str) -> Iterator[Keeping]:
    del each_store
    with keeping(tmp_path) as opened:
        yield opened


@pytest.fixture
def ada(installation: Keeping) -> Person:
    return installation.enrol(installation.add_programme(), "file 1")


def copy_row(ada: Person, **changes: str) -> str:
    """SQL that adds a copy of a template row under a new id, with some columns changed."""
    columns = [
        "id", "programme_id", "subject_id", "consent_id", "modality", "position", "kind", "format", "model",
        "quality", "sealed", "taken_on",
    ]  # fmt: skip
    values = [f"'{changes[name]}'" if name in changes else name for name in columns]
    values[0] = "'tpl_new'"
    source = f"SELECT {', '.join(values)} FROM templates WHERE subject_id = '{ada.subject_id}' LIMIT 1"  # noqa: S608
    return f"INSERT INTO templates ({', '.join(columns)}) {source}"


def refused(installation: Keeping, sql: str) -> str:
    return refusal(installation.folder, sql)


def test_a_second_template_under_the_same_live_consent_is_allowed(installation: Keeping, ada: Person) -> None:
    with raw(installation.folder) as connection:
        connection.execute(copy_row(ada))
    with installation.store.read() as reader:
        rows, shown = reader.templates.of(ada.subject_id), reader.templates.shown_by(ada.subject_id)
        assert len(rows) == 2
        assert shown == {(row.modality, row.position) for row in rows}


def test_a_template_without_a_consent_is_refused_by_raw_sql(installation: Keeping, ada: Person) -> None:
    assert refused(installation, copy_row(ada, consent_id="con_none")).startswith("no-consent")


def test_a_template_under_somebody_elses_consent_is_refused_by_raw_sql(installation: Keeping, ada: Person) -> None:
    with installation.store.read() as reader:
        programme = reader.programmes.get(ada.programme_id)
    bea = installation.enrol(programme, "file 2")
    assert refused(installation, copy_row(ada, consent_id=bea.consent.id)).startswith("no-consent")


def test_a_template_under_a_consent_of_another_programme_is_refused_by_raw_sql(
    installation: Keeping, ada: Person
) -> None:
    other = installation.add_programme("prg_other")
    bea = installation.enrol(other, "file 1")
    sql = copy_row(ada, programme_id=other.id, subject_id=bea.subject_id)
    assert refused(installation, sql).startswith("no-consent")


def test_a_template_after_the_consent_expired_is_refused_by_raw_sql(installation: Keeping, ada: Person) -> None:
    assert refused(installation, copy_row(ada, taken_on="2027-11-24")).startswith("no-consent")


def test_a_template_under_a_withdrawn_consent_is_refused_by_raw_sql(installation: Keeping, ada: Person) -> None:
    with raw(installation.folder) as connection:
        row = connection.execute("SELECT * FROM templates").fetchone()
        connection.execute("UPDATE consents SET state = 'withdrawn'")
        assert connection.execute("SELECT COUNT(*) FROM templates").fetchone() == (0,)
        with pytest.raises(REFUSED, match="no-consent"):
            connection.execute(f"INSERT INTO templates VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608


@pytest.mark.parametrize("change", ["subject_id = 'sub_x'", "consent_id = 'con_x'", "sealed = NULL", "model = 'x'"])
def test_a_template_cannot_be_changed_by_raw_sql(installation: Keeping, ada: Person, change: str) -> None:
    del ada
    assert refused(installation, f"UPDATE templates SET {change}").startswith("no-consent")  # noqa: S608


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE consents SET state = 'withdrawn'",
        "DELETE FROM consents",
        "UPDATE subjects SET state = 'withdrawn'",
    ],
)
def test_templates_go_the_moment_their_consent_ends_by_raw_sql(installation: Keeping, ada: Person, attack: str) -> None:
    del ada
    with raw(installation.folder) as connection:
        connection.execute(attack)
        assert connection.execute("SELECT COUNT(*) FROM templates").fetchone() == (0,)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE consents SET expires_on = '2099-01-01'",
        "UPDATE consents SET purpose = 'find'",
        "UPDATE consents SET subject_id = 'sub_x'",
        "UPDATE consents SET programme_id = 'prg_x'",
        "UPDATE subjects SET programme_id = 'prg_x'",
        "INSERT INTO consents SELECT * FROM consents",
        "INSERT INTO consents SELECT * FROM consents WHERE true ON CONFLICT (id) DO UPDATE SET purpose = 'find'",
    ],
)
def test_a_consent_cannot_be_stretched_or_moved_by_raw_sql(installation: Keeping, ada: Person, attack: str) -> None:
    del ada
    assert refused(installation, attack).startswith("conflict")


def test_a_consent_cannot_be_replaced_in_sqlites_own_way(tmp_path: Path) -> None:
    with keeping(tmp_path) as installation:
        installation.enrol(installation.add_programme(), "file 1")
        assert refused(installation, "INSERT OR REPLACE INTO consents SELECT * FROM consents").startswith("conflict")


def test_a_withdrawn_consent_cannot_come_back_by_raw_sql(installation: Keeping, ada: Person) -> None:
    del ada
    with raw(installation.folder) as connection:
        connection.execute("UPDATE consents SET state = 'withdrawn'")
        with pytest.raises(REFUSED, match="conflict"):
            connection.execute("UPDATE consents SET state = 'live'")


def test_the_store_refuses_a_template_for_whom_consent_ended(installation: Keeping, ada: Person) -> None:
    person = installation.keys.person(ada.programme_id, ada.subject_id)
    with installation.store.read() as reader:
        grant = installation.authorise(reader, ada)
        row = reader.templates.of(ada.subject_id)[0]
    with installation.store.write() as unit:
        unit.consents.withdraw(ada.consent.id)
        installation.log.append_for(unit, person, LeafKind.WITHDRAW, "key_test", {})
    with pytest.raises(NoConsent), installation.store.write() as unit:
        installation.references.put(unit, grant, [finger(b"late")])
    with pytest.raises(NoConsent), installation.store.write() as unit:
        unit.templates.add(row)
    with installation.store.read() as reader:
        assert reader.templates.of(ada.subject_id) == ()
        assert [consent.state for consent in reader.consents.of(ada.subject_id)] == [ConsentState.WITHDRAWN]


def test_a_template_without_a_leaf_in_its_unit_of_work_is_undone(installation: Keeping, ada: Person) -> None:
    with pytest.raises(LogBroken, match="without a leaf"), installation.store.write() as unit:
        installation.references.put(unit, installation.authorise(unit, ada), [finger(b"second")])
    with installation.store.read() as reader:
        assert len(reader.templates.of(ada.subject_id)) == 1


def test_nobody_can_be_enrolled_twice_under_one_reference(installation: Keeping, ada: Person) -> None:
    with installation.store.read() as reader:
        programme = reader.programmes.get(ada.programme_id)
    with pytest.raises(Conflict):
        installation.enrol(programme, "file 1")
    assert len(installation.keys.people()) == 2
    assert installation.recover().orphan_keys == 1
    assert installation.keys.people() == (ada.subject_id,)
