"""How django-allauth is bound to Tandem's people."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Closed sign-up still lets in whoever holds an invitation link."""
        return bool(settings.IS_SIGNUP_OPEN) or "invitation" in request.session

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user.name = " ".join(form.cleaned_data.get("name", "").split())
        user.email = form.cleaned_data["email"].lower()
        return super().save_user(request, user, form, commit)
