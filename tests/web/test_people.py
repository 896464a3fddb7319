"""Invitations, roles and memberships, and signing up and in."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client

from reviews.core.models import Invitation, Membership, User
from tests import world as worlds
from tests.world import World


def invite(client: Client, world: World, email: str = "new@example.org", role: str = "reviewer") -> str:
    response = client.post(f"/reviews/{world.review_id}/people/invite/", {"email": email, "role": role})
    assert response.status_code == 302
    link = re.search(r"http\S+", mail.outbox[-1].body)
    assert link
    return "/" + link.group().split("/", 3)[3]


def test_an_invitation_seats_whoever_follows_its_link_once(world: World, client_of: Callable[..., Client]) -> None:
    path = invite(client_of(world, "ada"), world)
    assert mail.outbox[-1].to == ["new@example.org"]
    newcomer = client_of(world, "eve")
    assert "as reviewer" in newcomer.get(path).content.decode()
    assert not Membership.objects.filter(user=world.people["eve"]).exists(), "a GET has seated somebody"
    assert newcomer.post(path).status_code == 302
    assert worlds.reseat(world, "eve").role == "reviewer"
    again = client_of(world, "sol").post(path)
    assert again.status_code == 409
    assert "has been used already" in again.content.decode()


def test_a_new_invitation_replaces_the_one_before(world: World, client_of: Callable[..., Client]) -> None:
    ada = client_of(world, "ada")
    old, new = invite(ada, world), invite(ada, world, role="reader")
    stranger = client_of(world, "eve")
    assert stranger.post(old).status_code == 409
    assert stranger.post(new).status_code == 302
    assert worlds.reseat(world, "eve").role == "reader"


def test_an_invitation_taken_back_no_longer_works(world: World, client_of: Callable[..., Client]) -> None:
    ada = client_of(world, "ada")
    path = invite(ada, world)
    invitation = Invitation.objects.get(email="new@example.org")
    ada.post(f"/reviews/{world.review_id}/people/invitations/{invitation.pk}/revoke/")
    refused = client_of(world, "eve").get(path)
    assert refused.status_code == 409
    assert "taken back" in refused.content.decode()


def test_closed_sign_up_opens_for_an_open_invitation_only(
    world: World, client_of: Callable[..., Client], client: Client, settings: object
) -> None:
    settings.IS_SIGNUP_OPEN = False
    path = invite(client_of(world, "ada"), world)
    assert "password1" not in client.get("/account/signup/").content.decode()
    client.get(path)
    assert "password1" in client.get("/account/signup/").content.decode()
    assert client_of(world, "eve").post(path).status_code == 302
    assert "password1" not in client.get("/account/signup/").content.decode()


def test_the_token_is_not_kept(world: World, client_of: Callable[..., Client]) -> None:
    token = invite(client_of(world, "ada"), world).rstrip("/").rsplit("/", 1)[1]
    assert not Invitation.objects.filter(token_digest__contains=token).exists()


class Unreachable(BaseEmailBackend):
    def send_messages(self, email_messages: object) -> int:
        raise ConnectionRefusedError(111, "Connection refused")


def test_an_e_mail_that_cannot_be_sent_leaves_no_invitation_and_is_said(
    world: World, client_of: Callable[..., Client], settings: object
) -> None:
    settings.EMAIL_BACKEND = "tests.web.test_people.Unreachable"
    response = client_of(world, "ada").post(
        f"/reviews/{world.review_id}/people/invite/", {"email": "new@example.org", "role": "reader"}
    )
    assert response.status_code == 409
    assert "could not be sent" in response.content.decode()
    assert not Invitation.objects.filter(revoked_at=None).exists()


LONG = "a" * 250 + "@example.org"


@pytest.mark.parametrize(
    ("email", "word"), [("", "required"), ("no-address", "valid email"), (LONG, "at most 254 characters")]
)
def test_a_wrong_address_is_said(world: World, client_of: Callable[..., Client], email: str, word: str) -> None:
    response = client_of(world, "ada").post(
        f"/reviews/{world.review_id}/people/invite/", {"email": email, "role": "reader"}
    )
    assert response.status_code == 422
    assert word in response.content.decode()
    assert not Invitation.objects.exists()
    assert not mail.outbox


def test_an_unknown_role_is_refused(world: World, client_of: Callable[..., Client]) -> None:
    response = client_of(world, "ada").post(
        f"/reviews/{world.review_id}/people/{world.bo.membership_id}/role/", {"role": "king"}
    )
    assert response.status_code == 422
    assert worlds.reseat(world, "bo").role == "reviewer"


def test_a_role_can_be_changed_and_a_review_keeps_a_lead(world: World, client_of: Callable[..., Client]) -> None:
    ada = client_of(world, "ada")
    people = f"/reviews/{world.review_id}/people"
    assert ada.post(f"{people}/{world.bo.membership_id}/role/", {"role": "adjudicator"}).status_code == 302
    assert worlds.reseat(world, "bo").role == "adjudicator"
    for url, data in (
        (f"{people}/{world.ada.membership_id}/role/", {"role": "reader"}),
        (f"{people}/{world.ada.membership_id}/end/", {}),
    ):
        response = ada.post(url, data)
        assert response.status_code == 409
        assert "needs a lead" in response.content.decode()


def test_a_reviewer_may_leave_but_end_nobody_else(world: World, client_of: Callable[..., Client]) -> None:
    bo = client_of(world, "bo")
    people = f"/reviews/{world.review_id}/people"
    assert bo.post(f"{people}/{world.cy.membership_id}/end/").status_code == 403
    assert bo.post(f"{people}/{world.bo.membership_id}/end/").status_code == 302
    assert worlds.reseat(world, "bo") is None
    assert worlds.reseat(world, "cy") is not None


def test_signing_up_signs_in_and_leads_to_a_first_review(client: Client, db: None) -> None:
    response = client.post(
        "/account/signup/",
        {
            "name": "Fay Newcomer",
            "email": "Fay@Example.org",
            "password1": "long-enough-for-a-test",
            "password2": "long-enough-for-a-test",
        },
    )
    assert response.status_code == 302, response.content.decode()
    user = User.objects.get(email="fay@example.org")
    assert user.name == "Fay Newcomer"
    assert "You sit in no review yet" in client.get("/").content.decode()
    made = client.post("/reviews/new/", {"title": "A first review"})
    assert made.status_code == 302
    assert Membership.objects.get(user=user).role == "lead"


def test_a_password_can_be_reset_by_e_mail(world: World, client: Client) -> None:
    client.post("/account/password/reset/", {"email": "bo@example.org"})
    link = re.search(r"http\S+/account/password/reset/key/\S+", mail.outbox[-1].body)
    assert link, mail.outbox[-1].body
    page = client.get("/" + link.group().split("/", 3)[3], follow=True)
    new = {"password1": "another-long-password", "password2": "another-long-password"}
    client.post(page.request["PATH_INFO"], new)
    assert client.login(email="bo@example.org", password="another-long-password")


def test_the_trail_tells_who_did_what(world: World, client_of: Callable[..., Client]) -> None:
    invite(client_of(world, "ada"), world)
    page = client_of(world, "rea").get(f"/reviews/{world.review_id}/history/").content.decode()
    assert "invited new@example.org as reviewer" in page
    assert "created the review" in page
