"""Every write of core: reviews, invitations, memberships."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from rest_framework.authtoken.models import Token

from reviews.core import events, following, jobs, keys, locks, mail
from reviews.core.models import Invitation, Job, Membership, Review, User
from reviews.core.refusals import BadInput, NotFound, Refusal
from reviews.core.rules import JobState, Permission, Role
from reviews.core.seats import Seat

INVITATION_DAYS = 14


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def create_review(user: User, *, title: str, synthetic_note: str = "") -> Seat:
    """Make a review and seat its creator as lead."""
    title = " ".join(title.split())
    if not title:
        raise BadInput("A review needs a title.", {"title": "Write a title."})
    with transaction.atomic(durable=True):
        review = Review.objects.create(title=title, synthetic_note=synthetic_note, created_by=user)
        events.record(events.ReviewCreated(title), review_id=review.pk, actor_id=user.pk)
        membership = _start_membership(review.pk, user, Role.LEAD)
    return Seat(review.pk, user.pk, membership.pk, Role.LEAD, user.name)


def invite(seat: Seat, *, email: str, role: str, for_anyone: bool = False) -> str:
    """Invite somebody and return the link's token, which is kept nowhere: e-mail or show it, then forget it.

    The link works for an account whose confirmed address is ``email``; for whoever holds it when ``for_anyone``, and
    on a server without mail, where nobody can confirm an address.
    """
    seat.require(Permission.MANAGE)
    email = email.strip().lower()
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        if Membership.objects.active().filter(review_id=seat.review_id, user__email=email).exists():
            raise Refusal(f"{email} already sits in this review. Change the role in the list of people.")
        open_ones = Invitation.objects.filter(review_id=seat.review_id, email=email, accepted_at=None, revoked_at=None)
        # A second invitation replaces the first: only the newest link works.
        open_ones.update(revoked_at=timezone.now())
        token = secrets.token_urlsafe(32)
        invitation = Invitation.objects.create(
            review_id=seat.review_id,
            email=email,
            role=Role(role),
            token_digest=digest(token),
            for_anyone=for_anyone or not mail.is_sent(),
            invited_by_id=seat.user_id,
            expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
        )
        happened = events.PersonInvited(invitation.pk, email, Role(role).label.lower())
        events.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
    return token


def revoke_invitation(seat: Seat, *, invitation_id: int) -> None:
    seat.require(Permission.MANAGE)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        invitation = Invitation.objects.filter(pk=invitation_id, review_id=seat.review_id).first()
        if invitation is None:
            raise NotFound("There is no such invitation in this review.")
        if invitation.accepted_at or invitation.revoked_at:
            raise Refusal("This invitation is no longer open.")
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        happened = events.InvitationRevoked(invitation.pk, invitation.email)
        events.record(happened, review_id=seat.review_id, actor_id=seat.user_id)


def open_invitation(token: str) -> Invitation:
    """The invitation behind a link, or a refusal that says why the link does not work."""
    found = Invitation.objects.select_related("review", "invited_by").filter(token_digest=digest(token)).first()
    if found is None:
        raise NotFound("This invitation link is not known here. Ask for a new one.")
    if found.accepted_at:
        raise Refusal("This invitation has been used already. Sign in to see the review.")
    if found.revoked_at:
        raise Refusal("This invitation was taken back or replaced by a newer one. Ask the review's lead.")
    if found.expires_at < timezone.now():
        raise Refusal("This invitation has expired. Ask the review's lead for a new one.")
    return found


def refuse_other_address(invitation: Invitation, user: User) -> None:
    """Raise :class:`Refusal` unless the invitation is for ``user``: by a confirmed address, or for anyone."""
    if invitation.for_anyone:
        return
    mine = EmailAddress.objects.filter(user=user, email__iexact=invitation.email)
    is_confirmed = list(mine.values_list("verified", flat=True))
    if not is_confirmed:
        raise Refusal(
            f"This invitation is for {invitation.email}, and you are signed in as {user.email}. Sign in with the "
            "account of that address, or add the address to yours and confirm it; or ask the review's lead "
            "to invite you anew."
        )
    if not any(is_confirmed):
        raise Refusal(
            f"Confirm first that {invitation.email} is yours: open the link in the message that was sent there, or "
            "send it again under E-mail addresses of your account. Then open the invitation again."
        )


def accept_invitation(user: User, *, token: str) -> Seat:
    """Seat ``user`` in the review, once. A forwarded link is of use only where the lead has allowed it."""
    with transaction.atomic(durable=True):
        invited_to = Review.objects.filter(invitations__token_digest=digest(token))
        invited_to.select_for_update(no_key=True, of=("self",)).first()
        invitation = open_invitation(token)
        refuse_other_address(invitation, user)
        if Membership.objects.active().filter(review_id=invitation.review_id, user=user).exists():
            raise Refusal("You already sit in this review.")
        invitation.accepted_at, invitation.accepted_by = timezone.now(), user
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        membership = _start_membership(invitation.review_id, user, Role(invitation.role))
    return Seat(invitation.review_id, user.pk, membership.pk, invitation.role, user.name)


def seat_person(seat: Seat, *, user: User, role: str) -> Seat:
    """Seat somebody who has an account already, without an e-mail (commands, the example)."""
    seat.require(Permission.MANAGE)
    with transaction.atomic(durable=True):
        Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
        if Membership.objects.active().filter(review_id=seat.review_id, user=user).exists():
            raise Refusal(f"{user.name} already sits in this review.")
        membership = _start_membership(seat.review_id, user, Role(role))
    return Seat(seat.review_id, user.pk, membership.pk, role, user.name)


def change_role(seat: Seat, *, membership_id: int, role: str) -> None:
    seat.require(Permission.MANAGE)
    with transaction.atomic(durable=True):
        membership = _locked_membership(seat, membership_id)
        old_role = Role(membership.role)
        if old_role == role:
            return
        if old_role == Role.LEAD:
            _keep_a_lead(seat, membership)
        locks.change_team(seat.review_id)
        membership.role = Role(role)
        membership.save(update_fields=["role"])
        happened = events.RoleChanged(
            membership.pk, membership.user.name, old_role.label.lower(), Role(role).label.lower()
        )
        events.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
        following.tell("FOLLOWS_MEMBERSHIP", seat.review_id, membership.user_id)


def end_membership(seat: Seat, *, membership_id: int) -> None:
    """End a membership. Votes and values of the person stay; open places become free for others."""
    if membership_id != seat.membership_id:
        seat.require(Permission.MANAGE)
    with transaction.atomic(durable=True):
        membership = _locked_membership(seat, membership_id)
        if membership.role == Role.LEAD:
            _keep_a_lead(seat, membership)
        locks.change_team(seat.review_id)
        membership.ended_at = timezone.now()
        membership.save(update_fields=["ended_at"])
        happened = events.MembershipEnded(membership.pk, membership.user.name)
        events.record(happened, review_id=seat.review_id, actor_id=seat.user_id)
        following.tell("FOLLOWS_MEMBERSHIP", seat.review_id, membership.user_id)


def retry_job(seat: Seat, *, job_id: int) -> Job:
    """Send a failed job again; what it had done stays done."""
    seat.require(Permission.VIEW)
    with transaction.atomic(durable=True):
        job = Job.objects.select_for_update().filter(pk=job_id, review_id=seat.review_id).first()
        if job is None:
            raise NotFound("There is no such job in this review.")
        if job.created_by_id != seat.user_id:
            seat.require(Permission.MANAGE)
        if job.state != JobState.FAILED:
            raise Refusal("Only a job that failed can be started again.")
        job.state, job.queued_at, job.attempts, job.error = JobState.QUEUED, timezone.now(), 0, ""
        job.finished_at = None
        job.save(update_fields=["state", "queued_at", "attempts", "error", "finished_at"])
        jobs.send_on_commit(job)
    return job


def _start_membership(review_id: int, user: User, role: Role) -> Membership:
    locks.change_team(review_id)
    membership = Membership.objects.create(review_id=review_id, user=user, role=role, started_at=timezone.now())
    happened = events.MembershipStarted(membership.pk, role.label.lower())
    events.record(happened, review_id=review_id, actor_id=user.pk)
    following.tell("FOLLOWS_MEMBERSHIP", review_id, user.pk)
    return membership


def _locked_membership(seat: Seat, membership_id: int) -> Membership:
    Review.objects.select_for_update(no_key=True).get(pk=seat.review_id)
    found = Membership.objects.select_related("user").filter(pk=membership_id, review_id=seat.review_id).first()
    if found is None:
        raise NotFound("There is no such person in this review.")
    if found.ended_at:
        raise Refusal(f"The membership of {found.user.name} has ended already.")
    return found


def _keep_a_lead(seat: Seat, membership: Membership) -> None:
    leads = Membership.objects.active().filter(review_id=seat.review_id, role=Role.LEAD)
    if not leads.exclude(pk=membership.pk).exists():
        raise Refusal("A review needs a lead. Make somebody else lead first.")


def new_api_token(user: User) -> str:
    """Replace the person's token for the API and return the new one."""
    with transaction.atomic(durable=True):
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        Token.objects.filter(user=user).delete()
        return str(Token.objects.create(user=user).key)


def choose_keys(user: User, *, is_on: bool, chosen: Mapping[str, str]) -> None:
    """Remember which keys this person wants, all of them. No event: it is a taste."""
    wrong = keys.problems(chosen)
    if wrong:
        raise BadInput(next(iter(wrong.values())), wrong)
    with transaction.atomic(durable=True):
        User.objects.filter(pk=user.pk).update(keys=keys.stored(is_on, chosen))
