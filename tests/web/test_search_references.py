"""The list of references: what its address says, what it marks, and that nothing in it does harm."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.search.models import Join, Reference, Source
from tests import imports, records
from tests import world as worlds
from tests.world import World


@pytest.fixture
def library(world: World) -> World:
    entries = [
        {"title": "Sleep & <b>watch</b>", "abstract": f"{'Nothing yet. ' * 30}Keepers slept on melatonin. The end."},
        {"title": "针灸治疗失眠症", "author": "王小明", "year": 2021},
    ]
    worlds.upload(world, imports.ris(entries), "made.ris")
    worlds.upload(world, records.ris(records.made(range(3, 73))), "more.ris", source="Scopus")
    return world


def address(world: World, query: str = "") -> str:
    return f"/reviews/{world.review_id}/search/references/{query}"


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_words_are_marked_and_text_stays_text(library: World, client_of: Callable[..., Client]) -> None:
    rea = client_of(library, "rea")
    found = page(rea, address(library, "?words=sleeping+melatonin"))
    assert "<strong>1</strong> reference found." in found
    assert "<mark>Sleep</mark> &amp; " in found
    assert "on <mark>melatonin</mark>. The end." in found
    assert "<b>watch" not in found
    found = page(rea, address(library, "?words=針灸"))
    assert "<mark>针灸</mark>治疗失眠症" in found


def test_every_filter_is_a_chip_that_leads_to_the_list_without_it(
    library: World, client_of: Callable[..., Client]
) -> None:
    scopus = Source.objects.get(name="Scopus").pk
    query = f"?words=trial&source={scopus}&year_from=2003&year_to=2005&show=single&kind=article&page=1"
    found = page(client_of(library, "rea"), address(library, query))
    for text in (
        "Words: trial",
        "Source: Scopus",
        "Years: 2003 to 2005",
        "With one record",
        "Type: Journal article",
    ):
        assert f"<span>{text}</span>" in found
    left = f"?source={scopus}&amp;year_from=2003&amp;year_to=2005&amp;show=single&amp;kind=article"
    assert f'href="{left}"' in found
    assert f'href="?words=trial&amp;source={scopus}&amp;show=single&amp;kind=article"' in found
    assert found.count('class="chip"') == 5


def test_nothing_found_says_what_to_do(library: World, client_of: Callable[..., Client]) -> None:
    found = page(client_of(library, "rea"), address(library, "?words=submarine"))
    assert "No reference fits" in found
    assert "Take a filter off above" in found
    assert "Export" not in found
    assert "No references yet" not in found


def test_a_review_without_references_leads_to_the_searches(world: World, client_of: Callable[..., Client]) -> None:
    found = page(client_of(world, "ada"), address(world))
    assert "No references yet" in found
    assert f'href="/reviews/{world.review_id}/search/"' in found
    assert 'role="search"' not in found


def test_a_page_beyond_the_last_is_the_last(library: World, client_of: Callable[..., Client]) -> None:
    rea = client_of(library, "rea")
    for query in ("?page=2", "?page=999", "?page=99999&sort=title", "?page=7&words=trial"):
        found = page(rea, address(library, query))
        assert 51 > found.count('name="reference"') > 0, query
        assert "<strong>72</strong>" in found or "<strong>70</strong>" in found


@pytest.mark.parametrize(
    "query",
    [
        *(
            "?year_from=soon",
            "?source=none",
            "?page=x",
            "?page=-1",
            "?page=²",
            "?words=%00",
            "?sort=votes",
            "?show=decided",
        ),
        *("?language=Klingon", "?kind=x", "?added_since=9999-12-31", "?added_since=0001-01-01", "?year_from=99999"),
        *("?words=%22", "?words=-", "?words=*", "?words=%5C", "?words=%27+OR+1%3D1", "?words=a%3A%2A+%26+%21"),
    ],
)
def test_addresses_that_make_no_sense_do_no_harm(library: World, client_of: Callable[..., Client], query: str) -> None:
    assert "References" in page(client_of(library, "rea"), address(library, query))


def test_years_the_wrong_way_round_are_told(library: World, client_of: Callable[..., Client]) -> None:
    found = page(client_of(library, "rea"), address(library, "?year_from=2010&year_to=2005"))
    assert "This is before 2010. Swap the two years." in found


def test_the_list_has_a_constant_number_of_queries(
    library: World, client_of: Callable[..., Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rea = client_of(library, "rea")
    for query in ("", "?page=2", "?words=trial", "?words=trial&sort=title&show=no_doi&year_from=2001", "?sort=newest"):
        rea.get(address(library, query))
        with django_assert_max_num_queries(16):
            rea.get(address(library, query))


def test_the_list_says_nothing_of_a_vote(library: World, client_of: Callable[..., Client]) -> None:
    cy = client_of(library, "cy")
    paths = [
        address(library, query) for query in ("", "?words=trial", "?show=single&sort=newest", "?added_since=2020-01-01")
    ]
    paths.append(address(library, f"{Reference.objects.get(number=3).pk}/"))
    before = [_main(page(cy, path)) for path in paths]
    worlds.vote(library, "bo", Reference.objects.get(number=3), "include")
    assert [_main(page(cy, path)) for path in paths] == before


def _main(found: str) -> str:
    return found[found.index("<main") : found.index("</main>")]


def test_a_reference_tells_what_was_joined_when_and_why(library: World, client_of: Callable[..., Client]) -> None:
    worlds.upload(library, records.nbib(records.made(range(3, 5))), "again.nbib", source="PubMed")
    reference = Reference.objects.get(number=3)
    found = page(client_of(library, "rea"), address(library, f"{reference.pk}/"))
    for text in (
        "2 records of the same document",
        "Joined automatically",
        "again.nbib",
        "more.ris",
        "TY  - JOUR",
        "PMID- 90000003",
    ):
        assert text in found


def test_a_reference_tells_where_its_records_were_before(library: World, client_of: Callable[..., Client]) -> None:
    stays, gone = Reference.objects.get(number=3), Reference.objects.get(number=4)
    join = Join.objects.get(reference=gone, superseded_at=None)
    Join.objects.filter(pk=join.pk).update(superseded_at=timezone.now())
    Join.objects.create(record_id=join.record_id, in_import_id=join.in_import_id, reference=stays, kind="confirmed")
    found = page(client_of(library, "rea"), address(library, f"{stays.pk}/"))
    assert "Confirmed by a person as the same document" in found
    assert "was reference 4 until" in found


def test_which_language_comes_first_is_chosen_on_its_page(library: World, client_of: Callable[..., Client]) -> None:
    there = address(library, "languages/")
    ada = client_of(library, "ada")
    assert "The original language first" in page(ada, there)
    assert ada.post(there, {"first": "klingon"}).status_code == 422
    assert client_of(library, "rea").post(there, {"first": "original"}).status_code == 403
    assert ada.post(there, {"first": "original"}).status_code == 302
