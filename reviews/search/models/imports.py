"""Files brought in, and what of them was refused."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from reviews.core.models import Review
from reviews.search import rules
from reviews.search.models.sources import SearchRun


class Import(models.Model):
    """One file brought in for a search run; its bytes are kept under their digest.

    ``starts = imported + refused`` holds for every stored import; ``stored_up_to`` is the position of the
    last record stored or refused, from which an interrupted import goes on. ``starts`` is 0 until the whole
    file was checked; ``fill`` holds the shares (0 to 1) of its records that have each field; ``refusal`` is the
    sentence of a file that was refused whole. ``mapping`` (column name to field name) is how a table of any columns
    was read. An import that was undone keeps its records, but none of them belongs to a reference any more.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="imports", db_index=False)
    search_run = models.ForeignKey(SearchRun, models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    format = models.CharField(max_length=40)
    encoding = models.CharField(max_length=40)
    mapping = models.JSONField(default=dict)
    takes_incomplete = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=rules.ImportState.choices, default=rules.ImportState.WAITING)
    starts = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    stored_up_to = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)
    fill = models.JSONField(default=dict)
    refusal = models.TextField(blank=True)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="stored") | Q(starts=F("imported") + F("refused")), name="import_adds_up"
            ),
            models.UniqueConstraint(
                fields=["review", "sha256"], condition=~Q(state__in=["refused", "undone"]), name="import_file_once"
            ),
            models.CheckConstraint(condition=Q(state__in=rules.ImportState.values), name="import_state_known"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refusal=""), name="import_refusal_has_reason"),
            models.CheckConstraint(
                condition=Q(state="undone", undone_at__isnull=False, undone_by__isnull=False)
                | (~Q(state="undone") & Q(undone_at=None, undone_by=None)),
                name="import_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class RefusedRecord(models.Model):
    """A record of a file that was not imported, with the reason and its raw text: nothing is lost in silence."""

    in_import = models.ForeignKey(Import, models.PROTECT, related_name="refused_records", db_index=False)
    position = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    raw = models.TextField()
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["in_import", "position"], name="refused_record_once")]

    def __str__(self) -> str:
        return f"record {self.position} at line {self.line}"
