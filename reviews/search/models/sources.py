"""Where was searched, when and how."""

from django.conf import settings
from django.db import models
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
    """One execution of a strategy at a source on a day, with the hits it reported and what PRISMA-S asks for.

    ``ran_by`` recorded it; ``searched_by`` names who ran it when that was somebody else. ``revision`` counts its
    corrections, each of which is a :class:`SearchRunChange`.
    """

    source = models.ForeignKey(Source, models.PROTECT, related_name="search_runs")
    run_on = models.DateField()
    strategy = models.TextField(blank=True)
    limits = models.TextField(blank=True)
    filters = models.TextField(blank=True)
    searched_by = models.CharField(max_length=120, blank=True)
    updates = models.TextField(blank=True)
    peer_review = models.TextField(blank=True)
    prior_work = models.TextField(blank=True)
    other_methods = models.TextField(blank=True)
    hits_reported = models.PositiveIntegerField(null=True, blank=True)
    ran_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.source} on {self.run_on}"


class SearchRunChange(models.Model):
    """A correction of a search run: the values of the changed fields before and after. A trigger keeps it."""

    search_run = models.ForeignKey(SearchRun, models.PROTECT, related_name="changes", db_index=False)
    revision = models.PositiveIntegerField()
    before = models.JSONField()
    after = models.JSONField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["search_run", "revision"], name="search_run_change_once")]

    def __str__(self) -> str:
        return f"change {self.revision} of {self.search_run_id}"
