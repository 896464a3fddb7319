"""Records, the references they belong to, and why."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviews.core.models import Review
from reviews.search import citations, rules
from reviews.search.models.imports import Import


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
    # The authors in the file's other language, where it has one.
    parallel_authors = models.JSONField(default=list)
    journal = models.TextField(blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    volume = models.TextField(blank=True)
    issue = models.TextField(blank=True)
    pages = models.TextField(blank=True)
    doi = models.TextField(blank=True)
    pmid = models.TextField(blank=True)
    accession = models.TextField(blank=True)
    issn = models.JSONField(default=list)
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


# Of rows that belong to a reference: the reference that counts, when theirs was merged into another.
DOCUMENT = Coalesce("reference__merged_into_id", "reference_id")


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def unique_documents(self) -> "ReferenceQuerySet":
        """Without references that were merged into another one, and those whose imports were all undone."""
        return self.filter(merged_into=None, is_empty=False)

    def behind(self, reference_id: int) -> "ReferenceQuerySet":
        """A reference and those merged into it: what was decided on any of them counts for it."""
        return self.filter(Q(pk=reference_id) | Q(merged_into=reference_id))


class Reference(models.Model):
    """A unique document: one or more records that are the same; what people screen.

    ``is_decided_on`` is set by the first vote, from then on the reference is never merged away unasked.
    ``merged_into`` always leads to a reference that is not merged itself. ``is_empty``: every import that brought a
    record of it was undone; it keeps its number and is shown nowhere. ``primary_record`` gave most of what is shown;
    ``composed`` holds what another record gave instead, field to ``{"record": id, "value": …}``: a cache of
    ``duplicates.primary`` that can be rebuilt. Pages read :attr:`citation`.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="references", db_index=False)
    number = models.PositiveIntegerField()
    primary_record = models.ForeignKey(Record, models.PROTECT, related_name="+", db_index=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="merged", null=True, blank=True, db_index=False
    )
    composed = models.JSONField(default=dict)
    is_decided_on = models.BooleanField(default=False)
    is_empty = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="reference_number_once"),
            models.CheckConstraint(
                condition=Q(is_empty=False) | Q(is_decided_on=False), name="reference_decided_is_never_empty"
            ),
        ]
        indexes = [
            models.Index(
                fields=["review", "number"], condition=Q(merged_into=None, is_empty=False), name="reference_documents"
            ),
            models.Index(fields=["merged_into"], condition=~Q(merged_into=None), name="reference_merged"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    @property
    def document(self) -> "Reference":
        """What it became: the reference that it was merged into, else itself."""
        return self.merged_into or self

    @property
    def citation(self) -> citations.Citation:
        """What people read of it: each field from the record that has it best."""
        return citations.compose(self.primary_record, self.composed)


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


class Presentation(models.Model):
    """How the references of a review are shown; no row means as :class:`rules.FirstLanguage` begins.

    ``Reference.composed`` and the index are caches. ``composed_as`` and ``indexed_as`` say by which version of the
    rules those of this review were made, ``made_up_to`` is the last reference of a pass that is not through yet.
    """

    review = models.OneToOneField(Review, models.PROTECT, related_name="+")
    first_language = models.CharField(
        max_length=10, choices=rules.FirstLanguage.choices, default=rules.FirstLanguage.ENGLISH
    )
    composed_as = models.PositiveSmallIntegerField(default=0)
    indexed_as = models.PositiveSmallIntegerField(default=0)
    made_up_to = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_language__in=rules.FirstLanguage.values), name="presentation_language_known"
            )
        ]

    def __str__(self) -> str:
        return f"presentation of {self.review_id}"
