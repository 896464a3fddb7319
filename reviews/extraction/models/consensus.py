from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reviews.core.history import Historic, one_current
from reviews.extraction import rules
from reviews.extraction.models.entries import Entry
from reviews.extraction.models.studies import Study


class Settlement(models.Model):
    """The consensus was made (number 1) or revised, in one way; a reason stands wherever something decided changed."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="settlements")
    number = models.PositiveSmallIntegerField()
    way = models.CharField(max_length=20, choices=rules.SETTLED)
    reason = models.TextField(max_length=rules.REASON_MAX, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="settlement_number_once"),
            models.CheckConstraint(
                condition=Q(number=1) & ~Q(way="lead_alone") | ~Q(reason=""), name="settlement_reason_given"
            ),
            models.CheckConstraint(condition=~Q(way="agreed") | Q(number=1), name="settlement_agreed_first"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.number}"


class SettlementPerson(models.Model):
    """Whose names a settlement bears: one who settled, or one who proposed and another who confirmed."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="people")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    part = models.CharField(max_length=20, choices=rules.Part.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["settlement", "person"], name="settlement_person_once"),
            models.UniqueConstraint(fields=["settlement", "part"], name="settlement_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.part}"


class ConsensusProposal(Historic):
    """The whole consensus as one extractor proposes it to the other. Append-only; past once it is answered or lapsed.

    ``content`` holds the decisions with the ids of the values they rest on (``rules.decisions``).
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="proposals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    content = models.JSONField()
    note = models.TextField(max_length=rules.REASON_MAX, blank=True)
    at = models.DateTimeField(default=timezone.now)
    ended_as = models.CharField(max_length=20, choices=rules.Ended.choices, blank=True)

    class Meta:
        constraints = [
            one_current("study", name="proposal_current_once"),
            models.CheckConstraint(
                condition=Q(superseded_at=None, ended_as="") | Q(superseded_at__isnull=False) & ~Q(ended_as=""),
                name="proposal_ended_somehow",
            ),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk} for {self.study_id}"
