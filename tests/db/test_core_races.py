"""People at once: the same person by two invitations, the same address signing up twice, two leads leaving."""

from functools import partial

import pytest
from django.test import Client

from reviews.core import services
from reviews.core.models import Invitation, Membership, User
from reviews.core.refusals import Refusal
from reviews.core.seats import Seat
from tests import world as worlds
from tests.threads import at_once
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def team(transactional_db: None) -> World:
    return worlds.review()


def test_two_invitations_accepted_at_once_seat_a_person_once(team: World) -> None:
    eve = team.people["eve"]
    for attempt in range(5):
        tokens = [
            services.invite(team.ada, email=f"eve{n}@example.org", role="reader", for_anyone=True) for n in (1, 2)
        ]
        results = at_once(*(partial(services.accept_invitation, eve, token=token) for token in tokens))
        assert sorted(type(one).__name__ for one in results) == ["Refusal", "Seat"], attempt
        seated = next(one for one in results if isinstance(one, Seat))
        assert Membership.objects.active().filter(user=eve).count() == 1
        services.end_membership(team.ada, membership_id=seated.membership_id)


def test_one_invitation_accepted_twice_at_once_seats_one(team: World) -> None:
    for attempt in range(5):
        token = services.invite(team.ada, email=f"new{attempt}@example.org", role="reader", for_anyone=True)
        people = [worlds.person(f"p{attempt}{n}") for n in (1, 2)]
        results = at_once(*(partial(services.accept_invitation, one, token=token) for one in people))
        assert sorted(type(one).__name__ for one in results) == ["Refusal", "Seat"]


def test_seated_and_invited_at_once_is_one_seat(team: World) -> None:
    eve = team.people["eve"]
    for _ in range(5):
        token = services.invite(team.ada, email="eve@example.org", role="reader", for_anyone=True)
        results = at_once(
            partial(services.accept_invitation, eve, token=token),
            partial(services.seat_person, team.ada, user=eve, role="reader"),
        )
        assert sorted(type(one).__name__ for one in results) == ["Refusal", "Seat"]
        seated = next(one for one in results if isinstance(one, Seat))
        services.end_membership(team.ada, membership_id=seated.membership_id)


def test_invited_twice_at_once_has_one_open_invitation(team: World) -> None:
    for _ in range(5):
        ask = partial(services.invite, team.ada, email="new@example.org", role="reader")
        assert all(isinstance(one, str) for one in at_once(ask, ask))
        assert Invitation.objects.filter(email="new@example.org", accepted_at=None, revoked_at=None).count() == 1


def test_two_leads_cannot_leave_at_once(team: World) -> None:
    other = services.seat_person(team.ada, user=worlds.person("lea"), role="lead")
    results = at_once(
        *(partial(services.end_membership, seat, membership_id=seat.membership_id) for seat in (team.ada, other))
    )
    assert sum(isinstance(one, Refusal) for one in results) == 1
    assert Membership.objects.active().filter(review_id=team.review_id, role="lead").count() == 1


def test_one_address_signing_up_twice_at_once_has_one_account(transactional_db: None, settings: object) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    data = {
        "name": "Fay",
        "password1": "long-enough-for-a-test",
        "password2": "long-enough-for-a-test",
    }

    def sign_up(email: str) -> int:
        client = Client(raise_request_exception=False)
        return int(client.post("/account/signup/", {**data, "email": email}).status_code)

    for number in range(5):
        email = f"fay{number}@example.org"
        statuses = at_once(partial(sign_up, email), partial(sign_up, email.upper()))
        assert User.objects.filter(email=email).count() == 1
        assert all(isinstance(one, int) and one < 500 for one in statuses), statuses


def test_two_new_tokens_at_once_leave_one(team: World) -> None:
    results = at_once(*(partial(services.new_api_token, team.people["eve"]) for _ in range(2)))
    assert all(isinstance(one, str) for one in results)
