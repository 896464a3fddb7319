"""Two-factor sign-in: set up with an authenticator app, asked for at sign-in, saved by recovery codes."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from tests import world as worlds
from tests.world import PASSWORD

EMAIL = "fay@example.org"


def code(secret: str, steps: int = 0) -> str:
    """What the app would show now, or some steps of 30 seconds later."""
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps)))


@pytest.fixture
def fay(db: None) -> Client:
    user = worlds.person("fay")
    EmailAddress.objects.filter(user=user, email=EMAIL).update(verified=True)
    client = Client()
    signed_in = client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert signed_in.status_code == 302
    # The set-up asks for the password again, as whoever finds an unlocked screen does not know it.
    assert client.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


def set_up(client: Client) -> str:
    """Turn two-factor sign-in on and return the secret that the page shows."""
    page = client.get("/account/2fa/totp/activate/", follow=True)
    secret = client.session["mfa.totp.secret"]
    assert secret in page.content.decode()
    done = client.post("/account/2fa/totp/activate/", {"code": code(secret)})
    assert done.status_code == 302, done.content.decode()
    return str(secret)


def sign_in() -> Client:
    client = Client()
    answer = client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert answer["Location"].startswith("/account/2fa/authenticate/"), answer["Location"]
    assert "_auth_user_id" not in client.session
    return client


def test_a_wrong_code_does_not_turn_it_on(fay: Client) -> None:
    fay.get("/account/2fa/totp/activate/")
    page = fay.post("/account/2fa/totp/activate/", {"code": "000000"})
    assert page.status_code == 200
    assert "Incorrect code" in page.content.decode()


def test_signing_in_asks_for_the_code(fay: Client) -> None:
    secret = set_up(fay)
    client = sign_in()
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in client.session
    answer = client.post("/account/2fa/authenticate/", {"code": code(secret, 1)})
    assert answer.status_code == 302
    assert "_auth_user_id" in client.session


def test_a_recovery_code_works_once(fay: Client) -> None:
    set_up(fay)
    page = fay.get("/account/2fa/recovery-codes/", follow=True).content.decode()
    codes = re.findall(r"\b[0-9a-z]{8}\b", page.split("<main")[1])
    codes = [one for one in codes if any(digit in one for digit in "0123456789")]
    assert codes, page
    client = sign_in()
    assert client.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert "_auth_user_id" in client.session
    again = sign_in()
    assert again.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert "_auth_user_id" not in again.session
