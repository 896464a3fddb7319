from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reviews.core.models import Review


class ReportBuild(models.Model):
    """One report file, built from the review as it stood. What its job writes, it writes once; no row goes away.

    Its bytes are kept under their digest, so that a file that is not what was built can be told.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="report_builds")
    number = models.PositiveIntegerField()
    stored_as = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="report_build_once"),
            models.CheckConstraint(
                condition=Q(finished_at=None, stored_as="", sha256="", size=None)
                | Q(finished_at__isnull=False, size__isnull=False) & ~Q(stored_as="") & ~Q(sha256=""),
                name="report_build_finished_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.number} of {self.review_id}"
