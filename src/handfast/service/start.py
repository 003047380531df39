"""Opening an installation: stores, start-up sweeps, engines warmed; and shutting it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import cv2
from argon2 import PasswordHasher

from handfast.audit.log import Log
from handfast.audit.recovery import recover
from handfast.audit.restoration import refuse_restored
from handfast.base.clock import Clock, SystemClock
from handfast.base.errors import HandfastError, SetupError
from handfast.base.modality import Modality
from handfast.base.randomness import Randomness, SystemRandomness
from handfast.base.sample import ModalityEngine
from handfast.base.search import Searcher
from handfast.base.settings import Settings
from handfast.capture.eyes import Eyes
from handfast.capture.live import LiveSessions
from handfast.capture.sight import LiveEyes
from handfast.consent.ledger import Ledger
from handfast.decision.policy import DEFAULT_POLICY, check_supported
from handfast.decision.tables import Tables, load_tables
from handfast.face.embed import MODEL as FACE_MODEL
from handfast.face.engine import FaceEngine
from handfast.face.search import FaceSearcher
from handfast.face.template import FORMAT as FACE_FORMAT
from handfast.finger.codes.searcher import FingerSearcher
from handfast.finger.engine import FingerEngine
from handfast.finger.hand.open_hand import HandObserver
from handfast.finger.ridges.minutiae import MODEL as FINGER_MODEL
from handfast.gallery.local import local_shards
from handfast.gallery.references import References
from handfast.gallery.search_set import Shards
from handfast.matcher.client import Asked, AskedKeys, Line
from handfast.matcher.matcher import Matcher
from handfast.matcher.matching import Comparing, Matching
from handfast.models.store import ModelStore
from handfast.service.context import Context
from handfast.service.memory.limits import Limits
from handfast.service.memory.people import People
from handfast.service.memory.searching import Searching
from handfast.service.memory.tokens import Tokens
from handfast.service.owner.go_live import recheck
from handfast.storage.keys.installed import installed_keys
from handfast.storage.keys.key_values import Keyring
from handfast.storage.pins import Pins
from handfast.storage.places import place_of
from handfast.storage.store import Store, open_store

MODELS = (FACE_MODEL, FINGER_MODEL)


@dataclass(frozen=True, slots=True)
class Senses:
    """What sees and compares: eyes for live frames, one engine a modality, and what their scores are worth.

    searchers        what people are searched by, one a modality
    make_shards      where the codes are that are searched
    vector_formats   formats of templates whose data is one float32 vector compared by its angle
    models           ids of the models that make templates
    """

    eyes: Eyes
    engines: dict[Modality, ModalityEngine]
    tables: Tables
    vector_formats: frozenset[str]
    models: tuple[str, ...] = ()
    searchers: Mapping[Modality, Searcher] = field(default_factory=dict)
    make_shards: Callable[[Mapping[Modality, Searcher]], Shards] = local_shards


RESTORING = "restoring"  # a file in the data folder for as long as a restore is not finished


def start(
    settings: Settings,
    *,
    clock: Clock = SystemClock(),  # noqa: B008  has no state
    randomness: Randomness = SystemRandomness(),  # noqa: B008  has no state
    make_shards: Callable[[Mapping[Modality, Searcher]], Shards] = local_shards,
) -> Context:
    """A ready context with the installed models. Raises SetupError, ModelMissing, UnsupportedTarget."""
    senses = replace(load_senses(settings), make_shards=make_shards)
    check_supported(DEFAULT_POLICY, senses.tables)
    return open_context(settings, senses, clock=clock, randomness=randomness)


def load_senses(settings: Settings) -> Senses:
    """Models loaded and run once, so that the first person does not wait. Raises ModelMissing, ModelDamaged."""
    cv2.setNumThreads(1)  # requests share the cores; threads inside each would only wait for one another
    models = ModelStore(settings.models_dir)
    face, finger, hand = FaceEngine(models), FingerEngine(models), HandObserver(models)
    face.warm()
    finger.warm()
    engines: dict[Modality, ModalityEngine] = {Modality.FACE: face, Modality.FINGER: finger}
    searchers: dict[Modality, Searcher] = {Modality.FACE: FaceSearcher(), Modality.FINGER: FingerSearcher()}
    return Senses(
        LiveEyes(face, finger, hand),
        engines,
        load_tables(settings.tables_dir),
        frozenset({FACE_FORMAT}),
        MODELS,
        searchers,
    )


def open_context(
    settings: Settings,
    senses: Senses,
    *,
    clock: Clock,
    randomness: Randomness,
    hasher: PasswordHasher | None = None,
) -> Context:
    """Open the stores under their keys, finish what a crash left, and put everything together. Raises SetupError."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = open_store(place_of(settings), randomness)
    try:
        keys, matcher = _matcher(settings, senses, store, clock, randomness)
    except HandfastError:
        store.close()
        raise
    log = Log(keys.signer("log"), clock, randomness)
    _refuse_unfinished(settings, store, keys)
    recover(store, keys, log)
    context = Context(
        clock=clock,
        randomness=randomness,
        store=store,
        keys=keys,
        ledger=Ledger(keys, clock, randomness),
        log=log,
        references=References(clock, randomness, matcher),
        matcher=matcher,
        tables=senses.tables,
        models=senses.models,
        policy=DEFAULT_POLICY,
        answers=keys.signer("answer"),
        cards=keys.signer("card"),
        pins=Pins(store, keys.peppered, clock, hasher),
        live=LiveSessions(clock, senses.eyes),
        limits=Limits(clock),
        searching=Searching(senses.searchers, store, matcher, clock, randomness, senses.make_shards),
        pages=Tokens(clock),
        enrolled=Tokens(clock),
        people=People.empty(clock),
        started_at=clock.now(),
        voices=settings.data_dir / "voices",
    )
    recheck(context)
    return context


def _refuse_unfinished(settings: Settings, store: Store, keys: Keyring) -> None:
    """A restore that is not finished would serve people who have withdrawn."""
    try:
        if (settings.data_dir / RESTORING).exists():
            raise SetupError("a restore was cut short: run it again, or `handfast restore --replay`")
        refuse_restored(store, keys)
    except SetupError:
        keys.close()
        store.close()
        raise


def _matcher(
    settings: Settings, senses: Senses, store: Store, clock: Clock, randomness: Randomness
) -> tuple[Keyring, Matcher]:
    """The keys and what compares: in the process that listens on the settings' socket, or in this one."""
    with store.read() as reader:
        used = bool(reader.programmes.all())
    if settings.matcher is not None:
        line = Line(settings.matcher, store.identity, used=used)
        return AskedKeys(line), Asked(line)
    keys = installed_keys(settings, store.identity, randomness, used=used)
    comparing = Comparing(senses.engines, senses.tables, senses.searchers, senses.vector_formats)
    return keys, Matching(keys, comparing, clock, randomness)


def stop(context: Context) -> None:
    """Close the stores. Sessions in memory are lost, their claims remain; search codes are overwritten."""
    context.searching.close()
    context.keys.close()
    context.store.close()
