from celery import shared_task

from reviews.core import jobs
from reviews.core.tasks import JobTask
from reviews.reporting import services


@shared_task(base=JobTask, ignore_result=True)
def build_report(job_id: int) -> None:
    jobs.run(job_id, services.build_report)
