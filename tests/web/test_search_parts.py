"""Uploading in parts, as the page's script does it."""

import json
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from reviews.search import rules
from reviews.search.models import Preview, SearchRun, Upload
from tests import records
from tests import world as worlds
from tests.world import World

NBIB = records.nbib(records.made(range(1, 6)))
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def run(world: World) -> SearchRun:
    return worlds.search_run(world)


def begin(client: Client, run: SearchRun, **more: object) -> HttpResponse:
    facts = {"file_name": "found.nbib", "size": len(NBIB), "modified": 1_700_000_000_000, **more}
    return client.post(f"/reviews/{run.source.review_id}/search/runs/{run.pk}/uploads/", facts, headers=FETCH)


def part(client: Client, url: str, offset: object, content: bytes) -> HttpResponse:
    return client.post(f"{url}?offset={offset}", content, content_type="application/octet-stream", headers=FETCH)


def test_from_the_announcement_to_the_preview(world: World, run: SearchRun, client_of: Callable[..., Client]) -> None:
    bo = client_of(world, "bo")
    page = bo.get(f"/reviews/{world.review_id}/search/runs/{run.pk}/upload/").content.decode()
    assert f'data-upload="/reviews/{world.review_id}/search/runs/{run.pk}/uploads/"' in page
    assert f'data-part="{rules.SENT_AT_A_TIME}"' in page
    state = json.loads(begin(bo, run).content)
    assert (state["received"], state["size"]) == (0, len(NBIB))
    state = json.loads(part(bo, state["part_url"], 0, NBIB[:1000]).content)
    assert state["received"] == 1000
    assert json.loads(begin(bo, run).content)["received"] == 1000, "the page was left and opened again"
    answer = bo.post(state["finish_url"], headers=FETCH)
    assert (answer.status_code, "not here as a whole yet" in answer.content.decode()) == (409, True)
    part(bo, state["part_url"], 1000, NBIB[1000:])
    url = json.loads(bo.post(state["finish_url"], headers=FETCH).content)["url"]
    assert "Import 5 records" in bo.get(url).content.decode()


def test_a_part_again_is_welcome_and_a_gap_is_told_where_to_go_on(
    world: World, run: SearchRun, client_of: Callable[..., Client]
) -> None:
    ada = client_of(world, "ada")
    url = json.loads(begin(ada, run).content)["part_url"]
    for _ in range(2):
        answer = part(ada, url, 0, NBIB[:100])
        assert (answer.status_code, json.loads(answer.content)["received"]) == (200, 100)
    answer = part(ada, url, 300, NBIB[300:400])
    assert (answer.status_code, json.loads(answer.content)["received"]) == (409, 100)


@pytest.mark.parametrize("offset", ["", "x", "-1", "9" * 30, "1&offset=%00"])
def test_a_part_without_its_place_is_refused(
    world: World, run: SearchRun, client_of: Callable[..., Client], offset: str
) -> None:
    ada = client_of(world, "ada")
    url = json.loads(begin(ada, run).content)["part_url"]
    answer = part(ada, url, offset, b"x")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/plain"), "a sentence for the script"
    assert Upload.objects.get().received == 0


def test_a_body_that_is_too_large_is_not_read(
    world: World, run: SearchRun, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_IN_PART", 50)
    ada = client_of(world, "ada")
    url = json.loads(begin(ada, run).content)["part_url"]
    assert part(ada, url, 0, NBIB[:51]).status_code == 422
    assert part(ada, url, 0, NBIB[:50]).status_code == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": 0}, "is empty"),
        ({"size": 10**10}, "this server takes files of up to"),
        ({"size": "many"}, "Load the page again"),
        ({"file_name": ""}, "Load the page again"),
        ({"modified": 2**60}, "Load the page again"),
    ],
)
def test_announcements_that_are_refused(
    world: World, run: SearchRun, client_of: Callable[..., Client], change: dict[str, object], words: str
) -> None:
    answer = begin(client_of(world, "ada"), run, **change)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Upload.objects.exists()


class TestWhoMay:
    @pytest.mark.parametrize(("who", "status"), [("dee", 403), ("sol", 403), ("rea", 403), ("eve", 404), ("bo", 404)])
    def test_not_somebody_else(
        self, world: World, run: SearchRun, client_of: Callable[..., Client], who: str, status: int
    ) -> None:
        state = json.loads(begin(client_of(world, "ada"), run).content)
        other = client_of(world, who)
        assert part(other, state["part_url"], 0, NBIB[:100]).status_code == status
        assert other.post(state["finish_url"]).status_code == status
        assert Upload.objects.get().received == 0
        assert not Preview.objects.exists()

    def test_permission_comes_before_the_body(
        self, world: World, run: SearchRun, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whoever read the body of somebody who may not send it would fail here."""
        state = json.loads(begin(client_of(world, "ada"), run).content)

        def read(*args: object) -> bytes:
            raise AssertionError("the body was read")

        monkeypatch.setattr("django.core.handlers.wsgi.WSGIRequest.read", read)
        assert part(client_of(world, "rea"), state["part_url"], 0, b"x").status_code == 403
        with pytest.raises(AssertionError):
            part(client_of(world, "ada"), state["part_url"], 0, b"x")

    def test_without_the_token_of_the_page_nothing_is_taken(
        self, world: World, run: SearchRun, client_of: Callable[..., Client]
    ) -> None:
        state = json.loads(begin(client_of(world, "ada"), run).content)
        careful = client_of(world, "ada", checks_csrf=True)
        assert part(careful, state["part_url"], 0, NBIB[:100]).status_code == 403
        page = careful.get(f"/reviews/{world.review_id}/search/runs/{run.pk}/upload/")
        token = str(page.context["csrf_token"])
        answer = careful.post(
            f"{state['part_url']}?offset=0",
            NBIB[:100],
            content_type="application/octet-stream",
            headers={**FETCH, "X-CSRFToken": token},
        )
        assert (answer.status_code, Upload.objects.get().received) == (200, 100)
