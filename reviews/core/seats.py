"""The seat: one person's membership in one review, with its role. The only handle on a review."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from reviews.core.refusals import NotAllowed
from reviews.core.rules import PERMISSIONS, Permission, Role


@dataclass(frozen=True)
class Seat:
    """What every service and selector receives.

    ``review_id`` and ``user_id`` are primary keys; ``role`` is a :class:`Role` value.
    """

    review_id: int
    user_id: int
    membership_id: int
    role: str
    name: str

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return PERMISSIONS[self.role]

    @cached_property
    def can(self) -> Mapping[str, bool]:
        """For templates: ``{% if seat.can.vote %}``."""
        return {str(permission): permission in self.permissions for permission in Permission}

    def require(self, permission: Permission) -> None:
        """Raise :class:`NotAllowed` unless the role holds the permission. First line of every service."""
        if permission not in self.permissions:
            raise self.refusal()

    def refusal(self) -> NotAllowed:
        return NotAllowed(
            f"Your role in this review is {Role(self.role).label.lower()}, which may not do this. "
            "Ask the review's lead for another role."
        )
