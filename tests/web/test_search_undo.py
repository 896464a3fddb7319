"""The pages on which an import is taken back, and a search is corrected."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.search.models import Import, Reference, SearchRun
from tests import reading, records
from tests import world as worlds
from tests.world import World


def base(world: World) -> str:
    return f"/reviews/{world.review_id}/search/"


@pytest.fixture
def row(world: World) -> Import:
    worlds.upload(world, records.nbib(records.made(range(1, 6))))
    return worlds.upload(world, records.ris(records.made(range(4, 11))), "made.ris", source="Scopus")


def test_the_import_page_leads_to_the_undo_and_the_undo_says_what_it_does(
    world: World, row: Import, client_of: Callable[..., Client]
) -> None:
    bo, path = client_of(world, "bo"), f"{base(world)}imports/{row.pk}/"
    assert f"{path}undo/" in bo.get(path).content.decode()
    page = reading.Page(bo.get(f"{path}undo/"))
    for words in ("7 records no longer count", "5 references that only this file brought", "2 stay"):
        assert words in page.text
    assert bo.post(f"{path}undo/").headers["Location"] == path
    page = bo.get(path).content.decode()
    for words in ("This import was undone", "By Bo", "Upload a file", "7 starts = 7 imported + 0 refused"):
        assert words in page
    assert "The wrong file?" not in page
    assert "There is nothing to undo" in bo.get(f"{path}undo/").content.decode()
    assert "(undone)" in bo.get(base(world)).content.decode()
    assert bo.post(f"{path}undo/").status_code == 409
    history = client_of(world, "ada").get(f"/reviews/{world.review_id}/history/").content.decode()
    assert "undid the import of made.ris" in history


def test_after_a_vote_the_undo_is_refused_with_its_reason(
    world: World, row: Import, client_of: Callable[..., Client]
) -> None:
    worlds.vote(world, "bo", Reference.objects.get(number=9), "exclude")
    ada, path = client_of(world, "ada"), f"{base(world)}imports/{row.pk}/undo/"
    page = reading.Page(ada.get(path))
    assert "people have voted on what it brought (reference 9)" in page.text
    assert page.forms == []
    answer = ada.post(path)
    assert (answer.status_code, "reference 9" in answer.content.decode()) == (409, True)
    assert Import.objects.get(pk=row.pk).state == "stored"


@pytest.mark.parametrize(("who", "status"), [("dee", 403), ("sol", 403), ("rea", 403), ("eve", 404)])
def test_who_may_not_undo(world: World, row: Import, client_of: Callable[..., Client], who: str, status: int) -> None:
    client = client_of(world, who)
    path = f"{base(world)}imports/{row.pk}/"
    assert client.post(f"{path}undo/").status_code == status
    if who != "eve":
        assert "undo/" not in client.get(path).content.decode()
    assert Import.objects.get(pk=row.pk).state == "stored"


def test_a_reference_that_went_says_why_it_is_not_there(
    world: World, row: Import, client_of: Callable[..., Client]
) -> None:
    gone = Reference.objects.get(number=10)
    ada = client_of(world, "ada")
    ada.post(f"{base(world)}imports/{row.pk}/undo/")
    answer = ada.get(f"{base(world)}references/{gone.pk}/")
    assert (answer.status_code, "every import that brought it was undone" in answer.content.decode()) == (404, True)
    found = ada.get(f"/api/reviews/{world.review_id}/references/").json()
    assert [one["number"] for one in found["results"]] == [1, 2, 3, 4, 5]
    assert ada.get(f"/api/reviews/{world.review_id}/references/{gone.pk}/").status_code == 404


FACTS = {
    "run_on": "2024-12-03",
    "hits_reported": "7",
    "searched_by": "Lia the librarian",
    "strategy": "rest AND keepers\nNOT lamps",
    "limits": "English",
    "filters": "Cochrane HSSS 2008",
    "updates": "alert every month",
    "peer_review": "PRESS, by Mo",
    "prior_work": "Keeper 2019",
    "other_methods": "asked three authors",
}


class TestCorrections:
    def test_old_values_stay_beside_the_new_ones(
        self, world: World, row: Import, client_of: Callable[..., Client]
    ) -> None:
        bo, path = client_of(world, "bo"), f"{base(world)}runs/{row.search_run_id}/"
        page = reading.Page(bo.get(f"{path}correct/"))
        assert page.form["strategy"] == "rest AND keepers"
        assert bo.post(f"{path}correct/", {**page.form, **FACTS}).headers["Location"] == path
        page = reading.Page(client_of(world, "rea").get(path))
        for words in (*FACTS.values(), "Corrections", "By Bo"):
            for line in words.split("\n"):
                assert line in page.text or words == "2024-12-03", words
        for words in ("3 December 2024", "2024-12-02", "rest AND keepers", "not given"):
            assert words in page.text
        assert "Correct it" not in page.text
        history = client_of(world, "ada").get(f"/reviews/{world.review_id}/history/").content.decode()
        assert "corrected the search of Scopus on 3 December 2024: date of the search" in history

    def test_who_comes_second_is_told(self, world: World, row: Import, client_of: Callable[..., Client]) -> None:
        bo, path = client_of(world, "bo"), f"{base(world)}runs/{row.search_run_id}/correct/"
        form = dict(reading.Page(bo.get(path)).form)
        assert bo.post(path, {**form, "limits": "first"}).status_code == 302
        answer = client_of(world, "ada").post(path, {**form, "limits": "second"})
        assert (answer.status_code, "meanwhile" in answer.content.decode()) == (409, True)
        assert SearchRun.objects.get(pk=row.search_run_id).limits == "first"

    def test_nothing_changed_is_no_correction(
        self, world: World, row: Import, client_of: Callable[..., Client]
    ) -> None:
        bo, path = client_of(world, "bo"), f"{base(world)}runs/{row.search_run_id}/"
        assert bo.post(f"{path}correct/", reading.Page(bo.get(f"{path}correct/")).form).status_code == 302
        assert SearchRun.objects.get(pk=row.search_run_id).revision == 0
        assert "Corrections" not in bo.get(path).content.decode()

    @pytest.mark.parametrize("change", [{"run_on": "2999-01-01"}, {"hits_reported": "-1"}, {"searched_by": "x" * 121}])
    def test_what_is_wrong_is_shown_beside_its_field(
        self, world: World, row: Import, client_of: Callable[..., Client], change: dict[str, str]
    ) -> None:
        bo, path = client_of(world, "bo"), f"{base(world)}runs/{row.search_run_id}/correct/"
        answer = bo.post(path, {**reading.Page(bo.get(path)).form, **change})
        assert answer.status_code == 422
        assert SearchRun.objects.get(pk=row.search_run_id).revision == 0

    @pytest.mark.parametrize(("who", "status"), [("dee", 403), ("rea", 403), ("eve", 404)])
    def test_who_may_not_correct(
        self, world: World, row: Import, client_of: Callable[..., Client], who: str, status: int
    ) -> None:
        client, path = client_of(world, who), f"{base(world)}runs/{row.search_run_id}/"
        assert client.post(f"{path}correct/", {"revision": 0, **FACTS}).status_code == status
        assert client.get(path).status_code == (404 if who == "eve" else 200)

    def test_the_page_of_a_search_costs_a_constant_number_of_queries(
        self,
        world: World,
        row: Import,
        client_of: Callable[..., Client],
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        bo, path = client_of(world, "bo"), f"{base(world)}runs/{row.search_run_id}/"
        for limits in ("a", "b", "c"):
            bo.post(f"{path}correct/", {**reading.Page(bo.get(f"{path}correct/")).form, "limits": limits})
        with django_assert_max_num_queries(10):
            page = bo.get(path).content.decode()
        assert page.count("<caption>") == 3
