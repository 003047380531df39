"""The bulk duplicate check as a queued job: who is done is noted every few people, so that a kill costs their work."""

from collections.abc import Iterator

from handfast.jobs.worker import Step, Work
from handfast.service.context import Context
from handfast.service.find.everybody import everybody
from handfast.storage.tables.jobs import Job

KIND = "duplicates"


def bulk_duplicates(context: Context) -> Work:
    """The work of a job of this kind; `asked` holds the actor, `reached` after whom to go on."""

    def work(job: Job) -> Iterator[Step]:
        after, cases = str(job.reached.get("after", "")), int(str(job.reached.get("cases", 0)))
        for one in everybody(context, job.programme_id or "", job.id, str(job.asked.get("actor", "")), after):
            cases += len(one.cases)
            yield Step({"after": one.after, "cases": cases}, one.done, one.total)

    return work
