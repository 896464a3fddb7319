"""Invitations, roles and memberships, and signing up and in."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.test import Client
from django.utils import timezone

from reviews.config import environment
from reviews.core.models import Invitation, Membership, User
from tests import world as worlds
from tests.world import World


def invite(
    client: Client, world: World, email: str = "new@example.org", role: str = "reviewer", *, for_anyone: bool = True
) -> str:
    words = {"email": email, "role": role, **({"for_anyone": "on"} if for_anyone else {})}
    response = client.post(f"/reviews/{world.review_id}/people/invite/", words)
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


PASSWORDS = {"password1": "long-enough-for-a-test", "password2": "long-enough-for-a-test"}


def link_in_mail(part: str) -> str:
    found = re.search(rf"http[^\s]+{part}[^\s]+", mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return "/" + found.group().split("/", 3)[3]


class TestAnInvitationForOneAddress:
    def test_whoever_it_was_forwarded_to_cannot_use_it(self, world: World, client_of: Callable[..., Client]) -> None:
        path = invite(client_of(world, "ada"), world, for_anyone=False)
        assert "an account with the address new@example.org" in mail.outbox[-1].body
        eve = client_of(world, "eve")
        assert "you are signed in as eve@example.org" in eve.get(path).content.decode()
        refused = eve.post(path)
        assert (refused.status_code, "is for new@example.org" in refused.content.decode()) == (409, True)
        assert worlds.reseat(world, "eve") is None
        assert (
            "for this address only"
            in client_of(world, "ada").get(f"/reviews/{world.review_id}/people/").content.decode()
        )

    def test_an_address_counts_once_it_is_confirmed(self, world: World, client_of: Callable[..., Client]) -> None:
        """Whoever signs up with the address it was sent to has to show that it is theirs, in whatever case."""
        path = invite(client_of(world, "ada"), world, email="Gus@Example.org", for_anyone=False)
        gus = Client()
        page = gus.get(path).content.decode()
        address = re.search(r'href="(/account/signup/[^"]+)"', page)
        assert address
        assert 'value="gus@example.org"' in gus.get(address[1].replace("&amp;", "&")).content.decode()
        made = gus.post(
            "/account/signup/", {"name": "Gus Newcomer", "email": "GUS@example.org", "next": path, **PASSWORDS}
        )
        assert (made.status_code, made["Location"]) == (302, path)
        confirm = link_in_mail("confirm-email/")
        assert "Confirm first" in gus.get(path).content.decode()
        assert gus.post(path).status_code == 409
        assert gus.post(confirm)["Location"] == path, "back to where the person was going"
        assert gus.post(path).status_code == 302
        assert Membership.objects.get(user__email="gus@example.org").role == "reviewer"

    def test_an_address_added_to_an_account_counts(self, world: World, client_of: Callable[..., Client]) -> None:
        path = invite(client_of(world, "ada"), world, for_anyone=False)
        address = EmailAddress.objects.create(user=world.people["eve"], email="NEW@example.org")
        eve = client_of(world, "eve")
        assert eve.post(path).status_code == 409
        EmailAddress.objects.filter(pk=address.pk).update(verified=True)
        assert eve.post(path).status_code == 302

    @pytest.mark.parametrize("backend", ["console", "dummy"])
    def test_without_mail_there_is_a_link_to_copy(
        self, world: World, client_of: Callable[..., Client], settings: object, backend: str
    ) -> None:
        """Nobody can confirm an address there, so the link alone decides, and the page says so."""
        settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
        ada, people = client_of(world, "ada"), f"/reviews/{world.review_id}/people/"
        assert "This server sends no mail" in ada.get(people).content.decode()
        answer = ada.post(f"{people}invite/", {"email": "new@example.org", "role": "reader"})
        page = answer.content.decode()
        assert (answer.status_code, "No mail was sent" in page, mail.outbox) == (200, True, [])
        link = re.search(r"http\S+?/(invitations/[\w-]+/)", page)
        assert link
        assert "for anyone with the link" in page
        assert client_of(world, "eve").post("/" + link[1]).status_code == 302
        assert link[1] not in ada.get(people).content.decode()


def test_one_that_expired_or_whose_guest_sits_here_already_is_refused(
    world: World, client_of: Callable[..., Client]
) -> None:
    path = invite(client_of(world, "ada"), world)
    assert "already sit in this review" in client_of(world, "bo").post(path).content.decode()
    Invitation.objects.update(expires_at=timezone.now())
    refused = client_of(world, "eve").post(path)
    assert (refused.status_code, "has expired" in refused.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("address", "sender"),
    [
        ("https://reviews.example.org", "Tandem on reviews.example.org <tandem@reviews.example.org>"),
        ("http://127.0.0.1:8000", "Tandem on 127.0.0.1 <tandem@localhost>"),
    ],
)
def test_mails_name_the_server(monkeypatch: pytest.MonkeyPatch, address: str, sender: str) -> None:
    monkeypatch.delenv("TANDEM_MAIL_FROM", raising=False)
    assert environment.sender("TANDEM_MAIL_FROM", address) == sender
    monkeypatch.setenv("TANDEM_MAIL_FROM", "nobody")
    with pytest.raises(environment.SettingError, match="has to be an address"):
        environment.sender("TANDEM_MAIL_FROM", address)
