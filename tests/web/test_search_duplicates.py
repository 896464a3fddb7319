"""The pages of duplicates: pairs to decide with and without JavaScript, joins and undo, thresholds."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.search.models import DuplicateCheck, PairDecision, Reference
from tests import reading
from tests import world as worlds
from tests.duplicates import doubtful, held, open_pairs, ris, trial
from tests.world import World

FETCH = {"HTTP_X_REQUESTED_WITH": "fetch"}


def base(world: World) -> str:
    return f"/reviews/{world.review_id}/search/duplicates/"


@pytest.fixture
def three_asked(world: World) -> World:
    worlds.upload(world, ris(*(trial(n) for n in range(4))), "one.ris")
    worlds.upload(world, ris(*(doubtful(n) for n in range(3)), trial(3, AB="short")), "two.ris", source="B")
    return world


def test_a_pair_is_shown_side_by_side_with_reasons(three_asked: World, client_of: Callable[..., Client]) -> None:
    page = reading.Page(client_of(three_asked, "bo").get(base(three_asked)))
    for words in (
        "0 of 3 decided",
        "1 more duplicate was joined automatically",
        "Reference 1",
        "= same",
        "– only one has it",
        "Neither page, volume nor identifier is known of both.",
        "Same title.",
        "All records behind both references (2)",
        "two.ris",
        "Undo your last decision",
    ):
        assert words in page.text, words
    html = client_of(three_asked, "bo").get(base(three_asked)).content.decode()
    assert html.count("data-card") - html.count("data-card]") >= 3, "the next pairs are in the page already"
    assert 'data-key="D"' in html
    assert 'data-key="N"' in html


def test_a_decision_without_javascript_goes_on_to_the_next_pair(
    three_asked: World, client_of: Callable[..., Client]
) -> None:
    bo = client_of(three_asked, "bo")
    pair = open_pairs(three_asked)[0]
    answer = bo.post(f"{base(three_asked)}{pair.pk}/decide/", {"verdict": "joined"})
    assert answer.headers["Location"] == base(three_asked)
    html = bo.get(base(three_asked)).content.decode()
    made = PairDecision.objects.get(pair=pair)
    undo = f"{base(three_asked)}decisions/{made.pk}/undo/"
    assert "1 of 3 decided" in html
    assert html.count(undo) >= 1
    assert bo.post(undo).headers["Location"] == base(three_asked)
    assert "0 of 3 decided" in bo.get(base(three_asked)).content.decode()


def test_a_fetched_decision_answers_with_toast_next_cards_and_progress(
    three_asked: World, client_of: Callable[..., Client]
) -> None:
    cy = client_of(three_asked, "cy")
    first, second, third = open_pairs(three_asked)
    html = cy.post(f"{base(three_asked)}{first.pk}/decide/", {"verdict": "different"}, **FETCH).content.decode()
    assert "Saved: not a duplicate" in html
    assert "<html" not in html
    assert "1 of 3 decided" in html
    assert f'id="pair-{second.pk}"' in html
    assert f'id="pair-{first.pk}"' not in html
    made = PairDecision.objects.get(pair=first)
    html = cy.post(f"{base(three_asked)}decisions/{made.pk}/undo/", **FETCH).content.decode()
    assert f'id="pair-{first.pk}"' in html
    assert f'id="pair-{third.pk}"' not in html


def test_who_comes_second_reads_a_sentence(three_asked: World, client_of: Callable[..., Client]) -> None:
    path = f"{base(three_asked)}{open_pairs(three_asked)[0].pk}/decide/"
    client_of(three_asked, "bo").post(path, {"verdict": "joined"})
    answer = client_of(three_asked, "cy").post(path, {"verdict": "different"}, **FETCH)
    assert (answer.status_code, answer.content.decode()) == (409, "Bo has decided this pair already: duplicate.")
    assert client_of(three_asked, "cy").post(path, {"verdict": "perhaps"}).status_code == 422
    assert (
        client_of(three_asked, "bo").post(f"{base(three_asked)}999999/decide/", {"verdict": "joined"}).status_code
        == 404
    )


def test_votes_behind_a_pair_are_told_before_it_is_joined(three_asked: World, client_of: Callable[..., Client]) -> None:
    worlds.vote(three_asked, "bo", Reference.objects.get(number=1), "include")
    text = reading.Page(client_of(three_asked, "ada").get(base(three_asked))).text
    assert "People have voted on reference 1 already. No vote is lost" in text


def test_readers_see_the_pairs_and_cannot_decide(three_asked: World, client_of: Callable[..., Client]) -> None:
    rea = client_of(three_asked, "rea")
    assert "/decide/" not in rea.get(base(three_asked)).content.decode()
    pair = open_pairs(three_asked)[0]
    assert rea.post(f"{base(three_asked)}{pair.pk}/decide/", {"verdict": "joined"}).status_code == 403
    assert rea.get(f"{base(three_asked)}{pair.pk}/").status_code == 200
    assert client_of(three_asked, "eve").get(f"{base(three_asked)}{pair.pk}/").status_code == 404


def test_the_empty_page_says_what_to_do(world: World, client_of: Callable[..., Client]) -> None:
    text = reading.Page(client_of(world, "bo").get(base(world))).text
    assert "No pair waits for a decision" in text
    assert "See the references" in text


def test_joins_are_listed_by_kind_and_undone_from_there(three_asked: World, client_of: Callable[..., Client]) -> None:
    ada = client_of(three_asked, "ada")
    first, second, _ = open_pairs(three_asked)
    ada.post(f"{base(three_asked)}{first.pk}/decide/", {"verdict": "joined"})
    ada.post(f"{base(three_asked)}{second.pk}/decide/", {"verdict": "different"})
    text = reading.Page(ada.get(f"{base(three_asked)}joins/")).text
    for words in (
        "Joined automatically (1)",
        "Confirmed by people (1)",
        "Not duplicates (1)",
        "Tandem",
        "Reference 8 into 4",
    ):
        assert words in text, words
    assert "Ada" in reading.Page(ada.get(f"{base(three_asked)}joins/?kind=confirmed")).text
    assert f"Pair {second.pk}" in reading.Page(ada.get(f"{base(three_asked)}joins/?kind=different")).text
    made = PairDecision.objects.get(person=None)
    answer = ada.post(f"{base(three_asked)}decisions/{made.pk}/undo/", {"kind": "automatic"})
    assert answer.headers["Location"] == f"{base(three_asked)}joins/?kind=automatic"
    assert held(three_asked)[8] == [7]
    assert "Nothing was joined automatically" in ada.get(answer.headers["Location"]).content.decode()
    text = reading.Page(ada.get(f"{base(three_asked)}{made.pair_id}/")).text
    assert "Not a duplicate: decided by Ada" in text
    history = ada.get(f"/reviews/{three_asked.review_id}/history/").content.decode()
    for words in ("joined reference 8 into reference 4 automatically", "took reference 8 out of reference 4 again"):
        assert words in history


def test_the_reference_says_what_came_from_which_record(three_asked: World, client_of: Callable[..., Client]) -> None:
    worlds.upload(
        three_asked, ris({**trial(2, AB=""), "TI": trial(2)["TI"].upper(), "C2": "90000007"}), "three.ris", source="C"
    )
    home = Reference.objects.get(number=3)
    assert home.citation.title == trial(2)["TI"]
    text = reading.Page(
        client_of(three_asked, "rea").get(f"/reviews/{three_asked.review_id}/search/references/{home.pk}/")
    ).text
    assert "Reviewers read each field from the record that has it best" in text
    assert "Joined automatically: the same document" in text


def test_the_import_leads_to_the_pairs_it_brought(three_asked: World, client_of: Callable[..., Client]) -> None:
    check = DuplicateCheck.objects.order_by("pk").last()
    text = reading.Page(
        client_of(three_asked, "bo").get(f"/reviews/{three_asked.review_id}/search/imports/{check.in_import_id}/")
    ).text
    assert "1 duplicate joined, 3 pairs to decide." in text
    assert "Decide the pairs" in text


class TestThresholds:
    def path(self, world: World) -> str:
        return f"{base(world)}thresholds/"

    def test_they_are_shown_with_what_they_mean(self, world: World, client_of: Callable[..., Client]) -> None:
        page = client_of(world, "rea").get(self.path(world))
        assert "Joined without asking: the chance of being one document is 80% or more" in reading.Page(page).text
        assert (
            "The review&#x27;s lead can move them" in page.content.decode()
            or "lead can move them" in page.content.decode()
        )
        assert client_of(world, "bo").post(f"{self.path(world)}move/").status_code == 403

    def test_a_lead_moves_them(self, three_asked: World, client_of: Callable[..., Client]) -> None:
        ada = client_of(three_asked, "ada")
        answer = ada.post(f"{self.path(three_asked)}move/", {"join": "90", "propose": "10", "revision": "0"})
        assert answer.headers["Location"] == self.path(three_asked)
        text = reading.Page(ada.get(self.path(three_asked))).text
        assert "90% or more" in text
        assert "Moved by Ada" in text
        assert "Search for duplicates with new thresholds" in text
        stale = ada.post(f"{self.path(three_asked)}move/", {"join": "85", "propose": "10", "revision": "0"})
        assert stale.status_code == 409

    def test_a_risky_value_is_warned_about_and_has_to_be_confirmed(
        self, world: World, client_of: Callable[..., Client]
    ) -> None:
        ada, risky = client_of(world, "ada"), {"join": "60", "propose": "10", "revision": "0"}
        answer = ada.post(f"{self.path(world)}move/", risky)
        assert answer.status_code == 422
        text = reading.Page(answer).text
        assert "Joining from 60% on is risky" in text
        assert "Move the thresholds all the same" in text
        assert ada.post(f"{self.path(world)}move/", {**risky, "is_sure": "on"}).status_code == 302
        assert "Joining from 60% on is risky" in reading.Page(ada.get(self.path(world))).text

    @pytest.mark.parametrize("join", ["", "nan", "1e999", "-1", "49", "100", "x" * 500])
    def test_what_is_no_threshold_is_refused_at_its_field(
        self, world: World, client_of: Callable[..., Client], join: str
    ) -> None:
        answer = client_of(world, "ada").post(
            f"{self.path(world)}move/", {"join": join, "propose": "5", "revision": "0"}
        )
        assert answer.status_code == 422


def test_pages_cost_a_constant_number_of_queries(
    world: World, client_of: Callable[..., Client], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    worlds.upload(world, ris(*(trial(n) for n in range(6))), "one.ris")
    worlds.upload(world, ris(*(doubtful(n) for n in range(6))), "two.ris", source="B")
    bo = client_of(world, "bo")
    bo.get(base(world))
    with django_assert_max_num_queries(20):
        bo.get(base(world))
    for pair in open_pairs(world)[:5]:
        with django_assert_max_num_queries(60):
            bo.post(f"{base(world)}{pair.pk}/decide/", {"verdict": "joined"}, **FETCH)
    with django_assert_max_num_queries(15):
        bo.get(f"{base(world)}joins/?kind=confirmed")
