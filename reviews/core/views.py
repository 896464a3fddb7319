from smtplib import SMTPException
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from rest_framework.authtoken.models import Token

from reviews.core import forms, health, mail, selectors, services
from reviews.core import keys as key_rules
from reviews.core.access import SeatRequest, needs, public, signed_in
from reviews.core.models import Invitation
from reviews.core.refusals import BadInput, Refusal
from reviews.core.rules import ROLE_DESCRIPTIONS, Permission, Role
from reviews.core.seats import Seat


@public("GET")
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "core/welcome.html")
    return render(request, "core/home.html", {"memberships": selectors.my_memberships(request.user)})


@public("GET")
def healthz(request: HttpRequest) -> JsonResponse:
    parts = health.check()
    is_well = all(part.is_well for part in parts)
    body = {part.name: {"ok": part.is_well, "detail": part.detail} for part in parts}
    return JsonResponse(body, status=200 if is_well else 503)


@signed_in("GET", "POST")
def new_review(request: Any) -> HttpResponse:
    form = forms.ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seat = services.create_review(request.user, title=form.cleaned_data["title"])
        messages.success(request, "The review is made. Write its protocol first.")
        return redirect("protocols:protocol", seat.review_id)
    return render(request, "core/new_review.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.VIEW)
def people(request: SeatRequest, review_id: int) -> HttpResponse:
    return _people(request, forms.InvitationForm())


@needs(Permission.MANAGE, "POST")
def invite(request: SeatRequest, review_id: int) -> HttpResponse:
    form = forms.InvitationForm(request.POST)
    if not form.is_valid():
        return _people(request, form, status=422)
    email = form.cleaned_data["email"]
    token = services.invite(request.seat, **form.cleaned_data)
    if not mail.is_sent():
        return _people(request, forms.InvitationForm(), link=_link(token), invited=email)
    try:
        _send_invitation(request.seat, form.cleaned_data, token)
    except (OSError, SMTPException) as error:
        services.revoke_invitation(request.seat, invitation_id=services.open_invitation(token).pk)
        raise Refusal(
            f"The invitation to {email} could not be sent, so it was taken back. Ask whoever runs the server to check "
            "its e-mail settings, then invite again."
        ) from error
    messages.success(request, f"The invitation is on its way to {email}. Its link works for 14 days, once.")
    return redirect("core:people", review_id)


def _link(token: str) -> str:
    return settings.BASE_URL + reverse("core:invitation", args=[token])


def _send_invitation(seat: Seat, asked: dict[str, Any], token: str) -> None:
    context = {
        "link": _link(token),
        "review": selectors.review(seat),
        "inviter": seat.name,
        "days": services.INVITATION_DAYS,
        **asked,
    }
    body = render_to_string("core/invitation.txt", context)
    send_mail(f"[Tandem] {seat.name} invites you to a systematic review", body, None, [asked["email"]])


@needs(Permission.MANAGE, "POST")
def revoke_invitation(request: SeatRequest, review_id: int, invitation_id: int) -> HttpResponse:
    services.revoke_invitation(request.seat, invitation_id=invitation_id)
    messages.success(request, "The invitation is taken back; its link no longer works.")
    return redirect("core:people", review_id)


@needs(Permission.MANAGE, "POST")
def change_role(request: SeatRequest, review_id: int, membership_id: int) -> HttpResponse:
    role = forms.cleaned(forms.RoleForm(request.POST))["role"]
    services.change_role(request.seat, membership_id=membership_id, role=role)
    messages.success(request, "The role is changed.")
    return redirect("core:people", review_id)


@needs(Permission.VIEW, "POST")
def end_membership(request: SeatRequest, review_id: int, membership_id: int) -> HttpResponse:
    services.end_membership(request.seat, membership_id=membership_id)
    messages.success(request, "The membership has ended. What this person decided stays in the review.")
    is_myself = membership_id == request.seat.membership_id
    return redirect("core:home") if is_myself else redirect("core:people", review_id)


@needs(Permission.VIEW)
def history(request: SeatRequest, review_id: int) -> HttpResponse:
    page = Paginator(selectors.trail(request.seat), 50).get_page(request.GET.get("page"))
    lines = [selectors.trail_line(line) for line in page.object_list]
    return render(request, "core/history.html", {"page": page, "lines": lines})


@needs(Permission.VIEW)
def job(request: SeatRequest, review_id: int, job_id: int) -> HttpResponse:
    """The live progress of a job: the whole page, or for htmx the part that polls."""
    is_part = bool(request.headers.get("HX-Request"))
    reload = "reload" in request.GET or not is_part
    poll_url = reverse("core:job", args=[review_id, job_id]) + ("?reload=1" if reload else "")
    context = {"job": selectors.job(request.seat, job_id), "poll_url": poll_url, "reload": reload}
    return render(request, "core/job.html#progress" if is_part else "core/job.html", context)


@needs(Permission.VIEW, "POST")
def retry_job(request: SeatRequest, review_id: int, job_id: int) -> HttpResponse:
    services.retry_job(request.seat, job_id=job_id)
    return redirect("core:job", review_id, job_id)


@public("GET", "POST")
def invitation(request: Any, token: str) -> HttpResponse:
    """What an e-mailed link shows; accepting is a POST by somebody who has signed in."""
    found = services.open_invitation(token)
    if request.method == "POST":
        if not request.user.is_authenticated:
            raise BadInput("Sign in or sign up first; then open the link of the invitation again.")
        seat = services.accept_invitation(request.user, token=token)
        messages.success(request, f"Welcome. You are {Role(seat.role).label.lower()} in this review.")
        return redirect("reporting:dashboard", seat.review_id)
    request.session["invitation"] = token
    context = {
        "invitation": found,
        "role_description": ROLE_DESCRIPTIONS[found.role],
        "path": request.path,
        "refusal": _why_not(found, request.user),
    }
    return render(request, "core/invitation.html", context)


def _why_not(found: Invitation, user: Any) -> str:
    """Why this person could not accept, said before they try; empty for whoever may or has yet to sign in."""
    if not user.is_authenticated:
        return ""
    try:
        services.refuse_other_address(found, user)
    except Refusal as refusal:
        return refusal.message
    return ""


@signed_in("GET")
def api_token(request: Any) -> HttpResponse:
    return render(request, "core/api_token.html", {"has_token": Token.objects.filter(user=request.user).exists()})


@signed_in("POST")
def new_api_token(request: Any) -> HttpResponse:
    """Make a token and show it once; the one before stops working."""
    token = services.new_api_token(request.user)
    return render(request, "core/api_token.html", {"token": token, "has_token": True})


@signed_in("GET", "POST")
def keys(request: Any) -> HttpResponse:
    """Which key does what for this person, and whether any does."""
    form = forms.KeysForm(request.user.keymap, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        services.choose_keys(request.user, is_on=data["use_keys"] == "on", chosen=data["chosen"])
        messages.success(request, "Your keys are saved.")
        return redirect("core:keys")
    return render(request, "core/keys.html", {"form": form}, status=422 if form.errors else 200)


@signed_in("POST")
def reset_keys(request: Any) -> HttpResponse:
    services.choose_keys(request.user, is_on=True, chosen=key_rules.DEFAULTS)
    messages.success(request, "All keys are as they were at first.")
    return redirect("core:keys")


@signed_in("GET")
@reauthentication_required
def recovery_codes(request: Any) -> HttpResponse:
    """The codes that sign in without the phone. The library's own page notes in the database that it was looked at."""
    unused = _unused_codes(request)
    context = {"unused_codes": unused, "total_count": mfa.RECOVERY_CODE_COUNT}
    return render(request, "mfa/recovery_codes/index.html", context)


@signed_in("GET")
@reauthentication_required
def download_recovery_codes(request: Any) -> HttpResponse:
    context = {"unused_codes": _unused_codes(request)}
    answer = render(request, "mfa/recovery_codes/download.txt", context, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return answer


def _unused_codes(request: Any) -> list[str]:
    kind = Authenticator.Type.RECOVERY_CODES
    found = Authenticator.objects.filter(user=request.user, type=kind).first()
    if found is None:
        raise Http404
    codes: list[str] = found.wrap().get_unused_codes()
    return codes


def _people(request: SeatRequest, form: forms.InvitationForm, status: int = 200, **more: str) -> HttpResponse:
    can_manage = request.seat.can["manage"]
    context = {
        "form": form,
        "memberships": selectors.members(request.seat),
        "invitations": selectors.open_invitations(request.seat) if can_manage else [],
        "sends_mail": mail.is_sent(),
        **more,
        "roles": [(value, label, ROLE_DESCRIPTIONS[value]) for value, label in Role.choices],
    }
    return render(request, "core/people.html", context, status=status)
