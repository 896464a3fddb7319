"""Nasty input to the API: a refusal in JSON each, never a mistake of ours, nothing stored."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from reviews.core.models import EventLine
from reviews.protocols import selectors as protocols
from tests.web.nasty import TEXTS, undone
from tests.world import World

JSON = "application/json"
VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 10**30, 1.5, 1e999, [], [[]], {}, {"a": {}}, "\ud800", "\x00", "be\x00fore", *TEXTS,
)  # fmt: skip
BODIES = (
    b"", b"{broken", b"[]", b"null", b"5", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000,
    b'{"title": NaN}', b'{"title": 1e999}', b'{"revision": ' + b"9" * 5000 + b"}", b'{"verdict": "\\ud800"}',
)  # fmt: skip


@pytest.fixture
def ada(consensus: World) -> APIClient:
    made = APIClient(raise_request_exception=False)
    token, _ = Token.objects.get_or_create(user=consensus.people["ada"])
    made.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return made


def bodies(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """Every call that writes, with what it takes."""
    base, point = f"/api/reviews/{world.review_id}", world.time_point().pk
    content, revision = protocols.draft(world.ada)
    spec = {
        "title": "Sleep", "note": "", "arm_1": "intervention", "time_1": point, "arm_2": "comparator",
        "time_2": point, "measure": "SMD", "model": "random", "tau2_method": "DL", "convention": "revman5",
        "subgroup_by": None,
    }  # fmt: skip
    vote = {
        "reference": world.references()[4].pk, "phase": "title_abstract", "verdict": "include", "reason": None,
        "note": "",
    }  # fmt: skip
    return [
        ("post", "/api/reviews/", {"title": "A review"}),
        ("put", f"{base}/protocol/draft/", {"content": content.to_dict(), "revision": revision}),
        ("post", f"{base}/protocol/approve/", {"revision": revision, "reason": "Because"}),
        ("post", f"{base}/votes/", vote),
        ("post", f"{base}/syntheses/", spec),
        ("post", f"{base}/runs/", {"synthesis": 1}),
    ]


def mistakes(client: APIClient, requests: Iterator[tuple[str, str, object]]) -> list[str]:
    found = []
    for method, url, body in requests:
        data = body if isinstance(body, bytes) else json.dumps(body)
        with undone():
            before = EventLine.objects.count()
            answer = getattr(client, method)(url, data=data, content_type=JSON)
            if answer.status_code >= 500:
                found.append(f"{answer.status_code} {method.upper()} {url} {data[:300]!r}")
            elif answer.status_code >= 400 and EventLine.objects.count() != before:
                found.append(f"something was stored: {method.upper()} {url} {data[:300]!r}")
    return found


def test_fields_of_every_call(consensus: World, ada: APIClient) -> None:
    requests = (
        (method, url, {**body, name: value})
        for method, url, body in bodies(consensus)
        for name in (*body, "unknown")
        for value in VALUES
    )
    assert not mistakes(ada, requests)


def test_bodies_of_every_call(consensus: World, ada: APIClient) -> None:
    requests = ((method, url, body) for method, url, _ in bodies(consensus) for body in BODIES)
    assert not mistakes(ada, requests)


def inner(value: Any, change: Any) -> Iterator[Any]:
    """``value`` with one thing inside it, however deep, replaced by ``change`` or left out."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield {**value, name: change}
            yield {key: kept for key, kept in value.items() if key != name}
            yield {**value, "unknown": change}
            yield from ({**value, name: changed} for changed in inner(one, change))
    elif isinstance(value, list):
        yield [*value, change]
        for place, one in enumerate(value):
            yield from ([*value[:place], changed, *value[place + 1 :]] for changed in inner(one, change))


def test_every_part_of_a_protocol(consensus: World, ada: APIClient) -> None:
    content, revision = protocols.draft(consensus.ada)
    whole = json.loads(json.dumps(content.to_dict()))
    url = f"/api/reviews/{consensus.review_id}/protocol/draft/"
    requests = (
        ("put", url, {"content": changed, "revision": revision})
        for change in (5, "text", None, [], {}, [[]], [{}], "\x00", "\ud800", 1e999, True, "x" * 500)
        for changed in inner(whole, change)
    )
    assert not mistakes(ada, requests)


LISTS = ("references/", "votes/", "syntheses/", "runs/")


def test_nasty_pages(consensus: World, ada: APIClient) -> None:
    queries = ("limit=" + "9" * 30, "offset=" + "9" * 30, "limit=-1&offset=-1", "offset=%00", "format=no", "limit=x")
    bases = ["/api/reviews/", *(f"/api/reviews/{consensus.review_id}/{path}" for path in (*LISTS, "protocol/"))]
    for url in (f"{base}?{query}" for base in bases for query in queries):
        with undone():
            assert ada.get(url).status_code < 500, url


def test_numbers_that_cannot_be(consensus: World, ada: APIClient) -> None:
    for path in LISTS:
        for number in ("0", "9" * 19, "9" * 30):
            url = f"/api/reviews/{consensus.review_id}/{path}{number}/"
            with undone():
                assert ada.get(url).status_code == 404, url
                assert ada.delete(url).status_code in {404, 405}, url
                assert ada.get(f"/api/reviews/{number}/{path}").status_code == 404, number


def test_in_a_browser_every_role_gets_an_answer(consensus: World) -> None:
    """A browser asks for HTML first and takes what comes; it gets JSON, with the status that anybody gets."""
    methods = ("get", "post", "put", "patch", "delete", "options", "head")
    for who in ("ada", "bo", "rea", "dee", "eve"):
        client = APIClient(raise_request_exception=False)
        client.force_login(consensus.people[who])
        for path in (*LISTS, "protocol/", "protocol/draft/", "protocol/approve/"):
            for method in methods:
                with undone():
                    url = f"/api/reviews/{consensus.review_id}/{path}"
                    answer = getattr(client, method)(url, HTTP_ACCEPT="text/html,application/xhtml+xml,*/*;q=0.8")
                    assert answer.status_code < 500, (who, method, path)
                    assert who != "eve" or answer.status_code == 404, (method, path)


def test_a_part_of_a_protocol_under_a_misspelt_name_is_not_lost_in_silence(consensus: World, ada: APIClient) -> None:
    content, revision = protocols.draft(consensus.ada)
    url = f"/api/reviews/{consensus.review_id}/protocol/draft/"
    for wrong in ({**content.to_dict(), "reason": []}, {"title": "Only this"}):
        answer = ada.put(url, {"content": wrong, "revision": revision}, format="json")
        assert answer.status_code == 422
        assert protocols.draft(consensus.ada) == (content, revision)
