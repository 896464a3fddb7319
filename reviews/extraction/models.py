from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.utils import timezone

from reviews.core.models import Review
from reviews.extraction import rules
from reviews.protocols.models import PlannedCharacteristic, PlannedTimePoint
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


class Entry(models.Model):
    """One extractor's values for a study (in one of two places), or the consensus of the two.

    A place held by somebody who left before submitting is freed by setting ``abandoned_at``.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=rules.EntryKind.choices)
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    abandoned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "slot"], condition=Q(kind="extraction", abandoned_at=None), name="entry_slot_once"
            ),
            models.UniqueConstraint(
                fields=["study", "person"],
                condition=Q(kind="extraction", abandoned_at=None),
                name="entry_person_once",
            ),
            models.UniqueConstraint(
                fields=["study"], condition=Q(kind="consensus", abandoned_at=None), name="entry_consensus_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="extraction", slot__in=[1, 2]) | Q(kind="consensus", slot=None),
                name="entry_slot_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Value(models.Model):
    """One datum as reported, with its place in the report. Append-only; the newest current one counts.

    A consensus value tells whose value was taken (``taken_from``), or none when it is a third one.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="values")
    arm = models.ForeignKey(Arm, models.PROTECT, related_name="values")
    time_point = models.ForeignKey(PlannedTimePoint, models.PROTECT, related_name="+")
    field = models.CharField(max_length=10, choices=rules.Field.choices)
    reported = models.CharField(max_length=60)
    number = models.FloatField()
    place = models.CharField(max_length=200, blank=True)
    taken_from = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    entered_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "arm", "time_point", "field"],
                condition=Q(superseded_at=None),
                name="value_current_once",
            ),
            models.CheckConstraint(condition=~Q(field="sd") | Q(number__gt=0), name="value_sd_positive"),
            models.CheckConstraint(
                condition=~Q(field="n") | (Q(number__gte=2) & Q(number=Floor(F("number")))), name="value_n_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.reported}"

    @property
    def text(self) -> str:
        return self.reported


class Trait(models.Model):
    """The level of a planned characteristic that a study has, as one entry says. Append-only.

    ``taken_from`` tells of a consensus trait what it tells of a consensus value.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="traits")
    characteristic = models.ForeignKey(PlannedCharacteristic, models.PROTECT, related_name="+")
    level = models.CharField(max_length=120)
    place = models.CharField(max_length=200, blank=True)
    taken_from = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    entered_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "characteristic"], condition=Q(superseded_at=None), name="trait_current_once"
            )
        ]

    def __str__(self) -> str:
        return self.level

    @property
    def text(self) -> str:
        return self.level
