"""The first administrator, programmes and their API keys."""

from functools import partial

from fastapi import APIRouter

from handfast.base.decision import Assurance
from handfast.base.errors import LanguageIncomplete
from handfast.consent.terms import LEGAL_BASIS, Terms
from handfast.decision.policy import Policy, plain_words
from handfast.decision.policy_data import policy_data
from handfast.service.owner import admin, api_keys, policies, programmes, voices
from handfast.service.owner import go_live as gates
from handfast.web.access import CallingActor, ThisWeb
from handfast.web.packs import must_be_complete
from handfast.web.problems import documented
from handfast.web.schemas.programmes import (
    ClaimIn,
    CreatedProgrammeOut,
    GateShownOut,
    GoLiveIn,
    KeyIn,
    KeyOut,
    NewKeyOut,
    PolicyIn,
    PolicyOut,
    ProgrammeIn,
    ProgrammeOut,
    PublicProgrammeOut,
    TokenOut,
)
from handfast.web.state import Web

router = APIRouter(prefix="/v1", tags=["programmes"])


@router.post("/admin/claim", responses=documented(401))
def claim_the_first_link(body: ClaimIn, web: ThisWeb) -> TokenOut:
    """Turn the one-time administrator's link into an administrator's token."""
    return TokenOut(token=admin.claim(web.context, body.token))


def must_be_spoken(web: Web, body: ProgrammeIn) -> None:
    """Every language of a new programme is there, whole. Raises LanguageIncomplete, which names the prompt."""
    for code in body.languages:
        if code not in web.packs:
            raise LanguageIncomplete(f"{code}: there is no such language here")
        must_be_complete(web.packs[code], body.voice, partial(_recorded, web, code))


def _recorded(web: Web, code: str, name: str) -> bool:
    return voices.recording(web.context, code, name) is not None


@router.post("/programmes", status_code=201, responses=documented(401, 403))
def create_a_programme(body: ProgrammeIn, actor: CallingActor, web: ThisWeb) -> CreatedProgrammeOut:
    """Create a programme; its API key and webhook secret are in this answer and nowhere else."""
    actor.must_administer()
    must_be_spoken(web, body)
    new = programmes.NewProgramme(
        name=body.name,
        purpose=body.purpose,
        who_sees=body.who_sees,
        retention_days=body.retention_days,
        another_way=tuple(body.another_way),
        languages=tuple(body.languages),
        return_urls=tuple(str(url) for url in body.return_urls),
        webhook_url=str(body.webhook_url) if body.webhook_url else None,
        policy=body.policy.asked if body.policy else None,
        find=body.find,
        duplicate_check=body.duplicate_check,
        review_pictures=body.review_pictures,
        voice=body.voice,
        study_ends_on=body.study_ends_on,
        terms=Terms(body.legal_basis or LEGAL_BASIS, body.inactivity_days, body.undo_hours, tuple(body.sites)),
    )
    return CreatedProgrammeOut.model_validate(programmes.create(web.context, actor, new))


@router.get("/programmes", responses=documented(401))
def list_programmes(actor: CallingActor, web: ThisWeb) -> list[ProgrammeOut]:
    """Every programme for an administrator; the caller's own for an API key."""
    return [ProgrammeOut.model_validate(each) for each in programmes.listed(web.context, actor)]


@router.get("/programmes/{programme_id}/public", responses=documented(404))
def read_a_programme_in_public(programme_id: str, web: ThisWeb) -> PublicProgrammeOut:
    """What anyone may know of a programme, the way without a camera included."""
    return PublicProgrammeOut.model_validate(programmes.public_page(web.context, programme_id))


@router.put("/programmes/{programme_id}/policy", responses=documented(401, 403, 404, 422))
def change_the_policy(programme_id: str, body: PolicyIn, actor: CallingActor, web: ThisWeb) -> PolicyOut:
    """The next version of the programme's policy. A target that the calibration cannot support is refused; the
    programme is on trial until its gate is passed anew.
    """
    return _told(policies.set_policy(web.context, actor, programme_id, body.asked))


@router.get("/programmes/{programme_id}/policy", responses=documented(401, 403, 404))
def read_the_policy(programme_id: str, actor: CallingActor, web: ThisWeb) -> PolicyOut:
    """The policy in force; `fields` is what `handfast lab gate` takes as its file."""
    return _told(policies.read_policy(web.context, actor, programme_id))


@router.post("/programmes/{programme_id}/go-live", responses=documented(401, 403, 404, 409))
def go_live(programme_id: str, body: GoLiveIn, actor: CallingActor, web: ThisWeb) -> GateShownOut:
    """Take the programme out of trial on a signed gate; `gate-closed` says what stands in the way."""
    shown = gates.go_live(
        web.context,
        actor,
        programme_id,
        body.file,
        expected_lab=body.lab_key,
        expected_owner=body.owner_key,
    )
    return GateShownOut.model_validate(shown)


@router.post("/programmes/{programme_id}/keys", status_code=201, responses=documented(401, 403, 404))
def add_an_api_key(programme_id: str, body: KeyIn, actor: CallingActor, web: ThisWeb) -> NewKeyOut:
    """Another API key for a programme; shown once."""
    scope = api_keys.Scope(body.purposes, body.site, body.expires_at)
    return NewKeyOut.model_validate(api_keys.add_key(web.context, actor, programme_id, body.name, scope))


@router.get("/programmes/{programme_id}/keys", responses=documented(401, 403, 404))
def list_api_keys(programme_id: str, actor: CallingActor, web: ThisWeb) -> list[KeyOut]:
    """Every API key that the programme ever had, without the secrets."""
    return [KeyOut.model_validate(each) for each in api_keys.keys_of(web.context, actor, programme_id)]


@router.delete("/programmes/{programme_id}/keys/{key_id}", responses=documented(401, 403, 404))
def revoke_an_api_key(programme_id: str, key_id: str, actor: CallingActor, web: ThisWeb) -> KeyOut:
    """End a key: it opens nothing from now on."""
    return KeyOut.model_validate(api_keys.revoke_key(web.context, actor, programme_id, key_id))


def _told(policy: Policy) -> PolicyOut:
    words = plain_words(policy, Assurance.ATTENDED)
    return PolicyOut(policy=policy.name, words=list(words), fields=policy_data(policy))
