from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reviews.core.history import one_current
from reviews.core.models import Review
from reviews.protocols.models import ExclusionReason
from reviews.protocols.rules import Way
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
    """The third entry that settles a reference: an adjudicator's, the lead's, or what two people agreed on.

    ``votes`` are the primary keys of the votes it settled; when one of them no longer belongs to the reference it is
    over. ``person`` is who made it final; everybody whose name stands on it is a :class:`Settler`.
    """

    votes = ArrayField(models.BigIntegerField(), default=list)
    way = models.CharField(max_length=20, choices=Way.choices, default=Way.ADJUDICATOR)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "phase"], condition=Q(superseded_at=None), name="resolution_current_once"
            ),
            models.CheckConstraint(condition=REASON_FITS, name="resolution_reason_fits"),
            models.CheckConstraint(condition=Q(verdict__in=["include", "exclude"]), name="resolution_verdict_known"),
            models.CheckConstraint(condition=~Q(way="lead_alone") | ~Q(note=""), name="resolution_alone_says_why"),
        ]

    def __str__(self) -> str:
        return f"resolution {self.pk}"


class Settler(models.Model):
    """A name on a resolution. Append-only."""

    resolution = models.ForeignKey(Resolution, models.PROTECT, related_name="settlers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=rules.Part.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resolution", "person"], name="settler_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.part} {self.resolution_id}"


class Proposal(Decision):
    """What one party to a discussion would settle on; only when another confirms it is it a resolution.

    ``votes`` are those it would settle. A counter-proposal, the resolution, a parting and the end of a party's
    membership supersede it.
    """

    votes = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [
            one_current("reference", "phase", name="screening_proposal_once"),
            models.CheckConstraint(condition=REASON_FITS, name="proposal_reason_fits"),
            models.CheckConstraint(condition=Q(verdict__in=["include", "exclude"]), name="proposal_verdict_known"),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"


class Completion(models.Model):
    """The fact that a reference got all its votes in a phase: one row for each reference of the document.

    Written in the transaction that completes. ``votes`` and ``voters`` (primary keys) are what it rests on. While it
    is open, everybody with a seat can see the verdicts; whoever held one then is exposed for ever. ``lacks_votes``: it
    goes to whoever settles, since nobody could add a vote unseen. Never unmade by a later rule.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="+", db_index=False)
    reference = models.ForeignKey(Reference, models.PROTECT, related_name="completions", db_index=False)
    phase = models.CharField(max_length=20, choices=rules.Phase.choices)
    votes = ArrayField(models.BigIntegerField())
    voters = ArrayField(models.BigIntegerField())
    lacks_votes = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "phase"], condition=Q(closed_at=None), name="completion_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=models.F("opened_at")), name="completion_in_order"
            ),
        ]
        indexes = [
            models.Index(fields=["reference", "phase"], name="completion_of_reference"),
            # Few: what parted, and what was taken back where one vote is enough.
            models.Index(fields=["review", "phase"], condition=~Q(closed_at=None), name="completion_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.reference_id} complete in {self.phase}"


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
    """The tally of a reference in a phase: a cache of what counts, of the completion, resolution and doubts.

    It can be rebuilt. The state is not stored: it follows from the tally (``rules.state``). No row means no votes yet.
    """

    reference = models.ForeignKey(Reference, models.PROTECT, related_name="standings")
    review_id = models.BigIntegerField()
    phase = models.CharField(max_length=20, choices=rules.Phase.choices)
    includes = models.PositiveSmallIntegerField(default=0)
    maybes = models.PositiveSmallIntegerField(default=0)
    excludes = models.PositiveSmallIntegerField(default=0)
    is_complete = models.BooleanField(default=False, db_default=False)
    lacks_votes = models.BooleanField(default=False, db_default=False)
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
        return rules.Tally(
            self.includes,
            self.maybes,
            self.excludes,
            self.is_complete,
            self.lacks_votes,
            self.is_contested,
            self.resolution,
        )


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
