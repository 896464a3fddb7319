"""Bringing a file in: who may, what is refused with which sentence, and what the page offers then."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reviews.core.models import Job
from reviews.search.models import Import, SearchRun
from tests import records
from tests import world as worlds
from tests.world import World

NBIB = records.nbib(records.made(range(1, 6)))
CUT = NBIB[: NBIB.rindex(b"AB  - ") + 30]
OFFER = "Import the 4 complete records, and list the incomplete one as refused"


@pytest.fixture
def run(world: World) -> SearchRun:
    return worlds.search_run(world)


def path(run: SearchRun) -> str:
    return f"/reviews/{run.source.review_id}/search/runs/{run.pk}/upload/"


def send(client: Client, run: SearchRun, content: bytes, name: str, **more: str) -> tuple[int, str, str]:
    response = client.post(path(run), {"file": SimpleUploadedFile(name, content), **more})
    return response.status_code, response.content.decode(), response.headers.get("Location", "")


def test_a_file_is_taken_and_leads_to_its_import(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    bo = client_of(world, "bo")
    page = bo.get(path(run)).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert OFFER[:20] not in page, "nothing to take in parts yet"
    status, _, location = send(bo, run, NBIB, "found.nbib")
    row = Import.objects.get()
    assert (status, location) == (302, f"/reviews/{world.review_id}/search/imports/{row.pk}/")
    assert row.imported_by_id == world.bo.user_id
    assert "Waiting for a worker to start" in bo.get(location).content.decode()
    worlds.finish_jobs(world)
    page = bo.get(location).content.decode()
    assert "5 starts = 5 imported + 0 refused" in page


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.ris", "empty.ris is empty"),
        (b"%PDF-1.7\n1 0 obj\n", "paper.ris", "paper.ris is a PDF document"),
        (b"Provider: Somewhere\nAU  - Keeper, A\n", "none.ris", "holds no record"),
        (b"Dear colleague,\n", "letter.txt", "letter.txt is not an export"),
    ],
)
def test_a_bad_file_is_refused_on_the_same_page(
    world: World, run: SearchRun, client_of: Callable[..., Client], content: bytes, name: str, words: str
) -> None:
    status, page, _ = send(client_of(world, "ada"), run, content, name)
    assert status == 422
    assert words in page
    assert "Nothing was stored" in page
    assert 'type="file"' in page
    assert not Import.objects.exists()


def test_a_form_without_a_file_says_so(world: World, run: SearchRun, client_of: Callable[..., Client]) -> None:
    response = client_of(world, "ada").post(path(run), {})
    assert response.status_code == 422
    assert "This field is required" in response.content.decode()


def test_a_cut_off_file_is_offered_in_part_and_only_then_taken(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    ada = client_of(world, "ada")
    status, page, _ = send(ada, run, CUT, "cut.nbib")
    line = CUT[: CUT.rindex(b"PMID- ")].count(b"\n") + 1
    assert status == 422
    for words in ("cut.nbib is not complete", f"line {line}", OFFER):
        assert words in page
    assert not Import.objects.exists()
    assert not Job.objects.exists()
    status, _, location = send(ada, run, CUT, "cut.nbib", takes_incomplete="on")
    assert status == 302
    worlds.finish_jobs(world)
    page = ada.get(location).content.decode()
    assert "5 starts = 4 imported + 1 refused" in page
    assert "Refused records" in page
    assert "PMID- 90000005" in page, "the raw text is there"


def test_the_same_file_again_is_refused_and_says_where_it_is(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    ada = client_of(world, "ada")
    assert send(ada, run, NBIB, "found.nbib")[0] == 302
    status, page, _ = send(ada, run, NBIB, "again.nbib")
    assert status == 409
    assert "again.nbib was not imported, because this review has the same file already: found.nbib" in page
    assert Import.objects.count() == 1


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
    assert not Import.objects.exists()


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
    assert not Import.objects.exists()
