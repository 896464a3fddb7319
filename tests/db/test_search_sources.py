"""Sources and search runs, and what their services refuse."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from reviews.core.models import EventLine
from reviews.core.refusals import BadInput, NotAllowed, NotFound
from reviews.search import services
from reviews.search.models import SearchRun, Source
from tests import world as worlds
from tests.threads import at_once
from tests.world import World


def test_a_source_and_its_run_are_kept_with_their_events(world: World) -> None:
    source = services.add_source(world.bo, name="  Web of  Science ", kind="database", platform="Clarivate")
    run = services.add_search_run(
        world.bo, source_id=source.pk, run_on=date(2024, 12, 2), strategy="a\nb\n", limits="none", hits_reported=12
    )
    source.refresh_from_db()
    assert (source.name, source.review_id) == ("Web of Science", world.review_id)
    run.refresh_from_db()
    assert (run.strategy, run.limits, run.hits_reported, run.ran_by_id) == ("a\nb", "none", 12, world.bo.user_id)
    kinds = EventLine.objects.filter(review_id=world.review_id).order_by("-pk").values_list("type", flat=True)
    assert list(kinds[:2]) == ["search.run_added", "search.source_added"]


def test_a_source_is_there_once_whatever_the_case(world: World) -> None:
    services.add_source(world.ada, name="PubMed", kind="database")
    with pytest.raises(BadInput, match="pubmed is a source of this review already"):
        services.add_source(world.ada, name="pubmed", kind="database")
    assert Source.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "kind", "field"), [("  ", "database", "name"), ("x" * 121, "database", "name"), ("PubMed", "shop", "kind")]
)
def test_what_a_source_must_have(world: World, name: str, kind: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        services.add_source(world.ada, name=name, kind=kind)
    assert field in refused.value.fields
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"run_on": timezone.now().date() + timedelta(days=3)}, "run_on"),
        ({"run_on": date(2024, 1, 1), "hits_reported": -1}, "hits_reported"),
        ({"run_on": date(2024, 1, 1), "hits_reported": 2**31}, "hits_reported"),
    ],
)
def test_what_a_search_run_must_not_have(world: World, values: dict[str, object], field: str) -> None:
    source = services.add_source(world.ada, name="PubMed", kind="database")
    with pytest.raises(BadInput) as refused:
        services.add_search_run(world.ada, source_id=source.pk, **values)
    assert field in refused.value.fields
    assert not SearchRun.objects.exists()


def test_a_source_of_another_review_does_not_exist_here(world: World) -> None:
    other = worlds.core.create_review(world.people["eve"], title="Another")
    source = services.add_source(other, name="PubMed", kind="database")
    with pytest.raises(NotFound):
        services.add_search_run(world.ada, source_id=source.pk, run_on=date(2024, 1, 1))


@pytest.mark.parametrize("who", ["dee", "sol", "rea"])
def test_who_may_not_search(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        services.add_source(world.seats[who], name="PubMed", kind="database")
    with pytest.raises(NotAllowed):
        services.add_search_run(world.seats[who], source_id=1, run_on=date(2024, 1, 1))


def test_a_run_without_its_event_is_not_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    source = services.add_source(world.ada, name="PubMed", kind="database")

    def fail(*args: object, **kwargs: object) -> None:
        raise ConnectionError("the trail is gone")

    monkeypatch.setattr("reviews.core.events.record", fail)
    with pytest.raises(ConnectionError):
        services.add_search_run(world.ada, source_id=source.pk, run_on=date(2024, 1, 1))
    assert not SearchRun.objects.exists()


def test_two_people_who_add_the_same_source_at_once_make_one(transactional_db: None) -> None:
    world = worlds.review()
    results = at_once(
        lambda: services.add_source(world.ada, name="Embase", kind="database"),
        lambda: services.add_source(world.bo, name="EMBASE", kind="database"),
    )
    assert sum(isinstance(result, BadInput) for result in results) == 1
    assert Source.objects.count() == 1
