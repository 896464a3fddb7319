"""Jobs: queue, run once, tell progress, and find again what a dead worker left behind.

A worker proves that it lives by holding a session-level advisory lock of PostgreSQL on the job. When it is
killed, its connection closes and the database frees the lock at once: no heartbeat to miss, no timeout to tune,
and two workers can never run the same job, however often its message is delivered.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from celery import current_app
from django.db import connection, transaction
from django.utils import timezone

from reviews.core.models import Job
from reviews.core.refusals import Refusal
from reviews.core.rules import JobState
from reviews.core.seats import Seat

LOCK_CLASS = 7_201
MESSAGE_LOST_AFTER = timedelta(seconds=60)
MAX_ATTEMPTS = 5


@dataclass(frozen=True)
class Progress:
    """What a job's work calls to say how far it is."""

    job_id: int

    def tell(self, done: int, total: int, message: str = "") -> None:
        """Write progress; inside a transaction it becomes visible with the work it counts."""
        Job.objects.filter(pk=self.job_id).update(done=min(done, total), total=total, message=message[:300])


def queue(seat: Seat, *, task: str, subject_id: int, title: str) -> Job:
    """Create the job's row and send it to a worker once the caller's transaction has committed."""
    job = Job.objects.create(
        review_id=seat.review_id,
        task=task,
        subject_id=subject_id,
        title=title[:200],
        created_by_id=seat.user_id,
    )
    send_on_commit(job)
    return job


def send_on_commit(job: Job) -> None:
    transaction.on_commit(lambda: send(job.task, job.pk), robust=True)


def send(task: str, job_id: int) -> None:
    """Deliver the message. If the broker is down the row stays queued and the scheduler sends it later."""
    current_app.send_task(task, args=[job_id], retry=False)


@contextmanager
def _lock(job_id: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_CLASS, job_id])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_CLASS, job_id])


def run(job_id: int, work: Callable[[int, Progress], str]) -> None:
    """Do ``work(subject_id, progress)`` once; a second delivery of the message does nothing.

    ``work`` returns the message of success; a :class:`Refusal` becomes the job's error sentence. Any other
    error passes through to :class:`reviews.core.tasks.JobTask`, which marks the job as failed.
    """
    with _lock(job_id) as is_mine:
        if not is_mine or not _start(job_id):
            return
        job = Job.objects.get(pk=job_id)
        try:
            message = work(job.subject_id, Progress(job_id))
        except Refusal as refusal:
            finish(job_id, JobState.FAILED, error=refusal.message)
        else:
            finish(job_id, JobState.SUCCEEDED, message=message)


def _start(job_id: int) -> bool:
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        if job.is_finished:
            return False
        job.state, job.started_at, job.error = JobState.RUNNING, timezone.now(), ""
        job.attempts += 1
        job.save(update_fields=["state", "started_at", "error", "attempts"])
    return True


def finish(job_id: int, state: JobState, *, message: str = "", error: str = "") -> None:
    Job.objects.filter(pk=job_id).update(state=state, message=message[:300], error=error, finished_at=timezone.now())


def requeue_lost() -> int:
    """Send again every unfinished job that no worker holds; return how many."""
    unfinished = Job.objects.filter(state__in=[JobState.RUNNING, JobState.QUEUED])
    return sum(_requeue(job_id) for job_id in unfinished.values_list("pk", flat=True))


def _requeue(job_id: int) -> bool:
    with _lock(job_id) as is_free, transaction.atomic():
        if not is_free:
            return False
        job = Job.objects.select_for_update().get(pk=job_id)
        now = timezone.now()
        if (job.state == JobState.QUEUED and now - job.queued_at < MESSAGE_LOST_AFTER) or job.is_finished:
            return False
        if job.attempts >= MAX_ATTEMPTS:
            job.state, job.finished_at = JobState.FAILED, now
            job.error = f"The worker died {job.attempts} times while doing this. Ask whoever runs the server to look."
            job.save(update_fields=["state", "finished_at", "error"])
            return False
        job.state, job.queued_at = JobState.QUEUED, now
        job.save(update_fields=["state", "queued_at"])
        send_on_commit(job)
    return True
