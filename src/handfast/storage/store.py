"""The store: reading in a snapshot, writing in one unit of work at a time, no act without its leaf."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock, get_ident

from handfast.base.errors import LogBroken, SetupError
from handfast.base.ids import new_id
from handfast.base.randomness import Randomness
from handfast.storage.engines import postgres, postgres_engine, sqlite_engine
from handfast.storage.engines.database import Database, Engine, Shape
from handfast.storage.engines.migrate import migrate
from handfast.storage.engines.postgres_engine import PostgresEngine
from handfast.storage.engines.sqlite import connect_reader
from handfast.storage.engines.sqlite_engine import SqliteEngine
from handfast.storage.tables.access import AccessReads, AccessWrites
from handfast.storage.tables.cards import CardReads, CardWrites
from handfast.storage.tables.cases import CaseReads, CaseWrites
from handfast.storage.tables.consents import ConsentReads, ConsentWrites
from handfast.storage.tables.counts import CountReads, CountWrites
from handfast.storage.tables.deliveries import DeliveryReads, DeliveryWrites
from handfast.storage.tables.devices import DeviceReads, DeviceWrites
from handfast.storage.tables.jobs import JobReads, JobWrites
from handfast.storage.tables.leaves import LogReads, LogWrites
from handfast.storage.tables.leavings import LeavingReads, LeavingWrites
from handfast.storage.tables.operators import OperatorReads, OperatorWrites
from handfast.storage.tables.programmes import ProgrammeReads, ProgrammeWrites
from handfast.storage.tables.review_pictures import ReviewPictureReads, ReviewPictureWrites
from handfast.storage.tables.search_codes import SearchReads, SearchWrites
from handfast.storage.tables.sessions import SessionReads, SessionWrites, Standing, standing
from handfast.storage.tables.studies import StudyReads, StudyWrites
from handfast.storage.tables.subjects import SubjectReads, SubjectWrites
from handfast.storage.tables.templates import TemplateReads, TemplateWrites

Place = Path | str
"""Where a database is: the path of a SQLite file, or the URL of a Postgres database."""

_PASSING_OVER = {"sqlite": "", "postgres": "FOR UPDATE SKIP LOCKED"}
_IDENTIFY = "INSERT INTO identity (one, id) VALUES (1, ?) ON CONFLICT (one) DO NOTHING"


class Reader:
    """Everything that can be read, in one snapshot."""

    def __init__(self, database: Database) -> None:
        self.programmes = ProgrammeReads(database)
        self.access = AccessReads(database)
        self.subjects = SubjectReads(database)
        self.consents = ConsentReads(database)
        self.templates = TemplateReads(database)
        self.searched = SearchReads(database)
        self.sessions = SessionReads(database)
        self.cards = CardReads(database)
        self.log = LogReads(database)
        self.counts = CountReads(database)
        self.deliveries = DeliveryReads(database)
        self.jobs = JobReads(database)
        self.operators = OperatorReads(database)
        self.cases = CaseReads(database)
        self.devices = DeviceReads(database)
        self.leavings = LeavingReads(database)
        self.studies = StudyReads(database)
        self.review_pictures = ReviewPictureReads(database)


class Unit(Reader):
    """A unit of work: all of it is kept, or nothing. Acts without a leaf are refused when it ends."""

    programmes: ProgrammeWrites
    access: AccessWrites
    subjects: SubjectWrites
    consents: ConsentWrites
    templates: TemplateWrites
    searched: SearchWrites
    sessions: SessionWrites
    cards: CardWrites
    log: LogWrites
    counts: CountWrites
    deliveries: DeliveryWrites
    jobs: JobWrites
    operators: OperatorWrites
    cases: CaseWrites
    devices: DeviceWrites
    leavings: LeavingWrites
    studies: StudyWrites
    review_pictures: ReviewPictureWrites

    def __init__(self, database: Database) -> None:
        self._acts: list[str] = []
        self._leaves = 0
        self.programmes = ProgrammeWrites(database)
        self.access = AccessWrites(database)
        self.subjects = SubjectWrites(database, self._acts.append)
        self.consents = ConsentWrites(database, self._acts.append)
        self.templates = TemplateWrites(database, self._acts.append)
        self.searched = SearchWrites(database, self._acts.append)
        self.sessions = SessionWrites(database, self._acts.append)
        self.cards = CardWrites(database)
        self.log = LogWrites(database, self._logged)
        self.counts = CountWrites(database)
        self.deliveries = DeliveryWrites(database)
        self.jobs = JobWrites(database)
        self.operators = OperatorWrites(database)
        self.cases = CaseWrites(database)
        self.devices = DeviceWrites(database)
        self.leavings = LeavingWrites(database)
        self.studies = StudyWrites(database, self._acts.append)
        self.review_pictures = ReviewPictureWrites(database, self._acts.append)

    @property
    def touched_a_person(self) -> bool:
        """Whether old pages now hold bytes that should not stay in the write-ahead log."""
        return bool(self._acts) or self._leaves > 0

    def check(self) -> None:
        """Sign the log as it now stands; LogBroken if something was done that no leaf tells of."""
        if self._acts and not self._leaves:
            raise LogBroken(f"refused: {', '.join(sorted(set(self._acts)))} without a leaf in the log")
        self.log.end()

    def _logged(self) -> None:
        self._leaves += 1


class Store:
    """One database, used by one process: many readers, one writer at a time.

    identity   random id of this database, which keys.db remembers
    """

    identity: str

    def __init__(self, engine: Engine, identity: str) -> None:
        self.identity = identity
        self.engine = engine
        self._lock = Lock()
        self._owner: int | None = None
        self._truncate_due = False

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """One unit of work, committed and synced at the end of the block, undone if it raises."""
        if self._owner == get_ident():
            raise RuntimeError("a unit of work is open in this thread already")
        with self._lock:
            self._owner = get_ident()
            try:
                with self.engine.transaction(write=True) as scope:
                    unit = Unit(scope)
                    yield unit
                    unit.check()
                self._truncate_due = self._truncate_due or unit.touched_a_person
                self._truncate_if_due()
            finally:
                self._owner = None
        self.engine.told()

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """A snapshot of what is committed."""
        with self.engine.transaction(write=False) as scope:
            yield Reader(scope)

    def standing(self, link_hash: bytes) -> Standing:
        """Where the session with this link stands, as it is committed now. Raises SessionUnknown."""
        return standing(self.engine.query, link_hash)

    @contextmanager
    def queue(self) -> Iterator[JobWrites]:
        """The job queue, in a transaction of its own. On Postgres workers pass over jobs that others are taking."""
        with self.engine.beside() as scope:
            yield JobWrites(scope, _PASSING_OVER[self.engine.dialect])
        self.engine.told()

    def wait(self, seconds: float, ready: Callable[[], bool]) -> bool:
        """Wait until something committed makes `ready` true, or the time is over; whether it is true.

        `ready` is asked at once and after every unit of work; it may read. On Postgres another process's wake us too.
        """
        return self.engine.listen(seconds, ready)

    def truncate(self) -> bool:
        """Empty the write-ahead log; False while a reader still needs it (the next unit of work tries again)."""
        with self._lock:
            self._truncate_due = True
            return self._truncate_if_due()

    def moved(self, place: str) -> None:
        """The records lie elsewhere from now on: nobody opens this database any more."""
        with self._lock, self.engine.transaction(write=True) as scope:
            scope.execute("INSERT INTO moved (one, place) VALUES (1, ?)", (place,))

    def close(self) -> None:
        with self._lock:
            self.engine.close()

    def _truncate_if_due(self) -> bool:
        if self._truncate_due:
            self._truncate_due = not self.engine.truncate()
        return not self._truncate_due


def open_store(place: Place, randomness: Randomness) -> Store:
    """Open or make the database at a path or URL.

    Conflict if another process has it, SetupError if it is too new, DatabaseAway if it cannot be reached.
    """
    engine = PostgresEngine(place) if isinstance(place, str) else SqliteEngine(place)
    try:
        migrate(engine.writer)
        _refuse_moved(engine.writer)
        engine.writer.execute(_IDENTIFY, (new_id("store", randomness),))
        store = Store(engine, str(engine.writer.query("SELECT id FROM identity")[0][0]))
        store.truncate()
    except BaseException:
        engine.close()
        raise
    return store


@contextmanager
def open_snapshot(place: Place) -> Iterator[Reader]:
    """Read a database that another process may be using; nothing is written."""
    with open_records(place) as (records, _):
        yield Reader(records)


@contextmanager
def open_records(place: Place) -> Iterator[tuple[Database, Callable[[str], Shape]]]:
    """The same, row by row: the records of one moment, and how each table stands."""
    database = postgres.connect(place) if isinstance(place, str) else connect_reader(place)
    shape_of = postgres_engine.shape_of if isinstance(place, str) else sqlite_engine.shape_of
    try:
        with database.transaction(write=False) as scope:
            yield scope, partial(shape_of, scope)
    finally:
        database.close()


def _refuse_moved(database: Database) -> None:
    for (place,) in database.query("SELECT place FROM moved"):
        raise SetupError(f"these records were moved to {place!s}: say so with --database or HANDFAST_DATABASE")
