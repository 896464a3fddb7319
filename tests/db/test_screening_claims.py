"""Who is shown which card while others read theirs, on a real cache and with real threads."""

import socket
import time
from collections.abc import Callable
from threading import Lock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.core import services as core
from reviews.core.refusals import Refusal
from reviews.core.seats import Seat
from reviews.reporting import selectors as reporting
from reviews.screening import claims, queueing, selectors, services
from reviews.screening.models import Standing, Vote
from reviews.screening.rules import Phase, Verdict
from tests import world as worlds
from tests.threads import at_once
from tests.world import World

TA = Phase.TITLE_ABSTRACT


def numbers(seat: Seat, *, after: int = 0, limit: int = 3) -> list[int]:
    return [one.number for one in selectors.queue(seat, TA, after=after, limit=limit)]


def more_reviewers(world: World, count: int) -> list[Seat]:
    people = [worlds.person(f"voter{place}") for place in range(count)]
    return [core.seat_person(world.ada, user=one, role="reviewer") for one in people]


def test_a_card_is_shown_to_no_more_people_than_it_needs_votes(library: World) -> None:
    assert numbers(library.bo) == numbers(library.cy) == [1, 2, 3]
    assert numbers(library.ada) == [4, 5, 6]
    assert numbers(library.bo) == [1, 2, 3]
    assert numbers(library.bo, after=1) == [2, 3, 4]


def test_a_vote_ends_its_voters_claim_and_takes_a_place(library: World) -> None:
    first = library.references()[0]
    assert numbers(library.bo) == [1, 2, 3]
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    assert numbers(library.cy) == [1, 2, 3]
    assert numbers(library.ada)[0] != 1, "the second of two votes is Cy's to give"


def test_a_vote_needs_no_claim_and_a_vote_taken_back_is_needed_again(library: World) -> None:
    first = library.references()[0]
    assert numbers(library.bo) == numbers(library.cy)
    worlds.vote(library, "ada", first, Verdict.INCLUDE)
    services.take_back_vote(library.ada, reference_id=first.pk, phase=TA)
    selectors.keep_claims(library.ada, TA, shown=[first.pk])
    assert numbers(library.bo)[0] == 1
    worlds.vote(library, "bo", first, Verdict.INCLUDE)
    worlds.vote(library, "cy", first, Verdict.INCLUDE)
    assert Vote.objects.filter(reference=first, superseded_at=None).count() == 2


def test_votes_on_a_duplicate_that_was_joined_count_as_its_document(library: World) -> None:
    first, second = library.references()[:2]
    worlds.vote(library, "bo", second, Verdict.INCLUDE)
    type(second).objects.filter(pk=second.pk).update(merged_into=first)
    assert numbers(library.cy)[0] == 1
    assert 1 not in numbers(library.ada)


def test_a_claim_lapses_when_the_card_is_on_no_screen(library: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LASTS", 1)
    shown = [one.pk for one in library.references()[:3]]
    numbers(library.bo)
    numbers(library.cy)
    for _ in range(3):
        time.sleep(0.5)
        selectors.keep_claims(library.bo, TA, shown=shown)
        selectors.keep_claims(library.cy, TA, shown=shown)
    assert numbers(library.ada) == [4, 5, 6]
    time.sleep(1.1)
    assert numbers(library.ada) == [1, 2, 3]


def test_what_lapsed_and_was_taken_by_others_is_not_claimed_again(library: World) -> None:
    shown = [one.pk for one in library.references()[:3]]
    numbers(library.cy)
    numbers(library.ada)
    selectors.keep_claims(library.bo, TA, shown=shown)
    assert numbers(library.bo) == [4, 5, 6]


def test_a_list_claims_its_first_five(library: World) -> None:
    assert numbers(library.bo, limit=25) == numbers(library.cy, limit=25) == [1, 2, 3, 4, 5, 6]
    assert numbers(library.ada, limit=25) == [6]


def test_when_all_is_claimed_the_card_seen_longest_ago_is_shared(library: World) -> None:
    more = more_reviewers(library, 4)
    for seat in (library.bo, library.cy, more[0], more[1]):
        numbers(seat)
    for seat in (library.bo, library.cy, more[1]):
        time.sleep(0.002)
        numbers(seat)
    time.sleep(0.002)
    selectors.keep_claims(more[0], TA, shown=[one.pk for one in library.references()[4:]])
    assert numbers(library.ada) == [1], "the first three were seen longest ago"
    assert numbers(library.ada) == [1], "what is shared is hers from then on"
    assert numbers(more[2]) == [2]


def test_nobody_is_sent_away_while_a_reference_is_open(library: World) -> None:
    first, *others = library.references()
    for reference in others:
        for who in ("bo", "cy"):
            worlds.vote(library, who, reference, Verdict.EXCLUDE)
    more = more_reviewers(library, 5)
    assert [numbers(seat) for seat in (library.bo, library.cy, library.ada, *more)] == [[1]] * 8
    for who in ("bo", "cy"):
        worlds.vote(library, who, first, Verdict.EXCLUDE)
    assert numbers(library.ada) == []


def test_the_dashboard_and_the_counts_claim_nothing(library: World) -> None:
    for _ in range(2):
        for seat in (library.bo, library.cy, library.ada):
            reporting.dashboard(seat)
            selectors.progress(seat, TA)
    assert numbers(library.cy) == numbers(library.ada) == [1, 2, 3]


def test_whole_windows_that_are_claimed_are_passed(library: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "WINDOWS", (1, 2))
    assert numbers(library.bo) == numbers(library.cy) == [1, 2, 3]
    assert numbers(library.ada) == [4, 5, 6]
    assert numbers(library.ada, after=4) == [5, 6, 4]


@pytest.fixture
def silent() -> Callable[[], str]:
    """The address of a server that takes connections and never answers."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    yield lambda: f"redis://127.0.0.1:{listening.getsockname()[1]}/0"
    listening.close()


@pytest.mark.parametrize("kind", ["refused", "silent"])
def test_without_the_cache_people_start_far_apart_and_lose_no_time(
    library: World, settings: object, silent: Callable[[], str], kind: str
) -> None:
    settings.REDIS_URL = silent() if kind == "silent" else f"unix:///nowhere/{time.time()}.sock"
    began = time.monotonic()
    seats = [library.bo, library.cy, library.ada, *more_reviewers(library, 9)]
    firsts = [numbers(seat) for seat in seats]
    assert time.monotonic() - began < 4, "one of them waits, the others know"
    assert len({first[0] for first in firsts}) > 2
    assert firsts == [numbers(seat) for seat in seats], "a person's place stays"
    for seat in seats:
        assert sorted(numbers(seat, limit=9)) == [1, 2, 3, 4, 5, 6]
        selectors.keep_claims(seat, TA, shown=[1, 2])


def test_the_cache_is_asked_again_after_a_while(
    library: World, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "PAUSE", 0.2)
    where = settings.REDIS_URL
    settings.REDIS_URL = f"unix:///nowhere/{time.time()}.sock"
    assert numbers(library.bo)
    away = claims._cache(settings.REDIS_URL)
    away.client.connection_pool = claims.redis.Redis.from_url(where).connection_pool
    time.sleep(0.3)
    assert numbers(library.bo) == numbers(library.cy) == [1, 2, 3]
    assert numbers(library.ada) == [4, 5, 6]


def test_a_queue_takes_the_same_few_statements_however_much_is_claimed(library: World) -> None:
    def statements(seat: Seat) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert numbers(seat)
        return len(queries)

    assert statements(library.bo) == 3
    numbers(library.cy)
    assert statements(library.ada) == 3
    assert statements(more_reviewers(library, 1)[0]) == 3


@pytest.fixture
def racing_world(transactional_db: None) -> World:
    return worlds.with_references(60)


def test_twelve_people_at_full_speed_never_get_in_each_others_way(racing_world: World) -> None:
    """Everybody votes on the first card and asks for the next three, while there is a free one for everybody.

    At the very end fewer places are open than people sit there: then cards are shared, and a vote may come too late.
    """
    world = racing_world
    seats = [world.bo, world.cy, world.ada, *more_reviewers(world, 9)]
    guard, refused, saved = Lock(), [], []

    def go(seat: Seat, most: int) -> None:
        after = 0
        for _ in range(most):
            cards = selectors.queue(seat, TA, after=after, limit=3)
            if not cards:
                return
            after = cards[0].number
            try:
                services.cast_vote(seat, reference_id=cards[0].pk, phase=TA, verdict=Verdict.INCLUDE)
            except Refusal as refusal:
                with guard:
                    refused.append(refusal.message)
            else:
                with guard:
                    saved.append((seat.user_id, cards[0].pk))

    at_once(*(lambda seat=seat: go(seat, 6) for seat in seats))
    assert refused == []
    assert len(saved) == 12 * 6
    at_once(*(lambda seat=seat: go(seat, 60) for seat in seats))
    assert {one.includes for one in Standing.objects.filter(review_id=world.review_id)} == {2}
    assert sorted(saved) == sorted(Vote.objects.filter(superseded_at=None).values_list("person_id", "reference_id"))
    assert len(saved) == 120
