from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reviews.protocols.models import ExclusionReason
from reviews.screening import rules
from reviews.search.models import Reference

REASON_FITS = Q(phase="full_text", verdict="exclude", reason__isnull=False) | (
    ~(Q(phase="full_text") & Q(verdict="exclude")) & Q(reason=None)
)


class Decision(models.Model):
    """What votes and resolutions share. Append-only: a change of mind supersedes, a trigger refuses the rest."""

    reference = models.ForeignKey(Reference, models.PROTECT, related_name="%(class)ss")
    phase = models.CharField(max_length=20, choices=rules.Phase.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=rules.Verdict.choices)
    reason = models.ForeignKey(ExclusionReason, models.PROTECT, related_name="+", null=True, blank=True)
    note = models.TextField(blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Vote(Decision):
    """One reviewer's verdict on one reference in one phase."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "phase", "person"],
                condition=Q(superseded_at=None),
                name="vote_current_once",
            ),
            models.CheckConstraint(condition=REASON_FITS, name="vote_reason_fits"),
            models.CheckConstraint(
                condition=Q(phase="title_abstract", verdict__in=["include", "maybe", "exclude"])
                | Q(phase="full_text", verdict__in=["include", "exclude"]),
                name="vote_verdict_of_phase",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "phase", "reference"], condition=Q(superseded_at=None), name="vote_mine")
        ]

    def __str__(self) -> str:
        return f"vote {self.pk}"


class Resolution(Decision):
    """The adjudicator's own, third entry; it settles the reference."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "phase"], condition=Q(superseded_at=None), name="resolution_current_once"
            ),
            models.CheckConstraint(condition=REASON_FITS, name="resolution_reason_fits"),
            models.CheckConstraint(condition=Q(verdict__in=["include", "exclude"]), name="resolution_verdict_known"),
        ]

    def __str__(self) -> str:
        return f"resolution {self.pk}"


class Doubt(models.Model):
    """A voter asks for a second look at a reference that has all its votes."""

    reference = models.ForeignKey(Reference, models.PROTECT, related_name="doubts")
    phase = models.CharField(max_length=20, choices=rules.Phase.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    raised_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reference", "phase", "person"], name="doubt_once")]

    def __str__(self) -> str:
        return f"doubt {self.pk}"


class Standing(models.Model):
    """The tally of a reference in a phase: a cache of votes, resolution and doubts that can be rebuilt.

    The state is not stored: it follows from the tally and the protocol's rule in force (``rules.state``).
    No row means no votes yet.
    """

    reference = models.ForeignKey(Reference, models.PROTECT, related_name="standings")
    review_id = models.BigIntegerField()
    phase = models.CharField(max_length=20, choices=rules.Phase.choices)
    includes = models.PositiveSmallIntegerField(default=0)
    maybes = models.PositiveSmallIntegerField(default=0)
    excludes = models.PositiveSmallIntegerField(default=0)
    is_contested = models.BooleanField(default=False)
    resolution = models.CharField(max_length=10, null=True, blank=True)  # noqa: DJ001

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference", "phase"], name="standing_once"),
        ]
        indexes = [models.Index(fields=["review_id", "phase"], name="standing_of_review")]

    def __str__(self) -> str:
        return f"standing of {self.reference_id} in {self.phase}"

    @property
    def tally(self) -> rules.Tally:
        return rules.Tally(self.includes, self.maybes, self.excludes, self.is_contested, self.resolution)


class Retrieval(models.Model):
    """A report that could not be retrieved; superseded when it turns up."""

    reference = models.ForeignKey(Reference, models.PROTECT, related_name="retrievals")
    note = models.TextField(blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference"], condition=Q(superseded_at=None), name="retrieval_current_once"
            )
        ]

    def __str__(self) -> str:
        return f"not retrieved: {self.reference_id}"
