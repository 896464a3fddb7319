"""Load the example review through the services, in the order in which a team would work."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from reviews.core import events as trail
from reviews.core import services as core
from reviews.core.models import EventLine, Membership, Review, User
from reviews.core.rules import Role
from reviews.core.seats import Seat
from reviews.protocols import services as protocols
from reviews.reporting import events
from reviews.reporting.example import analyses, decisions, extractions, imports, protocol

PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("ada@example.org", "Ada Lindgren", Role.LEAD),
    ("bo@example.org", "Bo Marchetti", Role.REVIEWER),
    ("cy@example.org", "Cy Abara", Role.REVIEWER),
    ("dee@example.org", "Dee Yamane", Role.ADJUDICATOR),
    ("sol@example.org", "Sol Reyes", Role.STATISTICIAN),
)


@dataclass(frozen=True)
class Account:
    role: str
    email: str
    password: str


def passwords_file() -> Path:
    """Where the example's passwords are kept: made at random on each machine, readable by its owner only."""
    return Path(settings.VAR_DIR) / "example-accounts.json"


def is_loaded() -> bool:
    return EventLine.objects.filter(type=events.ExampleLoaded.kind).exists()


def accounts() -> list[Account]:
    if not is_loaded() or not passwords_file().exists():
        return []
    passwords = json.loads(passwords_file().read_text())
    return [Account(role.label, email, passwords[email]) for email, _, role in PEOPLE if email in passwords]


def load() -> int | None:
    """Load the example once and return its review's number; None when it is there already."""
    if is_loaded():
        return None
    _put_away_what_was_interrupted()
    users = _people()
    seats = _seats(users)
    revision = protocols.save_draft(seats["ada"], content=protocol.CONTENT, revision=0)
    protocols.approve(seats["ada"], revision=revision)
    imports.bring_in(seats["ada"])
    references = decisions.references(seats["ada"])
    decisions.decide(seats, references)
    extractions.extract(seats, references)
    analyses.run_all(seats["sol"])
    with transaction.atomic():
        trail.record(events.ExampleLoaded(), review_id=seats["ada"].review_id, actor_id=seats["ada"].user_id)
    return seats["ada"].review_id


def _people() -> dict[str, User]:
    users: dict[str, User] = {}
    passwords: dict[str, str] = {}
    for email, name, _ in PEOPLE:
        passwords[email] = secrets.token_urlsafe(9)
        user = User.objects.filter(email=email).first() or User(email=email, name=name)
        user.set_password(passwords[email])
        user.save()
        # Two-factor sign-in asks for a confirmed address; nobody can confirm one at example.org.
        EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
        users[email.partition("@")[0]] = user
    path = passwords_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(passwords))
    return users


def _seats(users: dict[str, User]) -> dict[str, Seat]:
    lead = core.create_review(users["ada"], title=protocol.TITLE, synthetic_note=protocol.SYNTHETIC_NOTE)
    seats = {"ada": lead}
    for email, _, role in PEOPLE[1:]:
        name = email.partition("@")[0]
        seats[name] = core.seat_person(lead, user=users[name], role=role)
    return seats


def _put_away_what_was_interrupted() -> None:
    """A load that was killed half-way leaves a review behind; nobody sits in it any more."""
    halves = Review.objects.filter(synthetic_note=protocol.SYNTHETIC_NOTE)
    Membership.objects.filter(review__in=halves, ended_at=None).update(ended_at=timezone.now())
