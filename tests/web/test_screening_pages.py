"""Voting, undoing and settling over HTTP."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from reviews.screening.models import Doubt, Vote
from reviews.screening.rules import Verdict
from tests import world as worlds
from tests.world import World

FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def base(world: World) -> str:
    return f"/reviews/{world.review_id}/screening"


def test_a_vote_without_javascript_leads_back_to_the_queue(library: World, client_of: Callable[..., Client]) -> None:
    bo, first = client_of(library, "bo"), library.references()[0]
    page = bo.post(f"{base(library)}/{first.pk}/vote/", {"verdict": "exclude"}, follow=True)
    assert page.redirect_chain == [(f"{base(library)}/", 302)]
    text = page.content.decode()
    assert "Saved: exclude" in text
    assert f'action="{base(library)}/{first.pk}/take-back/"' in text
    assert f'id="card-{first.pk}"' not in text


def test_a_fetched_vote_answers_with_toast_next_cards_and_recent_votes(
    library: World, client_of: Callable[..., Client]
) -> None:
    bo, references = client_of(library, "bo"), library.references()
    answer = bo.post(f"{base(library)}/{references[0].pk}/vote/", {"verdict": "include"}, **FETCH)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "<html" not in text
    assert "data-toast" in text
    assert f'id="card-{references[1].pk}"' in text
    assert "Waits for another vote" in text


def test_the_second_vote_is_seen_to_settle_the_reference(library: World, client_of: Callable[..., Client]) -> None:
    first = library.references()[0]
    worlds.vote(library, "cy", first, Verdict.INCLUDE)
    answer = client_of(library, "bo").post(f"{base(library)}/{first.pk}/vote/", {"verdict": "include"}, **FETCH)
    assert "Settled: included" in answer.content.decode()


def voted_to_the_end(world: World, client: Client) -> tuple[str, str]:
    """The address of a reference on which Bo, whose ``client`` it is, gave the deciding vote, and the answer to it."""
    first = world.references()[0]
    worlds.vote(world, "cy", first, Verdict.EXCLUDE)
    address = f"{base(world)}/{first.pk}"
    return address, client.post(f"{address}/vote/", {"verdict": "exclude"}, **FETCH).content.decode()


def test_the_key_that_undoes_never_asks_for_a_second_look(library: World, client_of: Callable[..., Client]) -> None:
    bo = client_of(library, "bo")
    address, text = voted_to_the_end(library, bo)
    assert "Saved: exclude. Reference 1 has all its votes." in text
    for form in re.findall(r"<form.*?</form>", text, re.DOTALL):
        if "data-undo" in form or 'data-key="Z"' in form:
            assert f'action="{address}/take-back/"' in form
    answer = bo.post(f"{address}/take-back/", **FETCH)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Reference 1 has all its votes, so yours stands. Press L to ask for a second look." in text
    assert 'data-ask="second-look" data-key="L"' in text
    assert not Doubt.objects.exists()
    assert Vote.objects.filter(superseded_at=None).count() == 2
    plain = bo.post(f"{address}/take-back/")
    assert plain.status_code == 409
    assert "has all its votes" in plain.content.decode()


def test_a_second_look_is_asked_for_once_and_confirmed(library: World, client_of: Callable[..., Client]) -> None:
    bo = client_of(library, "bo")
    address, text = voted_to_the_end(library, bo)
    dialog = re.search(r'<dialog id="second-look".*?</dialog>', text, re.DOTALL)
    assert dialog
    assert "Ask for a second look at reference 1?" in dialog[0]
    assert f'action="{address}/doubt/"' in dialog[0]
    assert text.count("/doubt/") == 1, "only the question leads there"
    assert f'href="{address}/" data-ask' in text
    assert f'action="{address}/doubt/"' in bo.get(f"{address}/").content.decode()
    text = bo.post(f"{address}/doubt/", {"note": "Wrong key"}, **FETCH).content.decode()
    assert "Your second look is asked for" in text
    assert "Conflict: to be settled" in text
    assert "data-ask" not in text
    text = bo.post(f"{address}/take-back/", **FETCH).content.decode()
    assert "so yours stands. It waits among the conflicts." in text


def test_an_undo_that_somebody_elses_vote_overtook_says_so(library: World, client_of: Callable[..., Client]) -> None:
    bo, first = client_of(library, "bo"), library.references()[0]
    bo.post(f"{base(library)}/{first.pk}/vote/", {"verdict": "include"}, **FETCH)
    worlds.vote(library, "cy", first, Verdict.INCLUDE)
    answer = bo.post(f"{base(library)}/{first.pk}/take-back/", **FETCH)
    assert answer.status_code == 409
    assert "so yours stands. Press L" in answer.content.decode()


def test_a_refused_vote_is_a_sentence_in_plain_text(library: World, client_of: Callable[..., Client]) -> None:
    first = library.references()[0]
    for who in ("bo", "cy"):
        worlds.vote(library, who, first, Verdict.INCLUDE)
    answer = client_of(library, "ada").post(f"{base(library)}/{first.pk}/vote/", {"verdict": "include"}, **FETCH)
    assert answer.status_code == 409
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == "Reference 1 has all its votes already."


@pytest.mark.parametrize("data", [{}, {"verdict": "perhaps"}, {"verdict": "include", "reason": "many"}])
def test_nonsense_is_refused_and_nothing_is_stored(
    library: World, client_of: Callable[..., Client], data: dict[str, str]
) -> None:
    first = library.references()[0]
    answer = client_of(library, "bo").post(f"{base(library)}/{first.pk}/vote/", data)
    assert answer.status_code == 422
    assert not Vote.objects.exists()


def test_undo_brings_the_card_back(library: World, client_of: Callable[..., Client]) -> None:
    bo, first = client_of(library, "bo"), library.references()[0]
    bo.post(f"{base(library)}/{first.pk}/vote/", {"verdict": "exclude"}, **FETCH)
    answer = bo.post(f"{base(library)}/{first.pk}/take-back/", **FETCH)
    assert f'id="card-{first.pk}"' in answer.content.decode()


def test_the_reference_page_shows_others_votes_only_when_all_are_in(
    library: World, client_of: Callable[..., Client]
) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.EXCLUDE)
    path = f"{base(library)}/{first.pk}/"
    for who in ("cy", "ada", "dee", "rea"):
        text = client_of(library, who).get(path).content.decode()
        assert "status-exclude" not in text, who
        assert "Bo" not in text.split("<main")[1], who
    worlds.vote(library, "cy", first, Verdict.EXCLUDE)
    text = client_of(library, "rea").get(path).content.decode()
    assert text.count("status-exclude") == 3


def test_conflicts_are_settled_on_their_page(library: World, client_of: Callable[..., Client]) -> None:
    first = library.references()[0]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.vote(library, "cy", first, Verdict.EXCLUDE)
    dee = client_of(library, "dee")
    assert f'id="card-{first.pk}"' in dee.get(f"{base(library)}/conflicts/").content.decode()
    page = dee.post(f"{base(library)}/{first.pk}/resolve/", {"verdict": "exclude"}, follow=True).content.decode()
    assert "Settled: exclude reference 1" in page
    assert "No conflicts" in page


def test_the_list_remembers_itself_per_person(library: World, client_of: Callable[..., Client]) -> None:
    bo = client_of(library, "bo")
    assert 'data-screening="card"' in bo.get(f"{base(library)}/").content.decode()
    bo.post(f"{base(library)}/layout/", {"layout": "list"})
    assert 'data-screening="list"' in bo.get(f"{base(library)}/").content.decode()
    assert 'data-screening="card"' in client_of(library, "cy").get(f"{base(library)}/").content.decode()


def test_screening_waits_for_a_protocol(db: None, client_of: Callable[..., Client]) -> None:
    world = worlds.review()
    page = client_of(world, "bo").get(f"{base(world)}/")
    assert page.status_code == 200
    assert "The protocol comes first" in page.content.decode()


@pytest.mark.parametrize(
    ("path", "queries"),
    [("screening/", 14), ("screening/references/", 8), ("screening/conflicts/", 14), ("full-text/", 17)],
)
def test_pages_need_a_constant_number_of_queries(
    library: World,
    client_of: Callable[..., Client],
    django_assert_max_num_queries: Callable[..., object],
    path: str,
    queries: int,
) -> None:
    bo = client_of(library, "bo")
    for place, reference in enumerate(library.references()):
        worlds.vote(library, "bo", reference, Verdict.INCLUDE)
        if place % 2:
            worlds.vote(library, "cy", reference, Verdict.EXCLUDE)
    url = f"/reviews/{library.review_id}/{path}"
    bo.get(url)
    with django_assert_max_num_queries(queries):
        assert bo.get(url).status_code == 200


def test_a_vote_needs_few_queries(
    library: World, client_of: Callable[..., Client], django_assert_max_num_queries: Callable[..., object]
) -> None:
    bo, first = client_of(library, "bo"), library.references()[0]
    with django_assert_max_num_queries(24):
        bo.post(f"{base(library)}/{first.pk}/vote/", {"verdict": "include"}, **FETCH)
