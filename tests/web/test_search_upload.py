"""Bringing a file in without scripts: who may, what is refused with which sentence, what the preview offers."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.core.models import Job
from reviews.search import rules
from reviews.search.models import Import, Preview, Record, SearchRun, Upload
from tests import reading, records
from tests import world as worlds
from tests.world import World

NBIB = records.nbib(records.made(range(1, 6)))
CUT = NBIB[: NBIB.rindex(b"AB  - ") + 30]
# "Müßiggang" in Windows-1252, read as Windows-1251.
CYRILLIC = "Müßiggang".encode("cp1252").decode("cp1251")
OFFER = "Import the 4 complete records, and list the incomplete one as refused"
CSV = (
    b"Paper,Who,When,Where to find it,Colour\r\n"
    b"Rest for keepers,Keeper A.,2020,10.5555/a,blue\r\n"
    b"Sleep at sea,Lamp B.,2021,10.5555/b,red\r\n"
)


@pytest.fixture
def run(world: World) -> SearchRun:
    return worlds.search_run(world)


def base(run: SearchRun) -> str:
    return f"/reviews/{run.source.review_id}/search/"


def path(run: SearchRun) -> str:
    return f"{base(run)}runs/{run.pk}/upload/"


def send(client: Client, run: SearchRun, content: bytes, name: str) -> tuple[int, str, str]:
    response = client.post(path(run), {"file": SimpleUploadedFile(name, content)})
    return response.status_code, response.content.decode(), response.headers.get("Location", "")


def looked_at(client: Client, run: SearchRun, content: bytes, name: str) -> tuple[str, str]:
    """Send a file and open its preview: the preview's path and page."""
    status, page, location = send(client, run, content, name)
    assert status == 302, page
    return location, client.get(location).content.decode()


def confirm(client: Client, location: str, **more: str) -> tuple[int, str, str]:
    """Press "Import" on the preview."""
    preview = Preview.objects.latest("pk")
    response = client.post(f"{location}import/", {"preview": preview.pk, **more})
    return response.status_code, response.content.decode(), response.headers.get("Location", "")


def test_a_file_is_looked_at_and_only_then_imported(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    bo = client_of(world, "bo")
    page = bo.get(path(run)).content.decode()
    assert 'enctype="multipart/form-data"' in page
    location, page = looked_at(bo, run, NBIB, "found.nbib")
    for words in ("Invented trial number 5", "Keeper5, Anna", "10.5555/made.5", "UTF-8", "Import 5 records", "100 %"):
        assert words in page
    assert not Import.objects.exists()
    assert not Job.objects.exists()
    assert "found.nbib" in bo.get(path(run)).content.decode(), "it is found again after leaving the page"
    status, _, location = confirm(bo, location)
    row = Import.objects.get()
    assert (status, location) == (302, f"{base(run)}imports/{row.pk}/")
    assert row.imported_by_id == world.bo.user_id
    assert "Waiting for a worker to start" in bo.get(location).content.decode()
    worlds.finish_jobs(world)
    page = bo.get(location).content.decode()
    assert "5 starts = 5 imported + 0 refused" in page


def test_importing_twice_is_one_import(world: World, run: SearchRun, client_of: Callable[..., Client]) -> None:
    bo = client_of(world, "bo")
    location, _ = looked_at(bo, run, NBIB, "found.nbib")
    _, _, first = confirm(bo, location)
    status, _, second = confirm(bo, location)
    assert (status, second) == (302, first)
    assert bo.get(location).headers["Location"] == first, "the preview leads on to its import"
    assert Import.objects.count() == Job.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"%PDF-1.7\n1 0 obj\n", "paper.ris", "paper.ris is a PDF document"),
        (b"Provider: Somewhere\nAU  - Keeper, A\n", "none.ris", "holds no record"),
        (b"Dear colleague,\n", "letter.txt", "letter.txt is not an export"),
    ],
)
def test_a_bad_file_is_refused_on_its_preview(
    world: World, run: SearchRun, client_of: Callable[..., Client], content: bytes, name: str, words: str
) -> None:
    ada = client_of(world, "ada")
    location, page = looked_at(ada, run, content, name)
    assert words in page
    assert "Nothing was stored" in page
    assert "Read it in another way" in page
    status, page, _ = confirm(ada, location)
    assert (status, words in page) == (409, True)
    assert not Import.objects.exists()
    assert ada.post(f"{location}discard/").headers["Location"] == path(run)
    assert not Upload.objects.exists()


def test_an_empty_file_is_refused_beside_the_field(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    status, page, _ = send(client_of(world, "ada"), run, b"", "empty.ris")
    assert status == 422
    for words in ("empty.ris is empty", "Nothing was stored", 'type="file"'):
        assert words in page
    assert not Upload.objects.exists()


def test_a_file_over_the_limit_is_refused_with_the_limit(
    world: World, run: SearchRun, client_of: Callable[..., Client], settings: object
) -> None:
    settings.MOST_UPLOADED = 1000
    status, page, _ = send(client_of(world, "ada"), run, NBIB, "large.nbib")
    assert (status, "this server takes files of up to" in page) == (422, True)
    assert not Upload.objects.exists()


def test_a_form_without_a_file_says_so(world: World, run: SearchRun, client_of: Callable[..., Client]) -> None:
    response = client_of(world, "ada").post(path(run), {"x": "y"})
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()


def test_a_cut_off_file_is_offered_in_part_and_only_then_taken(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    ada = client_of(world, "ada")
    location, page = looked_at(ada, run, CUT, "cut.nbib")
    line = CUT[: CUT.rindex(b"PMID- ")].count(b"\n") + 1
    for words in ("cut.nbib is not complete", f"line {line}", OFFER):
        assert words in page
    status, page, _ = confirm(ada, location)
    assert (status, OFFER in page) == (422, True)
    assert not Import.objects.exists()
    assert not Job.objects.exists()
    status, _, location = confirm(ada, location, takes_incomplete="on")
    assert status == 302
    worlds.finish_jobs(world)
    page = ada.get(location).content.decode()
    assert "5 starts = 4 imported + 1 refused" in page
    assert "Refused records" in page
    assert "PMID- 90000005" in page, "the raw text is there"


def test_the_same_file_again_is_refused_and_leads_to_where_it_is(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    ada = client_of(world, "ada")
    location, _ = looked_at(ada, run, NBIB, "found.nbib")
    other, _ = looked_at(client_of(world, "bo"), run, NBIB, "other.nbib")
    seen = Preview.objects.latest("pk").pk
    ada.post(f"{location}import/", {"preview": Preview.objects.earliest("pk").pk})
    row = Import.objects.get()
    again, page = looked_at(ada, run, NBIB, "again.nbib")
    assert "again.nbib was not imported, because this review has the same file already: found.nbib" in page
    assert f"{base(run)}imports/{row.pk}/" in page
    assert confirm(ada, again)[0] == 409
    late = client_of(world, "bo").post(f"{other}import/", {"preview": seen})
    assert late.status_code == 409, "looked at before, imported after"
    assert "because this review has the same file already" in late.content.decode()
    assert Import.objects.count() == 1


def test_format_and_encoding_can_be_chosen_before_anything_is_stored(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    """Two bytes a character that are letters in more than one encoding."""
    ada = client_of(world, "ada")
    content = "TY  - JOUR\r\nTI  - Müßiggang\r\nPY  - 2020\r\nER  - \r\n".encode("cp1252")
    location, _ = looked_at(ada, run, content, "letters.ris")
    for encoding, title in (("cp1251", CYRILLIC), ("cp1252", "Müßiggang")):
        response = ada.post(f"{location}read-again/", {"format": "ris", "encoding": encoding})
        assert response.headers["Location"] == location
        assert title in ada.get(location).content.decode()
    stale = Preview.objects.earliest("pk").pk
    response = ada.post(f"{location}import/", {"preview": stale})
    assert response.status_code == 409, "what is imported is what was looked at last"
    assert confirm(ada, location)[0] == 302
    worlds.finish_jobs(world)
    assert Record.objects.get().title == "Müßiggang"
    assert Import.objects.get().encoding == "cp1252"


@pytest.mark.parametrize("choice", [{"format": "word"}, {"encoding": "rot13"}])
def test_what_is_not_in_the_lists_cannot_be_chosen(
    world: World, run: SearchRun, client_of: Callable[..., Client], choice: dict[str, str]
) -> None:
    ada = client_of(world, "ada")
    location, _ = looked_at(ada, run, NBIB, "found.nbib")
    assert ada.post(f"{location}read-again/", choice).status_code == 422
    assert Preview.objects.count() == 1


def test_columns_of_a_table_are_chosen_on_a_page_of_their_own(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    ada = client_of(world, "ada")
    location, page = looked_at(ada, run, CSV, "table.csv")
    assert "Say what the columns mean" in page, "no name of a column says that it holds the titles"
    page = ada.get(f"{location}columns/").content.decode()
    for words in ("Colour", "Keeper A.", "10.5555/b", "First values"):
        assert words in page
    twice = {"column-0": "title", "column-1": "title"}
    response = ada.post(f"{location}columns/", twice)
    assert (response.status_code, "chosen for more than one column" in response.content.decode()) == (422, True)
    response = ada.post(f"{location}columns/", {"column-1": "authors", "column-4": "keywords"})
    assert (response.status_code, "the column that holds the titles" in response.content.decode()) == (422, True)
    chosen = {"column-0": "title", "column-1": "authors", "column-2": "year", "column-3": "doi"}
    assert ada.post(f"{location}columns/", chosen).headers["Location"] == location
    page = ada.get(location).content.decode()
    assert "Change the columns" in page
    _, _, location = confirm(ada, location)
    worlds.finish_jobs(world)
    found = Record.objects.get(position=2)
    assert (found.title, found.year, found.doi) == ("Sleep at sea", 2021, "10.5555/b")
    assert found.tags["Colour"] == ["red"]
    assert "Where to find it → DOI" in ada.get(location).content.decode()


@pytest.mark.parametrize("who", ["dee", "sol", "rea"])
def test_a_role_without_the_permission_gets_403_before_the_file_is_read(
    world: World, run: SearchRun, client_of: Callable[..., Client], who: str
) -> None:
    client = client_of(world, who)
    assert client.get(path(run)).status_code == 403
    # A body that cannot be parsed: whoever read it would answer 400.
    response = client.post(path(run), b"not a form", content_type="multipart/form-data; boundary=none")
    assert response.status_code == 403
    assert send(client, run, NBIB, "found.nbib")[0] == 403
    assert not Upload.objects.exists()


def test_for_a_stranger_and_in_another_review_the_run_does_not_exist(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    eve = client_of(world, "eve")
    assert send(eve, run, NBIB, "found.nbib")[0] == 404
    other = worlds.core.create_review(world.people["eve"], title="Another")
    foreign = path(run).replace(f"/{world.review_id}/", f"/{other.review_id}/", 1)
    assert eve.get(foreign).status_code == 404
    assert eve.post(foreign, {"file": SimpleUploadedFile("found.nbib", NBIB)}).status_code == 404
    assert Client().get(path(run)).status_code == 302
    assert not Upload.objects.exists()


@pytest.mark.parametrize("end", ["", "columns/"])
@pytest.mark.parametrize("who", ["bo", "eve"])
def test_somebody_else_s_upload_does_not_exist(
    world: World, run: SearchRun, client_of: Callable[..., Client], who: str, end: str
) -> None:
    location, _ = looked_at(client_of(world, "ada"), run, NBIB, "found.nbib")
    other = client_of(world, who)
    assert other.get(f"{location}{end}").status_code == 404
    for action in ("part/?offset=0", "finish/", "read-again/", "import/", "discard/"):
        body = {"preview": Preview.objects.get().pk}
        assert other.post(f"{location}{action}", body).status_code in {404, 422}, action
    assert Preview.objects.count() == Upload.objects.count() == 1
    assert not Import.objects.exists()


def test_a_large_file_is_read_by_a_job_and_shown_then(
    world: World, run: SearchRun, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CHECKED_AT_ONCE", 100)
    ada = client_of(world, "ada")
    location, page = looked_at(ada, run, NBIB, "large.nbib")
    job = Job.objects.get()
    assert f"/reviews/{world.review_id}/jobs/{job.pk}/?reload=1" in page
    assert "Import 5 records" not in page
    assert confirm(ada, location)[0] == 409, "not before it was read"
    worlds.finish_jobs(world)
    assert "Import 5 records" in ada.get(location).content.decode()
    assert confirm(ada, location)[0] == 302


def test_the_pages_cost_a_constant_number_of_queries(
    world: World,
    run: SearchRun,
    client_of: Callable[..., Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    ada = client_of(world, "ada")
    for number in range(4):
        location, _ = looked_at(ada, run, records.nbib(records.made(range(1, 40 + number))), f"{number}.nbib")
    with django_assert_max_num_queries(9):
        ada.get(path(run))
    with django_assert_max_num_queries(9):
        page = reading.Page(ada.get(location))
    assert "Import 42 records" in page.text
