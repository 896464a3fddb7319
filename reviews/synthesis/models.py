from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reviews.core.models import Review
from reviews.protocols.models import PlannedCharacteristic, PlannedTimePoint
from reviews.protocols.rules import ArmRole
from reviews.synthesis import rules


class Synthesis(models.Model):
    """The specification of one analysis; it is not edited, another one is made. Its title and note may change.

    Group 1 is an arm (by role) at a time point, group 2 another one: two arms at the same time, or, for a
    change within an arm, the same arm at two times.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="syntheses")
    title = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    arm_1 = models.CharField(max_length=20, choices=ArmRole.choices, default=ArmRole.INTERVENTION)
    time_1 = models.ForeignKey(PlannedTimePoint, models.PROTECT, related_name="+")
    arm_2 = models.CharField(max_length=20, choices=ArmRole.choices, default=ArmRole.COMPARATOR)
    time_2 = models.ForeignKey(PlannedTimePoint, models.PROTECT, related_name="+")
    measure = models.CharField(max_length=10, choices=rules.Measure.choices)
    model = models.CharField(max_length=10, choices=rules.Model.choices)
    tau2_method = models.CharField(max_length=10, choices=rules.Tau2Method.choices, default=rules.Tau2Method.DL)
    convention = models.CharField(max_length=20, choices=rules.Convention.choices)
    subgroup_by = models.ForeignKey(PlannedCharacteristic, models.PROTECT, related_name="+", null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "syntheses"
        constraints = [
            models.UniqueConstraint(
                fields=["review", "title"], condition=Q(archived_at=None), name="synthesis_title_once"
            ),
            models.CheckConstraint(
                condition=~Q(arm_1=models.F("arm_2")) | ~Q(time_1=models.F("time_2")), name="synthesis_two_groups"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def outcome(self) -> str:
        return self.time_1.outcome.name


class Run(models.Model):
    """One computation of a synthesis: inputs frozen when it was asked for, results written once."""

    synthesis = models.ForeignKey(Synthesis, models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField()
    inputs = models.JSONField()
    options = models.JSONField()
    inputs_digest = models.CharField(max_length=64)
    results = models.JSONField(null=True, blank=True)
    engine_version = models.CharField(max_length=20, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["synthesis", "number"], name="run_number_once"),
            models.CheckConstraint(
                condition=Q(results=None, finished_at=None) | Q(results__isnull=False, finished_at__isnull=False),
                name="run_results_when_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.number} of {self.synthesis_id}"
