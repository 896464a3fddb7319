"""Who may settle what two people judged differently, and how. Pure; screening and extraction share it.

Whom the protocol's rule names comes first. If nobody it names is there, whoever else was not a party does it; if
nobody is, the lead alone, who has to give a reason. So every team can finish, and the report says how it did.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import TextChoices

from reviews.core.rules import PERMISSIONS, Permission, Role
from reviews.protocols.rules.shape import SettledBy


class Way(TextChoices):
    """How something was settled, or may be by one person."""

    ADJUDICATOR = "adjudicator", "By an adjudicator"
    LEAD = "lead", "By the lead"
    LEAD_OWN = "lead_own", "By the lead, who had judged it too"
    DISCUSSION = "discussion", "By discussion"
    LEAD_ALONE = "lead_alone", "By the lead alone, because nobody else could"


class Rule(Protocol):
    """What :class:`ScreeningRule` and :class:`ExtractionRule` have in common."""

    @property
    def settled_by(self) -> str: ...

    @property
    def lead_settles_own(self) -> bool: ...


@dataclass(frozen=True)
class Member:
    """Somebody who sits in the review today."""

    user_id: int
    role: str


def ways(rule: Rule, members: Iterable[Member], parties: Collection[int], works: Permission) -> dict[int, Way]:
    """Who may settle it, and how: user to way; never empty as long as the review has a lead.

    ``parties`` judged it (voted, extracted); one of them is there as long as the role still holds ``works``.
    ``DISCUSSION`` means: proposes, or confirms what another party proposed.
    """
    found = list(members)
    leads = {one.user_id for one in found if one.role == Role.LEAD}
    third = {one.user_id: Way.ADJUDICATOR for one in found if one.role == Role.ADJUDICATOR}
    third = {person: way for person, way in third.items() if person not in parties}
    free_leads = {person: Way.LEAD for person in leads if person not in parties}
    named = dict(third)
    if rule.settled_by == SettledBy.LEAD:
        own = {person: Way.LEAD_OWN for person in leads if person in parties and rule.lead_settles_own}
        named = {**free_leads, **own}
    elif rule.settled_by == SettledBy.DISCUSSION:
        present = [one.user_id for one in found if one.user_id in parties and works in PERMISSIONS[one.role]]
        named = dict.fromkeys(present, Way.DISCUSSION) if len(present) > 1 else {**third, **free_leads}
    return named or third or dict.fromkeys(leads, Way.LEAD_ALONE)
