"""The audit trail's shape: a frozen dataclass per event, written in the transaction of what it tells of.

The text is made at display from ``sentence``; events carry ids and facts, never a verdict or a value, so
that the trail cannot unblind anybody.
"""

import json
from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, fields
from typing import ClassVar

from django.utils import timezone

from reviews.core import bulk
from reviews.core.models import EventLine


@dataclass(frozen=True)
class Event:
    """Base of all events. Subclasses set ``kind`` (dotted) and ``sentence`` (a format string)."""

    kind: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    registry: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls) -> None:
        Event.registry[cls.kind] = cls


def record(event: Event, *, review_id: int | None, actor_id: int | None) -> None:
    """Append ``event`` to the trail; to be called inside the transaction that made it happen."""
    EventLine.objects.create(review_id=review_id, actor_id=actor_id, type=event.kind, data=asdict(event))


def record_all(events: Iterable[Event], *, review_id: int, actor_id: int | None) -> None:
    """Append thousands of events at once, in their order."""
    now = timezone.now()
    rows = ((review_id, actor_id, event.kind, json.dumps(asdict(event)), now) for event in events)
    bulk.store(EventLine, ("review", "actor", "type", "data", "at"), rows)


def text(line: EventLine) -> str:
    """The sentence of a stored line, without its actor; a fact that lines did not have once reads as its default."""
    event = Event.registry.get(line.type)
    if event is None:
        return line.type
    defaults = {one.name: one.default for one in fields(event) if one.default is not MISSING}
    return event.sentence.format(**{**defaults, **line.data})


@dataclass(frozen=True)
class ReviewCreated(Event):
    kind: ClassVar[str] = "core.review_created"
    sentence: ClassVar[str] = "created the review “{title}”"
    title: str


@dataclass(frozen=True)
class PersonInvited(Event):
    kind: ClassVar[str] = "core.person_invited"
    sentence: ClassVar[str] = "invited {email} as {role}"
    invitation_id: int
    email: str
    role: str


@dataclass(frozen=True)
class InvitationRevoked(Event):
    kind: ClassVar[str] = "core.invitation_revoked"
    sentence: ClassVar[str] = "took back the invitation of {email}"
    invitation_id: int
    email: str


@dataclass(frozen=True)
class MembershipStarted(Event):
    kind: ClassVar[str] = "core.membership_started"
    sentence: ClassVar[str] = "joined as {role}"
    membership_id: int
    role: str


@dataclass(frozen=True)
class RoleChanged(Event):
    kind: ClassVar[str] = "core.role_changed"
    sentence: ClassVar[str] = "changed the role of {name} from {old_role} to {new_role}"
    membership_id: int
    name: str
    old_role: str
    new_role: str


@dataclass(frozen=True)
class MembershipEnded(Event):
    kind: ClassVar[str] = "core.membership_ended"
    sentence: ClassVar[str] = "ended the membership of {name}"
    membership_id: int
    name: str
