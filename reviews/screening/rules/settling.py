"""Who settles a reference: the protocol's rule, applied to who voted and who is there. Pure."""

from collections.abc import Collection, Iterable

from reviews.core.rules import PERMISSIONS, Permission
from reviews.protocols.rules import Member, ScreeningRule, SettledBy, Way, ways

NAMED: dict[str, str] = {
    SettledBy.ADJUDICATOR: "the adjudicator",
    SettledBy.LEAD: "the lead",
    SettledBy.DISCUSSION: "the people who differ, by discussion",
}


def settlers(
    rule: ScreeningRule, members: Iterable[Member], voters: Collection[int], lacks_votes: bool
) -> dict[int, Way]:
    """Who may settle it, and how. Where votes are lacking, everybody who votes in the review may discuss it."""
    found = list(members)
    parties = set(voters)
    if lacks_votes and rule.settled_by == SettledBy.DISCUSSION:
        parties |= {one.user_id for one in found if Permission.VOTE in PERMISSIONS[one.role]}
    return ways(rule, found, parties, Permission.VOTE)
