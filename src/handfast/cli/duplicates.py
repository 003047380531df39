"""`handfast duplicates`: everybody of a programme with everybody, among those who agreed to it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from handfast.base.errors import SetupError
from handfast.base.ids import new_id
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.jobs.cluster.nodes import serving_shards
from handfast.jobs.duplicates import KIND, bulk_duplicates
from handfast.jobs.worker import Step, Worker
from handfast.service.context import Context
from handfast.service.find.everybody import forecast
from handfast.service.start import start, stop
from handfast.storage.tables.jobs import Job, JobState

console = Console(highlight=False)


def duplicates(
    programme: Annotated[str, typer.Argument(help="Id of the programme.")],
    yes: Annotated[bool, typer.Option("--yes", help="Begin without asking.")] = False,
) -> None:
    """Look for people who are enrolled twice; each pair that is alike becomes a case. Goes on where it was stopped."""
    settings = Settings.from_environment()
    with console.status("Opening the stores and loading the models"):
        context = start(settings, make_shards=serving_shards(settings.data_dir))
    try:
        said = forecast(context, programme)
        console.print(
            f"{said.people:,} people agreed to it: {said.pairs:,} pairs. "
            f"At most {said.expected_false:,.1f} cases are to be expected about two people who are not one."
        )
        if yes or typer.confirm("Begin?"):
            console.print(f"{through(context, job_of(context, programme))} cases were opened.")
    finally:
        stop(context)


def job_of(context: Context, programme: str) -> Job:
    """The job that is not done yet, or a new one."""
    with context.store.write() as unit:
        begun = (job for job in unit.jobs.of(programme) if job.kind == KIND and job.state is not JobState.DONE)
        job = next(begun, None)
        if job is None:
            job = Job(
                id=new_id("job", SystemRandomness()),
                kind=KIND,
                programme_id=programme,
                state=JobState.WAITING,
                asked={"actor": "command line"},
                reached={},
                done=0,
                total=0,
                tries=0,
                due_at=context.clock.now(),
            )
            unit.jobs.add(job)
    return job


def through(context: Context, job: Job) -> int:
    """Do the job under a progress bar, each person noted; how many cases there are. SetupError where it is not done."""
    with watching(job) as watch:
        name = f"cli-{new_id('wrk', SystemRandomness())}"
        Worker(context.store, context.clock, {KIND: bulk_duplicates(context)}, name, watch).work_one()
    with context.store.read() as reader:
        job = reader.jobs.get(job.id)
    if job.state is not JobState.DONE:
        raise SetupError(f"the job waits: it goes on after {job.due_at:%H:%M:%S} UTC; run this again then")
    return int(str(job.reached.get("cases", 0)))


@contextmanager
def watching(job: Job) -> Iterator[Callable[[Job, Step], None]]:
    """A progress bar during the block, and what moves it."""
    columns = (TextColumn("people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        shown = bar.add_task("people", completed=job.done, total=job.total or None)
        yield lambda _job, step: bar.update(shown, completed=step.done, total=step.total)
