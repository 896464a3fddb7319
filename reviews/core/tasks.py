from typing import Any

from celery import Task, shared_task
from django.db import InterfaceError, OperationalError

from reviews.core import jobs
from reviews.core.rules import JobState


class JobTask(Task):
    """Base of the tasks that run a job: an error nobody foresaw is told on the job's page as our fault.

    A lost database connection is no fault of the work: the job stays unfinished and is sent again.
    """

    def on_failure(self, exc: BaseException, task_id: str, args: Any, kwargs: Any, einfo: Any) -> None:
        if isinstance(exc, (OperationalError, InterfaceError)):
            return
        jobs.finish(
            args[0],
            JobState.FAILED,
            error=f"Tandem made a mistake here and stopped. The server's log has the details under job {args[0]}.",
        )


@shared_task(ignore_result=True)
def requeue_lost_jobs() -> None:
    jobs.requeue_lost()
