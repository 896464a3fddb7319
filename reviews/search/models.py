from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from reviews.core.models import Review
from reviews.search import rules


class Source(models.Model):
    """A place that was searched."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="sources")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=rules.SourceKind.choices, default=rules.SourceKind.DATABASE)
    platform = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("review", Lower("name"), name="source_once")]

    def __str__(self) -> str:
        return self.name


class SearchRun(models.Model):
    """One execution of a strategy at a source on a day, with the hits it reported."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="search_runs")
    run_on = models.DateField()
    strategy = models.TextField(blank=True)
    limits = models.TextField(blank=True)
    hits_reported = models.PositiveIntegerField(null=True, blank=True)
    ran_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.source} on {self.run_on}"


class Import(models.Model):
    """One file brought in for a search run; its bytes are kept under their digest.

    ``starts = imported + refused`` holds for every stored import; ``stored_up_to`` is the position of the
    last record stored or refused, from which an interrupted import goes on. ``starts`` is 0 until the whole
    file was checked; ``fill`` holds the shares (0 to 1) of its records that have each field; ``refusal`` is the
    sentence of a file that was refused whole.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="imports", db_index=False)
    search_run = models.ForeignKey(SearchRun, models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=255)
    stored_as = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    format = models.CharField(max_length=40)
    encoding = models.CharField(max_length=40)
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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="stored") | Q(starts=F("imported") + F("refused")), name="import_adds_up"
            ),
            models.UniqueConstraint(
                fields=["review", "sha256"], condition=~Q(state="refused"), name="import_file_once"
            ),
            models.CheckConstraint(condition=Q(state__in=rules.ImportState.values), name="import_state_known"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refusal=""), name="import_refusal_has_reason"),
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


class Record(models.Model):
    """One citation as it stood in a file; a trigger refuses to change it."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="records")
    in_import = models.ForeignKey(Import, models.PROTECT, related_name="records", db_index=False)
    position = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    raw = models.TextField()
    title = models.TextField(blank=True)
    original_title = models.TextField(blank=True)
    abstract = models.TextField(blank=True)
    # Lists as JSON, not as arrays: PostgreSQL then takes a whole chunk in one UNNEST, twice as fast.
    authors = models.JSONField(default=list)
    journal = models.TextField(blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    volume = models.TextField(blank=True)
    issue = models.TextField(blank=True)
    pages = models.TextField(blank=True)
    doi = models.TextField(blank=True)
    pmid = models.TextField(blank=True)
    accession = models.TextField(blank=True)
    language = models.TextField(blank=True)
    url = models.TextField(blank=True)
    publication_type = models.TextField(blank=True)
    database = models.TextField(blank=True)
    keywords = models.JSONField(default=list)
    tags = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["in_import", "position"], name="record_once")]

    def __str__(self) -> str:
        return self.title or f"record {self.position}"


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def unique_documents(self) -> "ReferenceQuerySet":
        """Without references that were merged into another one."""
        return self.filter(merged_into=None)


class Reference(models.Model):
    """A unique document: one or more records that are the same; what people screen.

    ``is_decided_on`` is set by the first vote, from then on the reference is never merged away unasked.
    ``merged_into`` always leads to a reference that is not merged itself.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="references", db_index=False)
    number = models.PositiveIntegerField()
    primary_record = models.ForeignKey(Record, models.PROTECT, related_name="+", db_index=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="merged", null=True, blank=True, db_index=False
    )
    is_decided_on = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "number"], name="reference_number_once")]
        indexes = [
            models.Index(fields=["review", "number"], condition=Q(merged_into=None), name="reference_unique_docs"),
            models.Index(fields=["merged_into"], condition=~Q(merged_into=None), name="reference_merged"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class Join(models.Model):
    """Which reference a record belongs to, and why. A record has one current join; old ones stay."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="joins", db_index=False)
    reference = models.ForeignKey(Reference, models.PROTECT, related_name="joins", db_index=False)
    # The record's, repeated here so that lists filter and count by source without reading records.
    in_import = models.ForeignKey(Import, models.PROTECT, related_name="joins", db_index=False)
    kind = models.CharField(max_length=10, choices=rules.JoinKind.choices)
    joined_at = models.DateTimeField(default=timezone.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record"], condition=Q(superseded_at=None), name="join_current_once")
        ]
        indexes = [
            models.Index(fields=["reference"], condition=Q(superseded_at=None), name="join_current_reference"),
            models.Index(
                fields=["in_import", "reference"], condition=Q(superseded_at=None), name="join_current_import"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} in {self.reference_id}"


class Fingerprint(models.Model):
    """A key by which further records find the reference: DOI, PMID, or title with year and first author.

    A reference holds the keys of all its records; ``digest`` is the SHA-256 of kind and normalised key.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="+", db_index=False)
    reference = models.ForeignKey(Reference, models.PROTECT, related_name="fingerprints", db_index=False)
    kind = models.CharField(max_length=10, choices=rules.JoinKind.choices)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reference", "digest"], name="fingerprint_once")]
        indexes = [models.Index(fields=["review", "digest"], name="fingerprint_lookup")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.reference_id}"
