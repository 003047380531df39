"""Exporting a study: two people say yes, then its pictures leave once, as one archive that the lab reads.

Each person whose pictures leave has their own leaf before they do; who left or paused meanwhile is passed over. The
statement comes last and is of exactly what left.
"""

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from handfast.audit.leaf import LeafKind
from handfast.base.errors import NotAllowed, NotAuthorised, NotFound
from handfast.base.ids import new_secret
from handfast.base.modality import Modality
from handfast.base.picture_set import CONSENT, FORMAT, set_digest
from handfast.consent.statement import canonical
from handfast.service.context import Context
from handfast.service.desk import approvals
from handfast.service.desk.actors import Actor
from handfast.service.memory.people import Exporting
from handfast.service.sitting import PLACE
from handfast.service.study import owned_study
from handfast.storage.tables.studies import StudyImageRow

LABELS = ("file", "person", "sitting", "modality", "hand", "fingers", "sample")
Label = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportGiven:
    """What fetches the archive, once, until `ends_at`."""

    export: str
    ends_at: datetime
    people: int


def give_export(context: Context, actor: Actor, programme_id: str, approval: str | None) -> ExportGiven:
    """Let a study's pictures leave once: its owner, at a desk, and a second person's yes to "export".

    Raises NotAllowed, NotFound (no study), StepUpNeeded, SecondPersonNeeded.
    """
    actor.must_be_person()
    actor.must_have_stepped_up(context.clock.now())
    study = owned_study(context, actor, programme_id)
    if study.ended_on is not None:
        raise NotFound("this study is over; nothing of it is left")
    second = approvals.use(context, actor, approval, "export", programme_id)
    with context.store.write() as unit:
        people = len(unit.studies.people(programme_id, context.clock.now().date()))
        told = {"first": actor.key_id, "second": second, "site": actor.desk, "people": people}
        context.log.append(unit, context.keys.programme(programme_id), LeafKind.EXPORT, actor.key_id, told)
    secret = new_secret(context.randomness)
    ends_at = context.people.exports.put(secret, Exporting(programme_id, actor.key_id, second, actor.desk))
    return ExportGiven(secret, ends_at, people)


def exported(context: Context, secret: str) -> Iterator[tuple[str, bytes]]:
    """(place, content) of every file: pictures, then labels.csv and statement.json. Raises NotAuthorised."""
    given = context.people.exports.take(secret)
    if given is None:
        raise NotAuthorised("this export was fetched already, or its time is over")
    return _files(context, given)


def _files(context: Context, given: Exporting) -> Iterator[tuple[str, bytes]]:
    with context.store.read() as reader:
        name = reader.programmes.get(given.programme_id).name
        people = reader.studies.people(given.programme_id, context.clock.now().date())
    labels, digests = list[Label](), list[tuple[str, str]]()
    for subject_id in people:
        for label, content in _pictures(context, given, subject_id):
            labels.append(label)
            digests.append((label[0], hashlib.sha256(content).hexdigest()))
            yield label[0], content
    yield "labels.csv", _csv(labels)
    yield "statement.json", _statement(context, given, name, digests)


def _pictures(context: Context, given: Exporting, subject_id: str) -> list[tuple[Label, bytes]]:
    """One person's labelled pictures, their leaf written; none for who left or paused since."""
    try:
        keys = context.keys.person(given.programme_id, subject_id)
        with context.store.write() as unit:
            if subject_id not in unit.studies.people(given.programme_id, context.clock.now().date()):
                return []
            told = {
                "at": context.clock.now().isoformat(timespec="seconds"),
                "desk": given.site,
                "purpose": "study",
                "outcome": "exported",
            }
            context.log.append_for(unit, keys, LeafKind.EXPORT, given.first, told)
            rows = list(unit.studies.images(subject_id))
    except (NotFound, NotAllowed):
        return []
    person = f"p{keys.pseudonym()}"
    return [(_label(person, row), keys.unseal(row.content, PLACE, row.id)) for row in rows]


def _label(person: str, row: StudyImageRow) -> Label:
    what = "face" if row.modality is Modality.FACE or row.hand is None else row.hand.value
    fingers = " ".join(position.plain_name for position in row.positions)
    place = f"{person}/{row.sitting}-{row.sample}-{what}.jpg"
    return place, person, str(row.sitting), row.modality.value, row.hand or "", fingers, str(row.sample)


def _csv(labels: list[Label]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([LABELS, *labels])
    return text.getvalue().encode()


def _statement(context: Context, given: Exporting, name: str, digests: list[tuple[str, str]]) -> bytes:
    """In the form of `handfast lab state`, signed by the server's key for consents."""
    signer = context.keys.signer("consent")
    body = {
        "format": FORMAT,
        "consent": CONSENT,
        "who": f"{name}: exported by {given.first} with {given.second}",
        "source": f"study {given.programme_id}, a recorded consent for each person, {context.clock.now():%Y-%m-%d}",
        "pictures": len(digests),
        "digest": set_digest(digests),
    }
    key, signature = (base64.b64encode(raw).decode() for raw in (signer.public, signer.sign(canonical(body))))
    text = json.dumps({"statement": body, "key": key, "signature": signature}, indent=1, ensure_ascii=False)
    return f"{text}\n".encode()
