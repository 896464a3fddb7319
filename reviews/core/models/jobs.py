from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from reviews.core.models.reviews import Review
from reviews.core.rules import FINISHED, JobState, percent_done


class Job(models.Model):
    """A piece of work done by a worker: its state, progress, message and error, shown live.

    Whether its worker lives is not written here: the worker holds an advisory lock in the database
    (see ``reviews.core.jobs``), which the database gives up when the worker dies.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="jobs")
    task = models.CharField(max_length=100)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state"], condition=Q(state__in=["queued", "running"]), name="job_unfinished")]
        constraints = [
            models.UniqueConstraint(fields=["task", "subject_id"], name="job_once"),
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_done_at_most_total"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.subject_id}: {self.state}"

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def percent(self) -> int:
        return percent_done(self.done, self.total)
