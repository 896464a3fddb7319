"""A person's own keys: chosen, refused, shown on the buttons, switched off."""

import re
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from reviews.core.keys import DEFAULTS
from reviews.core.models import User
from tests import world as worlds
from tests.world import World

PAGE, FETCH = "/account/keys/", {"X-Requested-With": "fetch"}


def keys_of(client: Client, path: str) -> set[str]:
    """Every key that the page shows or hears."""
    page = client.get(path, follow=True).content.decode()
    heard = set(re.findall(r'data-key="([^"]*)"', page))
    assert heard == set(re.findall(r'aria-keyshortcuts="([^"]*)"', page))
    return heard


def save(client: Client, **changes: str) -> object:
    return client.post(PAGE, {"use_keys": "on", **DEFAULTS, **changes})


def test_the_page_has_a_box_for_every_key(library: World, client_of: Callable[..., Client]) -> None:
    page = client_of(library, "bo").get(PAGE).content.decode()
    for name, key in DEFAULTS.items():
        assert re.search(rf'name="{name}" value="{re.escape(key)}"', page), name


def test_keys_are_shown_as_the_person_has_them(library: World, client_of: Callable[..., Client]) -> None:
    bo, path = client_of(library, "bo"), f"/reviews/{library.review_id}/screening/"
    assert {"I", "M", "E", "N", "J", "K", "?"} <= keys_of(bo, path)
    assert save(bo, include="y", exclude=";", note="").status_code == 302
    assert keys_of(bo, path) == {"Y", "M", ";", "J", "K", "?"}
    text = bo.get(path).content.decode()
    assert '<kbd aria-hidden="true">Y</kbd>' in text
    assert "<dt><kbd>Y</kbd></dt><dd>Include</dd>" in text
    assert "I" in keys_of(client_of(library, "cy"), path)
    fragment = bo.post(f"{path}{library.references()[0].pk}/vote/", {"verdict": "maybe"}, headers=FETCH)
    assert {"Y", "M", ";", "Z"} == set(re.findall(r'data-key="([^"]*)"', fragment.content.decode()))


def test_reasons_have_keys_too(library: World, client_of: Callable[..., Client]) -> None:
    for who in ("bo", "cy"):
        worlds.vote(library, who, library.references()[0], "include")
    bo, path = client_of(library, "bo"), f"/reviews/{library.review_id}/full-text/"
    assert {"1", "2", "3"} <= keys_of(bo, path)
    save(bo, reason_1="Q", reason_2="")
    found = keys_of(bo, path)
    assert {"Q", "3"} <= found
    assert not {"1", "2"} & found


def test_the_pairs_have_the_persons_keys(asked: World, client_of: Callable[..., Client]) -> None:
    ada, path = client_of(asked, "ada"), f"/reviews/{asked.review_id}/search/duplicates/"
    assert {"D", "N", "J", "K", "?"} == keys_of(ada, path)
    save(ada, different="X", take_back="B")
    assert {"D", "X", "J", "K", "?"} == keys_of(ada, path)
    pair = re.search(r'action="([^"]+/decide/)"', ada.get(path).content.decode())
    assert pair
    answer = ada.post(pair[1], {"verdict": "different"}, headers=FETCH).content.decode()
    assert 'data-key="B"' in answer
    assert "B" in keys_of(ada, path)


def test_switched_off_nothing_is_heard(asked: World, client_of: Callable[..., Client]) -> None:
    ada, base = client_of(asked, "ada"), f"/reviews/{asked.review_id}"
    assert save(ada, use_keys="off").status_code == 302
    for path in ("/screening/", "/search/duplicates/"):
        assert keys_of(ada, base + path) == set()
        page = ada.get(base + path).content.decode()
        assert "<kbd" not in page
        assert "switched off" in page
        assert PAGE in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"include": "e"}, "“Exclude” has the key E already"),
        ({"take_back": "d"}, "“Duplicate: join them” has the key D already"),
        ({"maybe": "é"}, "Choose one letter, digit or sign"),
        ({"maybe": "ab"}, "at most 1 character"),
        ({"use_keys": ""}, "This field is required"),
        ({"use_keys": "perhaps"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_saved(
    library: World, client_of: Callable[..., Client], changes: dict[str, str], sentence: str
) -> None:
    answer = save(client_of(library, "bo"), **changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert User.objects.get(pk=library.bo.user_id).keys == {}


def test_absent_is_not_empty(library: World, client_of: Callable[..., Client]) -> None:
    bo = client_of(library, "bo")
    save(bo, include="Y")
    assert bo.post(PAGE, {"use_keys": "off"}).status_code == 302
    assert User.objects.get(pk=library.bo.user_id).keys == {"on": False, "keys": {"include": "Y"}}
    assert bo.post(PAGE, {"maybe": "W"}).status_code == 422


def test_back_to_the_first_keys(library: World, client_of: Callable[..., Client]) -> None:
    bo = client_of(library, "bo")
    save(bo, include="Y", use_keys="off")
    assert bo.get(f"{PAGE}reset/").status_code == 405
    assert bo.post(f"{PAGE}reset/").status_code == 302
    assert User.objects.get(pk=library.bo.user_id).keymap.chosen == DEFAULTS
    assert User.objects.get(pk=library.bo.user_id).keymap.is_on


def test_the_database_takes_only_named_keys(library: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=library.bo.user_id).update(keys=["I"])
