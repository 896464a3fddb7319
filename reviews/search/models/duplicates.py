"""Duplicates: keys by which records find each other, pairs that may be one document, and what was decided."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from reviews.core.history import one_current
from reviews.core.models import Review
from reviews.search import rules
from reviews.search.models.imports import Import
from reviews.search.models.references import Record, Reference


class Key(models.Model):
    """A number that a record shares with what may be the same document (``duplicates.keys``).

    The upper 16 bits of ``hash`` say what the key is made of. The primary key is the index of every look-up. That
    ``record`` is one of ``review`` is checked by a trigger once for all rows of a statement: keys are most of what an
    import writes, and to check each of them takes longer than to store it. Records are never deleted.
    """

    pk = models.CompositePrimaryKey("review_id", "hash", "record_id")
    review = models.ForeignKey(Review, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    hash = models.BigIntegerField()
    record = models.ForeignKey(Record, models.PROTECT, related_name="keys", db_index=False, db_constraint=False)

    def __str__(self) -> str:
        return f"key of {self.record_id}"


class DuplicateCheck(models.Model):
    """A comparison of an import's records, or of all records of a review when ``in_import`` is empty.

    ``compared_up_to`` is the last record (primary key) whose findings are stored, from which an interrupted check
    goes on; ``joined`` and ``proposed`` count what came of it.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="duplicate_checks")
    in_import = models.ForeignKey(Import, models.PROTECT, related_name="duplicate_checks", null=True, db_index=False)
    compared_up_to = models.BigIntegerField(default=0)
    compared = models.PositiveIntegerField(default=0)
    joined = models.PositiveIntegerField(default=0)
    proposed = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["in_import"], condition=~Q(in_import=None), name="duplicate_check_once_an_import"
            )
        ]

    def __str__(self) -> str:
        return f"check {self.pk} of {self.review_id}"


class Pair(models.Model):
    """Two records that may be one document, as the engine scored them; ``one`` is the older.

    ``vetoes`` names what speaks against joining (``duplicates.vetoes``). ``band`` is what the thresholds made of it
    when it was last looked at; what people and the engine decided are its :class:`PairDecision` rows.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="pairs", db_index=False)
    one = models.ForeignKey(Record, models.PROTECT, related_name="+", db_index=False)
    other = models.ForeignKey(Record, models.PROTECT, related_name="+")
    score = models.FloatField()
    vetoes = models.JSONField(default=list)
    band = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="pair_ordered"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="pair_score_is_a_chance"),
        ]
        indexes = [models.Index(fields=["review", "band", "-score"], name="pair_of_review")]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}"


class PairDecision(models.Model):
    """Joined or different: said by a person, or (``person`` empty) joined by the engine. A trigger keeps history.

    A join merged the reference ``loser`` into ``survivor``. An undone decision is superseded and says by whom.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="+", db_index=False)
    pair = models.ForeignKey(Pair, models.PROTECT, related_name="decisions", db_index=False)
    verdict = models.CharField(max_length=10, choices=rules.PairVerdict.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    loser = models.ForeignKey(Reference, models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    survivor = models.ForeignKey(Reference, models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    decided_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    # Who proposed a join that another person confirmed; and what somebody wrote who joined without a second person.
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    note = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pair"], condition=Q(superseded_at=None), name="pair_decided_once"),
            models.CheckConstraint(
                condition=Q(verdict="joined", loser__isnull=False, survivor__isnull=False)
                | Q(verdict="different", loser=None, survivor=None, person__isnull=False),
                name="pair_decision_complete",
            ),
        ]
        indexes = [
            models.Index(
                fields=["review", "verdict", "-id"], condition=Q(superseded_at=None), name="pair_decision_current"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pair_id}: {self.verdict}"


class JoinProposal(models.Model):
    """Somebody says that two records are one document, and another person has to confirm it.

    So it is where the join would show this person a verdict before they have voted. A trigger keeps history.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="+")
    pair = models.ForeignKey(Pair, models.PROTECT, related_name="proposals", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    proposed_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [one_current("pair", name="join_proposal_once")]

    def __str__(self) -> str:
        return f"proposal to join {self.pair_id}"


class Thresholds(models.Model):
    """From which chance on records of a review are joined, or proposed; no row means the engine's own.

    ``revision`` counts the changes, each of which is an event.
    """

    review = models.OneToOneField(Review, models.PROTECT, related_name="+")
    join = models.FloatField()
    propose = models.FloatField()
    revision = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(propose__gt=0, propose__lte=F("join"), join__lte=1), name="thresholds_ordered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.join} and {self.propose}"
