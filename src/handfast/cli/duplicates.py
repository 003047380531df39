"""`handfast duplicates`: everybody of a programme with everybody, among those who agreed to it."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from handfast.base.ids import new_id
from handfast.base.randomness import SystemRandomness
from handfast.base.settings import Settings
from handfast.jobs.cluster.nodes import serving_shards
from handfast.jobs.duplicates import KIND, bulk_duplicates
from handfast.jobs.worker import Step
from handfast.service.context import Context
from handfast.service.everybody import forecast
from handfast.service.start import start, stop
from handfast.storage.jobs import Job, JobState

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
    """Do the job under a progress bar, each person noted; how many cases there are."""
    life, last = timedelta(minutes=2), Step(job.reached, job.done, job.total)
    columns = (TextColumn("people"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with context.store.queue() as queue:
        taken = queue.take(KIND, f"cli-{job.id}", context.clock.now(), context.clock.now() + life)
    if taken is None:
        raise typer.Exit(1)
    with Progress(*columns, console=console) as bar:
        shown = bar.add_task("people", completed=taken.done, total=taken.total or None)
        for last in bulk_duplicates(context)(taken):
            with context.store.queue() as queue:
                queue.go_on(taken, last.reached, last.done, last.total, context.clock.now() + life)
            bar.update(shown, completed=last.done, total=last.total)
    with context.store.queue() as queue:
        queue.end(taken, JobState.DONE)
    return int(str(last.reached.get("cases", 0)))
