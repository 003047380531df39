"""Making search codes of a new model as a queued job: asked for by the server itself, a person a step."""

from collections.abc import Iterator

from handfast.base.ids import new_id
from handfast.jobs.worker import Step, Work
from handfast.service.context import Context
from handfast.service.find import recoding
from handfast.storage.tables.jobs import Job, JobState

KIND = "recode"
ACTOR = "server"
_OVER = (JobState.DONE, JobState.FAILED)


def ask_where_needed(context: Context) -> None:
    """Put a job on the queue for each programme whose codes are of an older model, unless one is there."""
    for programme_id in recoding.outdated(context):
        with context.store.write() as unit:
            if not any(job.kind == KIND and job.state not in _OVER for job in unit.jobs.of(programme_id)):
                unit.jobs.add(_job(context, programme_id))


def recode_codes(context: Context) -> Work:
    """The work of a job of this kind. Who was done is not asked for again, so it may begin anew at any time."""

    def work(job: Job) -> Iterator[Step]:
        for one in recoding.recode(context, job.programme_id, job.id, ACTOR, str(job.reached.get("after", ""))):
            yield Step({"after": one.after}, one.done, one.total)

    return work


def _job(context: Context, programme_id: str) -> Job:
    job_id = new_id("job", context.randomness)
    return Job(job_id, KIND, programme_id, JobState.WAITING, {}, {}, 0, 0, 0, context.clock.now())
