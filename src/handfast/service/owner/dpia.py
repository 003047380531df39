"""The data protection impact assessment of a programme, from its configuration (GDPR article 35 (7)), and its signing.

What the software does follows from what is configured and is written here; what only people can judge stands as a
question that the owner answers before signing. A signature is for one text: another configuration asks for a new one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from handfast.audit.leaf import LeafKind
from handfast.base.decision import Assurance
from handfast.base.errors import Conflict, RequestError
from handfast.base.roles import Role
from handfast.consent.statement import sign_statement
from handfast.consent.terms import KEY_COPIES_DAYS, terms_of
from handfast.decision.policy import plain_words
from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.owner.policies import policy_of
from handfast.storage.tables.programmes import Programme

SCHEMA = "handfast-dpia:1"
_MAX = 200  # characters of an answer's author


@dataclass(frozen=True, slots=True)
class Assessment:
    """The text as Markdown, its SHA-256, and who signed just this text, or None."""

    text: str
    sha256: str
    signed_by: str | None


def assessment(context: Context, actor: Actor, programme_id: str) -> Assessment:
    """The assessment of a programme as it is configured now. Raises NotAllowed, NotFound."""
    actor.must(programme_id, Role.OWNER, Role.AUDITOR, Role.ADMINISTRATOR)
    with context.store.read() as reader:
        return of(reader.programmes.get(programme_id))


def of(programme: Programme) -> Assessment:
    """The same, for whoever holds the row."""
    text = _text(programme)
    digest = hashlib.sha256(text.encode()).hexdigest()
    kept = programme.settings.get("dpia")
    signed = isinstance(kept, Mapping) and kept["sha256"] == digest
    return Assessment(text, digest, str(kept["name"]) if signed and isinstance(kept, Mapping) else None)


def sign(context: Context, actor: Actor, programme_id: str, sha256: str, name: str) -> Mapping[str, object]:
    """Sign the assessment whose SHA-256 was read; the signed statement. Raises NotAllowed, RequestError, Conflict."""
    actor.must(programme_id, Role.OWNER, Role.ADMINISTRATOR)
    if not 0 < len(name.strip()) <= _MAX:
        raise RequestError("say who answers for the programme")
    with context.store.write() as unit:
        programme = unit.programmes.get(programme_id)
        if of(programme).sha256 != sha256:
            raise Conflict("the programme was configured anew; read the assessment again")
        kept = {"sha256": sha256, "name": name.strip(), "on": context.clock.now().date().isoformat()}
        unit.programmes.set_settings(programme_id, {**programme.settings, "dpia": kept})
        keys = context.keys.programme(programme_id)
        logged = context.log.append(unit, keys, LeafKind.PROGRAMME, actor.key_id, {"dpia": kept})
    statement = {"schema_version": SCHEMA, "programme": programme_id, **kept, "checkpoint": logged.checkpoint}
    signed: Mapping[str, object] = json.loads(sign_statement(statement, context.keys.signer("consent")))
    return signed


def _data(programme: Programme) -> tuple[str, str]:
    ends_on = programme.settings.get("study_ends_on")
    kept = (
        f"codes made from the face and from fingers (special category, article 9). {_PICTURES[_reviewed(programme)]},"
        if ends_on is None
        else f"pictures of the face and of fingers (special category, article 9), kept until {ends_on} for measuring;"
    )
    return f"- Data: {kept}", "  no name, no attribute; the caller's own reference is sealed under the person's key."


_PICTURES = {
    False: "No picture is kept",
    True: "A few crops are kept of who agrees to just that, opened only in a case that a person decides",
}


def _reviewed(programme: Programme) -> bool:
    return bool(programme.settings.get("review_pictures"))


def _text(programme: Programme) -> str:
    terms, policy = terms_of(programme), policy_of(programme)
    purposes = ["checking one person against their own references (1:1)"]
    if "study_ends_on" in programme.settings:
        purposes = ["measuring error rates on pictures of two sittings; nobody is compared with anybody held"]
    purposes += ["finding one person among those who agreed to it (1:N)"] * bool(programme.settings.get("find"))
    purposes += ["looking for a double enrolment, decided by a person"] * bool(
        programme.settings.get("duplicate_check")
    )
    idle = f", and after {terms.inactivity_days} days without a visit" if terms.inactivity_days else ""
    undo = f"It can be taken back for {terms.undo_hours} hours; all use stops at once." if terms.undo_hours else ""
    return "\n".join(
        [
            f"# Data protection impact assessment: {programme.name}",
            "",
            "## The processing (article 35 (7) a)",
            f"- Purpose: {programme.purpose}",
            f"- Uses of what is held: {'; '.join(purposes)}. Each is a consent of its own.",
            f"- Legal basis: {terms.legal_basis}",
            *_data(programme),
            f"- Who sees the answer: {programme.who_sees} The answer is one word; a score never leaves the server.",
            f"- Where: {', '.join(terms.sites) or 'not stated'}.",
            f"- Languages of the notice: {', '.join(programme.languages)}.",
            f"- Kept for {programme.retention_days} days{idle}; then destroyed without anyone's doing.",
            "",
            "## Necessity and proportion (article 35 (7) b)",
            "- The way without biometrics, offered at every step and with the same weight:",
            *[f"  {number}. {step}" for number, step in enumerate(programme.another_way, 1)],
            "- To be answered by the owner: why is a card or a document alone not enough here?",
            "- To be answered by the owner: how does the outcome differ for who takes the other way?",
            "",
            "## Risks to the people (article 35 (7) c)",
            "- A wrong answer. In this programme:",
            *[f"  - {sentence}" for sentence in plain_words(policy, Assurance.ATTENDED)],
            "- Unequal errors between groups: only the site's own study shows them (`handfast lab report`).",
            "- Use for another purpose, joining with other records, disclosure, coercion: see docs/threats.md.",
            "",
            "## Measures (article 35 (7) d)",
            "- A template exists only under a live consent, by a rule of the database itself.",
            "- Every use is a leaf of a log that only grows; the person sees each, with proof, on their own page.",
            f"- Withdrawing destroys the person's keys. {undo}",
            f"- Copies of keys live for {KEY_COPIES_DAYS} days: after that no backup opens anything of who withdrew.",
            "- Freezing takes the card alone; help without any capture takes two people of the desk.",
            "",
        ]
    )
