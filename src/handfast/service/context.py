"""Everything a flow needs, as one value made at start."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from handfast.audit.log import Log
from handfast.base.clock import Clock
from handfast.base.randomness import Randomness
from handfast.capture.live import LiveSessions
from handfast.consent.ledger import Ledger
from handfast.decision.policy import Policy
from handfast.decision.tables import Tables
from handfast.gallery.references import References
from handfast.matcher.matcher import Matcher
from handfast.service.memory.limits import Limits
from handfast.service.memory.people import People
from handfast.service.memory.said import Yes
from handfast.service.memory.searching import Searching
from handfast.service.memory.tokens import Tokens
from handfast.storage.keys.key_values import Keyring, Signer
from handfast.storage.pins import Pins
from handfast.storage.store import Store


@dataclass(frozen=True, slots=True)
class Context:
    """One installation at run time.

    answers, cards   what signs answers and cards
    matcher          what alone opens references and compares them
    live             what phones have shown in sessions that are on
    models           ids of the models that make templates
    policy           what a new programme starts from
    searching        who may be searched, in memory
    limits           failed checks by who was to be checked, known or not
    pages            open my pages: token to what it opens
    people           what waits for operators: open desks, challenges, pairings, approvals
    voices           the folder of prompts that people of the site have spoken
    enrolled         the session's token to the page of who was just enrolled in it, for choosing the PIN
    """

    clock: Clock
    randomness: Randomness
    store: Store
    keys: Keyring
    ledger: Ledger
    log: Log
    references: References
    matcher: Matcher
    tables: Tables
    models: tuple[str, ...]
    policy: Policy
    answers: Signer
    cards: Signer
    pins: Pins
    live: LiveSessions[Yes]
    limits: Limits
    searching: Searching
    pages: Tokens
    enrolled: Tokens
    people: People
    started_at: datetime
    voices: Path
