"""The pages of search: sources, runs, imports, references."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.core.models import Job
from reviews.search import services
from reviews.search.models import Import, Reference, SearchRun, Source
from tests import exact, imports, records
from tests import world as worlds
from tests.world import World


def base(world: World) -> str:
    return f"/reviews/{world.review_id}/search/"


@pytest.fixture
def searched(world: World) -> World:
    worlds.upload(world, records.nbib(records.made(range(1, 61))))
    worlds.upload(world, records.ris(records.made(range(51, 71))), "made.ris", source="Scopus")
    return world


def test_the_first_page_leads_to_the_first_source(world: World, client_of: Callable[..., Client]) -> None:
    page = client_of(world, "ada").get(base(world)).content.decode()
    assert "Nothing has been searched yet" in page
    assert page.count("button-primary") == 1
    assert f"{base(world)}sources/new/" in page
    assert f"{base(world)}sources/new/" not in client_of(world, "rea").get(base(world)).content.decode()


def test_from_a_source_to_its_run_to_its_file(world: World, client_of: Callable[..., Client]) -> None:
    bo = client_of(world, "bo")
    response = bo.post(f"{base(world)}sources/new/", {"name": "PubMed", "kind": "database", "platform": "NCBI"})
    source = Source.objects.get()
    assert response.headers["Location"] == f"{base(world)}sources/{source.pk}/runs/new/"
    assert "Add the search of PubMed" in bo.get(base(world)).content.decode()
    facts = {"run_on": "2024-12-02", "hits_reported": "290", "strategy": "#1 rest\n#2 keepers", "limits": "none"}
    response = bo.post(response.headers["Location"], facts)
    run = SearchRun.objects.get()
    assert response.headers["Location"] == f"{base(world)}runs/{run.pk}/upload/"
    page = bo.get(base(world)).content.decode()
    for words in ("2 December 2024", "290", "#2 keepers", "Upload the file from PubMed", "by Bo"):
        assert words in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hits_reported": "many"}, "Enter a whole number"),
        ({"hits_reported": "-3"}, "greater than or equal to 0"),
        ({"run_on": "yesterday"}, "Enter a valid date"),
        ({"run_on": ""}, "This field is required"),
        ({"run_on": str(timezone.now().date() + timedelta(days=5))}, "lies in the future"),
    ],
)
def test_a_wrong_search_run_is_shown_again_with_what_was_typed(
    world: World, client_of: Callable[..., Client], change: dict[str, str], words: str
) -> None:
    source = services.add_source(world.ada, name="PubMed", kind="database")
    facts = {"run_on": "2024-12-02", "strategy": "rest AND keepers", **change}
    response = client_of(world, "ada").post(f"{base(world)}sources/{source.pk}/runs/new/", facts)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert "rest AND keepers" in page
    assert not SearchRun.objects.exists()


def test_a_source_twice_is_refused_beside_its_field(world: World, client_of: Callable[..., Client]) -> None:
    ada = client_of(world, "ada")
    for status in (302, 422):
        response = ada.post(f"{base(world)}sources/new/", {"name": "PubMed", "kind": "database"})
        assert response.status_code == status
    assert "PubMed is a source of this review already" in response.content.decode()


def test_the_overview_says_records_and_references_and_what_is_missing(
    searched: World, client_of: Callable[..., Client]
) -> None:
    SearchRun.objects.filter(source__name="PubMed").update(hits_reported=65)
    SearchRun.objects.filter(source__name="Scopus").update(hits_reported=20)
    page = client_of(searched, "rea").get(base(searched)).content.decode()
    for words in ("80 records → 70 references", "5 hits not in the files", "Agree", "made.nbib", "made.ris"):
        assert words in page
    assert "Upload a file" not in page, "a reader is offered what readers may not do"


def test_an_import_shows_its_job_and_then_its_result(world: World, client_of: Callable[..., Client]) -> None:
    run = worlds.search_run(world)
    upload = worlds.SimpleUploadedFile("found.nbib", records.nbib(records.made(range(1, 6))))
    row = services.receive_file(world.ada, search_run_id=run.pk, file=upload)
    rea = client_of(world, "rea")
    page = rea.get(f"{base(world)}imports/{row.pk}/").content.decode()
    job = Job.objects.get()
    assert f"/reviews/{world.review_id}/jobs/{job.pk}/?reload=1" in page
    worlds.finish_jobs(world)
    page = rea.get(f"{base(world)}imports/{row.pk}/").content.decode()
    for words in ("5 starts = 5 imported + 0 refused", "100 %", row.sha256, "UTF-8"):
        assert words in page
    assert "data-job=" not in page
    file = rea.get(f"{base(world)}imports/{row.pk}/file/")
    assert b"".join(file.streaming_content) == records.nbib(records.made(range(1, 6)))
    assert 'attachment; filename="found.nbib"' in file.headers["Content-Disposition"]


def test_an_import_warns_of_a_doi_that_two_documents_have(world: World, client_of: Callable[..., Client]) -> None:
    titles = ("Warm socks for night watchmen", "Gas lamps and the price of whale oil")
    row = worlds.upload(world, imports.ris([{"title": title, "doi": "10.5555/congress"} for title in titles]), "c.ris")
    page = client_of(world, "rea").get(f"{base(world)}imports/{row.pk}/").content.decode()
    assert "2 records share a DOI with another document that may be a different one" in page
    assert "they were kept apart (lines 1 and 7)." in page


def test_a_file_refused_by_its_job_says_why_and_offers_the_way_on(
    world: World, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.search.rules.CHECKED_AT_ONCE", 100)
    content = records.ris(records.made(range(1, 6)))
    worlds.upload(world, content[: content.rindex(b"AB  - ") + 30], "large.ris")
    row = Import.objects.get()
    ada = client_of(world, "ada")
    page = ada.get(f"{base(world)}imports/{row.pk}/").content.decode()
    assert "large.ris is not complete" in page
    assert "Nothing of this file was stored" in page
    assert f"{base(world)}runs/{row.search_run_id}/upload/" in page


def test_references_are_listed_fifty_at_a_time_and_found(searched: World, client_of: Callable[..., Client]) -> None:
    rea = client_of(searched, "rea")
    page = rea.get(f"{base(searched)}references/").content.decode()
    assert "<strong>70</strong> references." in page
    assert page.count("<tr>") == 51
    assert rea.get(f"{base(searched)}references/?page=2").content.decode().count("<tr>") == 21
    scopus = Source.objects.get(name="Scopus")
    page = rea.get(
        f"{base(searched)}references/?words=trial&source={scopus.pk}&year_from=2011&year_to=2011"
    ).content.decode()
    assert "<strong>1</strong> reference found." in page
    assert "PubMed, Scopus" in page
    assert "number 51 of guided rest" in page
    assert "No reference fits" in rea.get(f"{base(searched)}references/?words=submarine").content.decode()


@pytest.mark.parametrize("query", ["?year_from=soon", "?source=none", "?page=999", "?page=x", "?words=%00"])
def test_filters_that_make_no_sense_do_no_harm(searched: World, client_of: Callable[..., Client], query: str) -> None:
    assert client_of(searched, "rea").get(f"{base(searched)}references/{query}").status_code == 200


def test_a_reference_shows_its_records_side_by_side(searched: World, client_of: Callable[..., Client]) -> None:
    reference = Reference.objects.get(number=55)
    page = client_of(searched, "rea").get(f"{base(searched)}references/{reference.pk}/").content.decode()
    for words in (
        "2 records of the same document",
        "First record of the reference",
        "Joined automatically",
        "made.ris</a>, line",
        "shown to reviewers",
        "PMID- 90000055",
        "TY  - JOUR",
    ):
        assert words in page
    assert "(differs)" not in page, "a full stop behind the title is no difference"


def test_what_speaks_against_a_join_is_marked(
    world: World, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    exact.install(monkeypatch)
    first = records.Made(1, pmid="90000001", doi="10.5555/made.1")
    worlds.upload(world, records.nbib([first, records.Made(2, pmid="90000002", doi="10.5555/made.1")]))
    (reference,) = world.references()
    page = client_of(world, "rea").get(f"{base(world)}references/{reference.pk}/").content.decode()
    # Title, year, volume and PMID.
    assert page.count("(differs)") == 4


def test_while_a_file_is_stored_its_records_are_not_called_missing(
    world: World, client_of: Callable[..., Client]
) -> None:
    run = worlds.search_run(world)
    SearchRun.objects.update(hits_reported=5)
    upload = worlds.SimpleUploadedFile("found.nbib", records.nbib(records.made(range(1, 6))))
    services.receive_file(world.ada, search_run_id=run.pk, file=upload)
    rea = client_of(world, "rea")
    page = rea.get(base(world)).content.decode()
    assert "being imported" in page
    assert "Fewer than the hits" not in page
    worlds.finish_jobs(world)
    assert "Agree" in rea.get(base(world)).content.decode()


def test_the_address_of_a_merged_reference_leads_to_where_it_went(
    searched: World, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    exact.install(monkeypatch)
    bridge = records.Made(900, pmid="90000001", doi="10.5555/made.2")
    worlds.upload(searched, records.nbib([bridge]), "bridge.nbib", source="Embase")
    gone, stays = Reference.objects.get(number=2), Reference.objects.get(number=1)
    response = client_of(searched, "rea").get(f"{base(searched)}references/{gone.pk}/")
    assert (response.status_code, response.headers["Location"]) == (302, f"{base(searched)}references/{stays.pk}/")


def test_nothing_here_tells_that_somebody_has_voted(searched: World, client_of: Callable[..., Client]) -> None:
    reference = Reference.objects.get(number=3)
    cy = client_of(searched, "cy")
    paths = [base(searched), f"{base(searched)}references/", f"{base(searched)}references/{reference.pk}/"]
    before = [body(cy, path) for path in paths]
    worlds.vote(searched, "bo", reference, "exclude")
    assert [body(cy, path) for path in paths] == before


def body(client: Client, path: str) -> str:
    """The page's own part: the frame holds a token that is new every time."""
    page = client.get(path).content.decode()
    return page[page.index("<main") : page.index("</main>")]


def test_the_lists_have_a_constant_number_of_queries(
    searched: World, client_of: Callable[..., Client], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rea = client_of(searched, "rea")
    for path, expected in (("", 8), ("references/", 11), ("references/?page=2&words=trial", 14)):
        rea.get(base(searched) + path)
        with django_assert_num_queries(expected):
            rea.get(base(searched) + path)


def test_many_refused_records_come_in_pages(
    world: World, client_of: Callable[..., Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    content = records.ris(records.made(range(1, 3))) + b"TY  - JOUR\nPY  - 2020\nER  - \n" * 60
    row = worlds.upload(world, content, "many.ris")
    rea = client_of(world, "rea")
    with django_assert_max_num_queries(13):
        page = rea.get(f"{base(world)}imports/{row.pk}/").content.decode()
    assert "62 starts = 2 imported + 60 refused" in page
    assert page.count("<summary>Record ") == 50
    assert rea.get(f"{base(world)}imports/{row.pk}/?page=2").content.decode().count("<summary>Record ") == 10


@pytest.mark.parametrize("kind", ["imports", "references"])
def test_what_belongs_to_another_review_does_not_exist(
    searched: World, client_of: Callable[..., Client], kind: str
) -> None:
    other = worlds.core.create_review(searched.people["eve"], title="Another")
    pk = {"imports": Import, "references": Reference}[kind].objects.first().pk
    eve = client_of(searched, "eve")
    assert eve.get(f"/reviews/{other.review_id}/search/{kind}/{pk}/").status_code == 404
    assert eve.get(f"/reviews/{searched.review_id}/search/{kind}/{pk}/").status_code == 404
    assert eve.get(f"/reviews/{other.review_id}/search/imports/{Import.objects.first().pk}/file/").status_code == 404
