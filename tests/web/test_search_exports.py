"""References as files: what is filtered or ticked, in every format, and read back by the project's own readers."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone

from reviews.search.formats import parsed, reading
from reviews.search.models import Reference
from tests import imports
from tests import world as worlds
from tests.world import World

ENTRIES = (
    {
        "title": "Sleep of nurses",
        "author": "Müller, Åsa",
        "year": 2019,
        "doi": "10.5555/a.1",
        "abstract": "They slept.",
    },
    {"title": "针灸治疗失眠症", "author": "王小明", "year": 2021},
    {"title": "=HYPERLINK(1) and sleep", "author": "Keeper, A.", "year": 2020},
)


@pytest.fixture
def library(world: World) -> World:
    worlds.upload(world, imports.ris(ENTRIES), "made.ris")
    return world


def address(world: World, query: str) -> str:
    return f"/reviews/{world.review_id}/search/references/export/{query}"


def read(client: Client, url: str, name: str) -> list[parsed.ParsedRecord]:
    response = client.get(url)
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    found = reading.inspect(BytesIO(content), name)
    items = list(reading.read(BytesIO(content), found.format, found.encoding))
    return [item for item in items if isinstance(item, parsed.ParsedRecord)]


@pytest.mark.parametrize(("kind", "suffix"), [("ris", "ris"), ("bibtex", "bib"), ("csv", "csv"), ("xlsx", "xlsx")])
def test_what_is_exported_reads_back(library: World, client_of: Callable[..., Client], kind: str, suffix: str) -> None:
    items = read(client_of(library, "rea"), address(library, f"?format={kind}"), f"x.{suffix}")
    assert [item.title for item in items] == [entry["title"] for entry in ENTRIES]
    assert (items[0].doi, items[0].year, items[0].abstract) == ("10.5555/a.1", 2019, "They slept.")
    assert list(items[1].authors) == ["王小明"]


def test_the_filters_of_the_list_and_ticks_choose(library: World, client_of: Callable[..., Client]) -> None:
    rea = client_of(library, "rea")
    items = read(rea, address(library, "?format=ris&words=sleep&sort=newest"), "x.ris")
    assert [item.title for item in items] == ["=HYPERLINK(1) and sleep", "Sleep of nurses"]
    chinese = Reference.objects.get(number=2).pk
    items = read(rea, address(library, f"?format=ris&which=ticked&reference={chinese}"), "x.ris")
    assert [item.title for item in items] == ["针灸治疗失眠症"]


def test_the_file_is_named_and_cells_do_no_harm(library: World, client_of: Callable[..., Client]) -> None:
    response = client_of(library, "rea").get(address(library, "?format=csv"))
    name = f"guided-rest-for-lighthouse-keepers-references-{timezone.localdate().isoformat()}.csv"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert b"\n=" not in (content := b"".join(response.streaming_content))
    assert b",=HYPERLINK" not in content


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Choose the format of the file"),
        ("?format=docx", "Choose the format of the file"),
        ("?format=ris&words=submarine", "nothing to export"),
        ("?format=ris&which=ticked", "No reference is ticked"),
        ("?format=ris&which=ticked&reference=x", "Tick at most"),
        ("?format=ris&which=ticked&reference=999999999999", "nothing to export"),
        ("?format=ris&year_from=soon", "A filter in this address makes no sense"),
    ],
)
def test_what_cannot_be_exported_is_told(
    library: World, client_of: Callable[..., Client], query: str, words: str
) -> None:
    response = client_of(library, "rea").get(address(library, query))
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_stranger_gets_nothing_and_another_review_nothing_of_this_one(
    library: World, client_of: Callable[..., Client]
) -> None:
    assert client_of(library, "eve").get(address(library, "?format=ris")).status_code == 404
    other = imports.another(library)
    pk = Reference.objects.get(number=1).pk
    response = client_of(library, "ada").get(address(other, f"?format=ris&which=ticked&reference={pk}"))
    assert response.status_code == 422


def test_an_export_says_nothing_of_a_vote(library: World, client_of: Callable[..., Client]) -> None:
    cy = client_of(library, "cy")
    before = b"".join(cy.get(address(library, "?format=csv")).streaming_content)
    worlds.vote(library, "bo", Reference.objects.get(number=1), "exclude")
    assert b"".join(cy.get(address(library, "?format=csv")).streaming_content) == before
