"""Files on their way in, before anything of them is stored as records."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from reviews.core.models import Review
from reviews.search import rules
from reviews.search.models.imports import Import
from reviews.search.models.sources import SearchRun


class Upload(models.Model):
    """A file that somebody is sending for a search run, and then looks at before it is imported.

    ``received`` of its ``size`` bytes are here without a gap. Its parts become one file, kept as ``stored_as`` under
    ``sha256``, once all are here. ``modified`` is what the browser says of the file (milliseconds), by which the
    same file is recognised when an upload goes on later. ``became`` is the import made of it.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="+")
    search_run = models.ForeignKey(SearchRun, models.PROTECT, related_name="uploads")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    modified = models.BigIntegerField(default=0)
    received = models.PositiveBigIntegerField(default=0)
    stored_as = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    became = models.ForeignKey(Import, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(received__lte=F("size")), name="upload_received_at_most_size"),
            models.CheckConstraint(
                condition=Q(stored_as="") | Q(received=F("size")) & ~Q(sha256=""), name="upload_kept_is_whole"
            ),
        ]
        indexes = [models.Index(fields=["touched_at"], name="upload_touched")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_whole(self) -> bool:
        return self.received == self.size


class UploadPart(models.Model):
    """Some bytes of an upload, from ``offset`` on, until they are put together."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts", db_index=False)
    offset = models.PositiveBigIntegerField()
    size = models.PositiveIntegerField()
    stored_as = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "offset"], name="upload_part_once")]

    def __str__(self) -> str:
        return f"{self.size} bytes at {self.offset}"


class Preview(models.Model):
    """One look at an uploaded file: how it was read (empty: as recognised), and what was found or refused.

    ``found`` holds what the page shows (``services.looking``): counts, shares, warnings and the first records.
    ``known`` is the import that has the same bytes already.
    """

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="previews")
    format = models.CharField(max_length=40, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=rules.PreviewState.choices, default=rules.PreviewState.WAITING)
    found = models.JSONField(default=dict)
    refusal = models.TextField(blank=True)
    known = models.ForeignKey(Import, models.PROTECT, related_name="+", null=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=rules.PreviewState.values), name="preview_state_known"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refusal=""), name="preview_refusal_has_reason"),
        ]

    def __str__(self) -> str:
        return f"preview {self.pk} of {self.upload_id}"
