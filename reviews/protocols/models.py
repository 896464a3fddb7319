from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reviews.core.models import Review
from reviews.protocols import rules


class ProtocolDraft(models.Model):
    """What the team is writing; ``revision`` catches two people who write at once."""

    review = models.OneToOneField(Review, models.PROTECT, related_name="protocol_draft")
    content = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"draft {self.revision} of {self.review_id}"

    @property
    def parsed(self) -> rules.Content:
        return rules.content(self.content)


class ProtocolVersion(models.Model):
    """An approved protocol. A trigger refuses changes; an amendment is the next version, with its reason."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="protocol_versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    reason = models.TextField(blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="protocol_version_once"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="protocol_amendment_has_reason"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of {self.review_id}"

    @property
    def parsed(self) -> rules.Content:
        return rules.content(self.content)


class PlannedQuerySet(models.QuerySet):
    def in_force(self) -> "PlannedQuerySet":
        return self.filter(retired_at=None)


class Planned(models.Model):
    """A line of the protocol that later stages point to. Amending retires lines; it never deletes them."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    rank = models.PositiveIntegerField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = PlannedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["rank", "id"]
        constraints = [models.UniqueConstraint(fields=["review", "key"], name="%(class)s_key_once")]


class ExclusionReason(Planned):
    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.text


class PlannedOutcome(Planned):
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=20, choices=rules.OutcomeType.choices)
    direction = models.CharField(max_length=10, choices=rules.Direction.choices)
    measure = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.name


class PlannedTimePoint(Planned):
    outcome = models.ForeignKey(PlannedOutcome, models.PROTECT, related_name="time_points")
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class PlannedCharacteristic(Planned):
    name = models.CharField(max_length=200)
    levels = models.JSONField()

    def __str__(self) -> str:
        return self.name
