"""How django-allauth is bound to Tandem's people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse

from reviews.core import services
from reviews.core.refusals import Refusal


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed sign-up still lets in whoever holds the link of an open invitation."""
        return bool(settings.IS_SIGNUP_OPEN) or _is_invited(request)

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """Whoever signed up to follow an invitation goes back to it once the address is confirmed."""
        token = self.request.session.get("invitation")
        if token and _is_invited(self.request):
            return reverse("core:invitation", args=[token])
        return str(super().get_email_verification_redirect_url(email_address))

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = " ".join(form.cleaned_data.get("name", "").split())
        user.email = form.cleaned_data["email"].lower()
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit)
        except IntegrityError as error:
            raise Refusal(f"{user.email} has been signed up a moment ago. Sign in with it instead.") from error


def _is_invited(request: HttpRequest) -> bool:
    token = request.session.get("invitation")
    if token is None:
        return False
    try:
        services.open_invitation(token)
    except Refusal:
        return False
    return True
