"""Where and when was searched."""

from datetime import date, timedelta
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core.models import Review
from reviews.core.refusals import BadInput, NotFound, Refusal
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.search import events, rules
from reviews.search.models import SearchRun, SearchRunChange, Source
from reviews.search.services import steps

TEXTS = tuple(name for name in rules.FACTS if name not in ("run_on", "hits_reported"))


class Facts(TypedDict, total=False):
    """What PRISMA-S asks to report of a search, beside its day."""

    hits_reported: int | None
    strategy: str
    limits: str
    filters: str
    searched_by: str
    updates: str
    peer_review: str
    prior_work: str
    other_methods: str


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


def add_search_run(seat: Seat, *, source_id: int, run_on: date, **facts: Unpack[Facts]) -> SearchRun:
    """Record one search: the day, the strategy line by line, the hits, and what else PRISMA-S asks for."""
    seat.require(Permission.SEARCH)
    values = _cleaned(run_on, facts)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        source = Source.objects.filter(review_id=seat.review_id, pk=source_id).first()
        if source is None:
            raise NotFound("There is no such source in this review.")
        run = SearchRun.objects.create(source=source, ran_by_id=seat.user_id, **values)
        happened = events.SearchRunAdded(run.pk, source.name, f"{run_on:%-d %B %Y}")
        trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return run


def correct_search_run(
    seat: Seat, *, search_run_id: int, revision: int, run_on: date, **facts: Unpack[Facts]
) -> SearchRun:
    """Correct what was recorded of a search; the old values are kept. Nothing changed is no correction.

    ``revision`` is the run's when the person began to write: a correction made meanwhile is not written over.
    """
    seat.require(Permission.SEARCH)
    values = _cleaned(run_on, facts)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        run = steps.search_run(seat, search_run_id)
        if run.revision != revision:
            raise Refusal("Somebody else has corrected this search meanwhile. Read it again, then make your changes.")
        changed = [name for name, value in values.items() if getattr(run, name) != value]
        if changed:
            _keep_old(seat, run, {name: values[name] for name in changed})
            names = ", ".join(rules.FACTS[name].lower() for name in changed)
            happened = events.SearchRunCorrected(run.pk, run.source.name, f"{run.run_on:%-d %B %Y}", names)
            trail.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return run


def _keep_old(seat: Seat, run: SearchRun, values: dict[str, Any]) -> None:
    run.revision += 1
    SearchRunChange.objects.create(
        search_run=run,
        revision=run.revision,
        before={name: _json(getattr(run, name)) for name in values},
        after={name: _json(value) for name, value in values.items()},
        changed_by_id=seat.user_id,
    )
    for name, value in values.items():
        setattr(run, name, value)
    run.save(update_fields=[*values, "revision"])


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _cleaned(run_on: date, facts: Facts) -> dict[str, Any]:
    """Every fact, tidied; those not given are empty."""
    hits_reported = facts.get("hits_reported")
    _check_run(run_on, hits_reported)
    texts = {name: str(facts.get(name, "")).replace("\x00", "").strip() for name in TEXTS}
    texts["searched_by"] = _one_line(texts["searched_by"], "searched_by", "name")
    return {"run_on": run_on, "hits_reported": hits_reported, **texts}


def _one_line(text: str, field: str, called: str = "") -> str:
    text = " ".join(text.split())
    if len(text) > 120:
        message = f"The {called or field} has {len(text)} characters; shorten it to 120 at most."
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
