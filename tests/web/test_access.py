"""Every URL as stranger, reader, reviewer, adjudicator, statistician, lead and nobody: a URL not listed fails."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from reviews.core.access import Access
from reviews.core.rules import PERMISSIONS, Permission
from tests.world import ROLES, World

# Views of libraries, which guard themselves: django-allauth's, and the API's (whose rules are tested below).
LIBRARIES = ("account/", "api/")


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, route)
        else:
            yield route, one


def ours() -> list[tuple[str, URLPattern]]:
    own_pages = ("account/api-token/", "account/keys/", "api/docs/")
    return [
        (route, one)
        for route, one in patterns(get_resolver())
        if not route.startswith(LIBRARIES) or route.startswith(own_pages)
    ]


@pytest.mark.parametrize(("route", "pattern"), ours(), ids=[route for route, _ in ours()])
def test_every_view_declares_who_may_call_it(route: str, pattern: URLPattern) -> None:
    access = getattr(pattern.callback, "access", None)
    assert isinstance(access, Access), f"{route} declares no access (reviews.core.access)"
    if "<int:review_id>" in route:
        assert access.permission is not None, f"{route} is a review's page without a permission"
    else:
        assert access.permission is None


def path(route: str, review_id: int) -> str:
    """The route with this review's number, and a number that no row has for everything else."""
    filled = route.replace("<int:review_id>", str(review_id))
    parts = [("999999999" if part.startswith("<int:") else part) for part in filled.split("/")]
    return "/" + "/".join("x" if part.startswith("<") else part for part in parts)


def routes_of_reviews() -> list[tuple[str, Access]]:
    return [(route, one.callback.access) for route, one in ours() if "<int:review_id>" in route]


def test_strangers_find_nothing_and_roles_find_what_is_theirs(world: World, client_of: Callable[..., Client]) -> None:
    """404 for a stranger, 403 without the permission; whoever has it gets past the gate (anything but these)."""
    clients = {name: client_of(world, name) for name in (*ROLES, "eve")}
    wrong = []
    for route, access in routes_of_reviews():
        url, method = path(route, world.review_id), access.methods[0].lower()
        for name, client in clients.items():
            status = getattr(client, method)(url).status_code
            if name == "eve":
                is_right = status == 404
            elif access.permission in PERMISSIONS[ROLES[name]]:
                is_right = status not in {401, 405, 500}
            else:
                is_right = status == 403
            if not is_right:
                wrong.append(f"{method.upper()} {route} as {name}: {status}")
    assert not wrong, "\n".join(wrong)


def test_nobody_is_sent_to_sign_in(world: World, client: Client) -> None:
    for route, access in routes_of_reviews():
        response = getattr(client, access.methods[0].lower())(path(route, world.review_id))
        assert response.status_code == 302, route
        assert response["Location"].startswith("/account/login/"), route


def test_a_page_that_writes_cannot_be_fetched(world: World, client_of: Callable[..., Client]) -> None:
    ada = client_of(world, "ada")
    for route, access in routes_of_reviews():
        if access.methods == ("POST",):
            assert ada.get(path(route, world.review_id)).status_code == 405, route


def test_permission_comes_before_the_form_is_read(world: World, client_of: Callable[..., Client]) -> None:
    """A reader who posts without a CSRF token, or a broken body, is told 403 by the seat, not by the form."""
    reader = client_of(world, "rea", checks_csrf=True)
    for route, access in routes_of_reviews():
        if access.methods == ("POST",) and access.permission != Permission.VIEW:
            response = reader.post(
                path(route, world.review_id), data=b"\xff\xfenonsense", content_type="multipart/form-data; boundary=x"
            )
            assert response.status_code == 403, route
            assert "Your role in this review is reader" in response.content.decode(), route


def test_an_ended_membership_is_a_stranger(world: World, client_of: Callable[..., Client]) -> None:
    bo = client_of(world, "bo")
    url = f"/reviews/{world.review_id}/"
    assert bo.get(url).status_code == 200
    client_of(world, "ada").post(f"/reviews/{world.review_id}/people/{world.bo.membership_id}/end/")
    assert bo.get(url).status_code == 404
