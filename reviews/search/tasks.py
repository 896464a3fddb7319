from celery import shared_task

from reviews.core import jobs
from reviews.core.tasks import JobTask
from reviews.search import services


@shared_task(base=JobTask, ignore_result=True)
def run_import(job_id: int) -> None:
    jobs.run(job_id, services.run_import)


@shared_task(base=JobTask, ignore_result=True)
def run_preview(job_id: int) -> None:
    jobs.run(job_id, services.run_preview)


@shared_task(base=JobTask, ignore_result=True)
def check_duplicates(job_id: int) -> None:
    jobs.run(job_id, services.check_duplicates)


@shared_task(base=JobTask, ignore_result=True)
def run_undo(job_id: int) -> None:
    jobs.run(job_id, services.run_undo)


@shared_task(ignore_result=True)
def forget_leftovers() -> None:
    services.forget_leftovers()


@shared_task(ignore_result=True)
def present_again() -> None:
    services.present_again()
