"""A job runs once, tells the truth, and is found again when its worker has died."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from reviews.core import jobs, services, tasks
from reviews.core.models import Job
from reviews.core.refusals import NotAllowed, Refusal
from reviews.core.rules import JobState
from tests import world as worlds
from tests.threads import at_once
from tests.world import World


def queue(world: World, subject_id: int = 1) -> Job:
    with transaction.atomic():
        return jobs.queue(world.ada, task="tests.none", subject_id=subject_id, title="A test's job")


def test_success_keeps_its_message(world: World) -> None:
    job = queue(world)

    def work(subject_id: int, progress: jobs.Progress) -> str:
        progress.tell(1, 2, "half way")
        job.refresh_from_db()
        assert (job.state, job.percent, job.message) == (JobState.RUNNING, 50, "half way")
        progress.tell(2, 2)
        return "All of it"

    jobs.run(job.pk, work)
    job.refresh_from_db()
    assert (job.state, job.percent, job.message, job.is_finished) == (JobState.SUCCEEDED, 100, "All of it", True)


def test_a_refusal_is_the_job_s_error(world: World) -> None:
    job = queue(world)

    def work(subject_id: int, progress: jobs.Progress) -> str:
        raise Refusal("The file is empty.")

    jobs.run(job.pk, work)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The file is empty.")


def test_an_error_nobody_foresaw_is_told_as_our_fault_and_a_lost_database_is_not(world: World) -> None:
    job = queue(world)
    task = tasks.JobTask()
    task.on_failure(OperationalError("gone"), "id", [job.pk], {}, None)
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    task.on_failure(ZeroDivisionError(), "id", [job.pk], {}, None)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "Tandem made a mistake" in job.error


def test_a_finished_job_is_not_run_again(world: World) -> None:
    job = queue(world)
    jobs.run(job.pk, lambda subject_id, progress: "once")
    jobs.run(job.pk, lambda subject_id, progress: "twice")
    job.refresh_from_db()
    assert (job.message, job.attempts) == ("once", 1)


@pytest.mark.django_db(transaction=True)
def test_a_message_delivered_twice_runs_once() -> None:
    job = queue(worlds.review())
    done = []

    def work(subject_id: int, progress: jobs.Progress) -> str:
        done.append(subject_id)
        Event().wait(0.3)
        return "done"

    at_once(lambda: jobs.run(job.pk, work), lambda: jobs.run(job.pk, work), lambda: jobs.run(job.pk, work))
    assert done == [1]


@pytest.mark.django_db(transaction=True)
def test_a_running_job_is_left_alone_and_a_dead_worker_s_job_is_sent_again() -> None:
    job = queue(worlds.review())
    is_running, may_end = Event(), Event()

    def work(subject_id: int, progress: jobs.Progress) -> str:
        is_running.set()
        may_end.wait(20)
        return "done"

    def worker() -> None:
        jobs.run(job.pk, work)
        connection.close()

    thread = Thread(target=worker)
    thread.start()
    assert is_running.wait(20)
    assert jobs.requeue_lost() == 0, "a living worker's job was taken away"
    may_end.set()
    thread.join(20)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, finished_at=None)
    assert jobs.requeue_lost() == 1
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_a_message_that_got_lost_is_sent_again_after_a_minute(world: World) -> None:
    job = queue(world)
    assert jobs.requeue_lost() == 0
    Job.objects.filter(pk=job.pk).update(queued_at=timezone.now() - timedelta(minutes=2))
    assert jobs.requeue_lost() == 1


def test_a_job_that_kills_its_workers_is_given_up(world: World) -> None:
    job = queue(world)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=jobs.MAX_ATTEMPTS)
    assert jobs.requeue_lost() == 0
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "died 5 times" in job.error


def test_a_failed_job_can_be_started_again_by_who_asked_for_it_or_the_lead(world: World) -> None:
    job = queue(world)
    with pytest.raises(Refusal, match="Only a job that failed"):
        services.retry_job(world.ada, job_id=job.pk)
    jobs.finish(job.pk, JobState.FAILED, error="Something")
    with pytest.raises(NotAllowed):
        services.retry_job(world.bo, job_id=job.pk)
    services.retry_job(world.ada, job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.QUEUED, "")
