from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Floor
from django.utils import timezone

from reviews.core.history import Historic, one_current
from reviews.extraction import rules
from reviews.extraction.models.studies import Arm, Study
from reviews.protocols.models import PlannedCharacteristic, PlannedTimePoint


class EntryQuerySet(models.QuerySet["Entry"]):
    def extractions(self) -> "EntryQuerySet":
        """Extractors' entries that count, submitted or not."""
        return self.filter(kind=rules.EntryKind.EXTRACTION, abandoned_at=None)

    def consensus(self) -> "EntryQuerySet":
        return self.filter(kind=rules.EntryKind.CONSENSUS, abandoned_at=None)

    def submitted(self) -> "EntryQuerySet":
        return self.filter(Exists(Submission.objects.current().filter(entry=OuterRef("pk"))))


class Entry(models.Model):
    """One extractor's values for a study (in one of two places), or the consensus of the two.

    Whether it is submitted is what its current :class:`Submission` says. A place that is given up is freed by setting
    ``abandoned_at``; whoever goes on with what somebody else began has an entry that ``continues`` theirs. A
    consensus without a person is the program's: both entries said the same.
    """

    study = models.ForeignKey(Study, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=rules.EntryKind.choices)
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    abandoned_at = models.DateTimeField(null=True, blank=True)
    continues = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)

    objects = EntryQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(kind="consensus"), name="entry_person_unless_consensus"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def submitted_at(self) -> datetime | None:
        """When it was last submitted, None while it is open; a consensus is submitted once it is made.

        Reads ``submissions``: prefetch them where there is more than one entry.
        """
        if self.kind == rules.EntryKind.CONSENSUS:
            return self.started_at
        return next((one.at for one in self.submissions.all() if one.superseded_at is None), None)


class Submission(Historic):
    """An entry was handed in; it is past once the extractor has reopened the entry."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="submission_number_once"),
            one_current("entry", name="submission_current_once"),
        ]

    def __str__(self) -> str:
        return f"submission {self.number} of {self.entry_id}"


class Completion(models.Model):
    """Both entries of a study were submitted at the same time: from then on they can be seen.

    A fact that nothing takes back. Everybody who has sat in the review since may have seen the values, so the two
    entries stay as they are and nobody extracts the study independently any more; the database holds this.
    """

    study = models.OneToOneField(Study, models.PROTECT, related_name="completion")
    first = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    second = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(first=F("second")), name="completion_of_two")]

    def __str__(self) -> str:
        return f"both entries of {self.study_id}"


class Value(Historic):
    """One datum as reported, with its place in the report. Append-only; the newest current one counts.

    A consensus value tells whose value was taken (``taken_from``), and ``taken_from_other`` where both entries said
    the same; neither when it is a third one. In an entry that somebody else began, ``taken_from`` is what they typed.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="values")
    arm = models.ForeignKey(Arm, models.PROTECT, related_name="values")
    time_point = models.ForeignKey(PlannedTimePoint, models.PROTECT, related_name="+")
    field = models.CharField(max_length=10, choices=rules.Field.choices)
    reported = models.CharField(max_length=60)
    number = models.FloatField()
    place = models.CharField(max_length=200, blank=True)
    taken_from = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    taken_from_other = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            one_current("entry", "arm", "time_point", "field", name="value_current_once"),
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


class Trait(Historic):
    """The level of a planned characteristic that a study has, as one entry says. Append-only.

    ``taken_from`` and ``taken_from_other`` tell of a trait what they tell of a value.
    """

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="traits")
    characteristic = models.ForeignKey(PlannedCharacteristic, models.PROTECT, related_name="+")
    level = models.CharField(max_length=120)
    place = models.CharField(max_length=200, blank=True)
    taken_from = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    taken_from_other = models.ForeignKey("self", models.PROTECT, related_name="+", null=True, blank=True)
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [one_current("entry", "characteristic", name="trait_current_once")]

    def __str__(self) -> str:
        return self.level

    @property
    def text(self) -> str:
        return self.level
