from celery import shared_task

from reviews.core import jobs
from reviews.core.tasks import JobTask
from reviews.synthesis import services


@shared_task(base=JobTask, ignore_result=True)
def compute_run(job_id: int) -> None:
    jobs.run(job_id, services.compute_run)
