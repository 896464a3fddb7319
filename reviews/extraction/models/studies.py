from django.conf import settings
from django.db import models
from django.utils import timezone

from reviews.core.models import Review
from reviews.protocols.rules import ArmRole
from reviews.search.models import Reference


class Study(models.Model):
    """An investigation, with one or more reports."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="studies")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=120)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="study_number_once"),
            models.UniqueConstraint(fields=["review", "label"], name="study_label_once"),
        ]

    def __str__(self) -> str:
        return self.label


class StudyReport(models.Model):
    """A report of a study; one report may describe several studies."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="reports")
    reference = models.ForeignKey(Reference, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "reference"], name="study_report_once")]

    def __str__(self) -> str:
        return f"{self.reference_id} of {self.study_id}"


class Arm(models.Model):
    study = models.ForeignKey(Study, models.PROTECT, related_name="arms")
    role = models.CharField(max_length=20, choices=ArmRole.choices)
    name = models.CharField(max_length=120)
    rank = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="arm_name_once"),
            models.UniqueConstraint(fields=["study", "role"], name="arm_role_once"),
        ]

    def __str__(self) -> str:
        return self.name
