"""What lists find, filter and sort records by."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from reviews.core.models import Review
from reviews.search.models.references import Record


class RecordIndex(models.Model):
    """A record as lists look for it. A record never changes, so neither does this; it can be made again from it.

    ``languages`` are English names, ``publication_kind`` is one of ``lookup.kinds``, ``title_key`` what titles are
    sorted by and ``author_key`` what first authors are
    (Chinese by its pinyin), ``title_words`` the words of titles. Rows are small, so that a hundred thousand of them are
    counted at once.
    """

    record = models.OneToOneField(Record, models.PROTECT, related_name="index", primary_key=True)
    review = models.ForeignKey(Review, models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField(null=True)
    title_key = models.CharField(max_length=80)
    languages = ArrayField(models.CharField(max_length=40))
    publication_kind = models.CharField(max_length=20)
    has_abstract = models.BooleanField()
    has_doi = models.BooleanField()
    title_words = SearchVectorField()
    author_key = models.CharField(max_length=80, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["review", "languages"], name="record_index_languages"),
            models.Index(fields=["review", "publication_kind"], name="record_index_kinds"),
        ]

    def __str__(self) -> str:
        return f"index of record {self.record_id}"


class RecordWords(models.Model):
    """The words of all fields of a record: what a search looks in. Apart from :class:`RecordIndex` for their size."""

    record = models.OneToOneField(Record, models.PROTECT, related_name="found_by", primary_key=True)
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="record_words")]

    def __str__(self) -> str:
        return f"words of record {self.record_id}"
