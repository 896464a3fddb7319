from django.conf import settings
from django.db import models
from django.utils import timezone

from reviews.core.models import Review


class ReportBuild(models.Model):
    """One report file, built from the review as it stood; kept as it was built."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="report_builds")
    number = models.PositiveIntegerField()
    stored_as = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="report_build_once")]

    def __str__(self) -> str:
        return f"report {self.number} of {self.review_id}"
