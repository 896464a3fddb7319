"""Where and when was searched."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core.models import Review
from reviews.core.refusals import BadInput, NotFound
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import events, rules
from reviews.search.models import SearchRun, Source


def add_source(seat: Seat, *, name: str, kind: str, platform: str = "") -> Source:
    """Add a place that was searched; its name is unique in the review, whatever the case of its letters."""
    seat.require(Permission.SEARCH)
    name, platform = _one_line(name, "name"), _one_line(platform, "platform")
    if not name:
        raise BadInput("A source needs a name, such as PubMed.", {"name": "Write the source's name."})
    if kind not in rules.SourceKind.values:
        message = f"The kind of source has to be one of: {', '.join(rules.SourceKind.values)}."
        raise BadInput(message, {"kind": message})
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        if Source.objects.filter(review_id=seat.review_id, name__iexact=name).exists():
            message = f"{name} is a source of this review already. Add a search run to it instead."
            raise BadInput(message, {"name": message})
        source = Source.objects.create(review_id=seat.review_id, name=name, kind=kind, platform=platform)
        happened = events.SourceAdded(source.pk, name)
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return source


def add_search_run(
    seat: Seat,
    *,
    source_id: int,
    run_on: date,
    strategy: str = "",
    limits: str = "",
    hits_reported: int | None = None,
) -> SearchRun:
    """Record one search: the day, the strategy line by line, its limits and the hits the source reported."""
    seat.require(Permission.SEARCH)
    _check_run(run_on, hits_reported)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        source = Source.objects.filter(review_id=seat.review_id, pk=source_id).first()
        if source is None:
            raise NotFound("There is no such source in this review.")
        run = SearchRun.objects.create(
            source=source,
            run_on=run_on,
            strategy=strategy.strip(),
            limits=limits.strip(),
            hits_reported=hits_reported,
            ran_by_id=seat.user_id,
        )
        happened = events.SearchRunAdded(run.pk, source.name, f"{run_on:%-d %B %Y}")
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return run


def _one_line(text: str, field: str) -> str:
    text = " ".join(text.split())
    if len(text) > 120:
        message = f"The {field} has {len(text)} characters; shorten it to 120 at most."
        raise BadInput(message, {field: message})
    return text


def _check_run(run_on: date, hits_reported: int | None) -> None:
    # A day ahead of the server's clock is today somewhere.
    if run_on > timezone.now().date() + timedelta(days=1):
        message = f"{run_on:%-d %B %Y} lies in the future. Give the day on which the search was run."
        raise BadInput(message, {"run_on": message})
    if hits_reported is not None and not 0 <= hits_reported <= rules.MOST_HITS:
        message = "The hits reported have to be a whole number from 0 upwards."
        raise BadInput(message, {"hits_reported": message})
