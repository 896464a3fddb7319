"""Who may settle where the two entries of a study differ, as the protocol in force and the team of today have it."""

from collections.abc import Collection
from dataclasses import dataclass

from reviews.core import selectors as core
from reviews.core.refusals import NotAllowed
from reviews.core.rules import Permission
from reviews.core.seats import Seat
from reviews.extraction.comparing import Comparison
from reviews.protocols import selectors as protocols
from reviews.protocols.rules import ExtractionRule, Member, SettledBy, Way, ways


@dataclass(frozen=True)
class Team:
    """The members of a review and its rule of extraction, read once for any number of studies."""

    rule: ExtractionRule
    members: tuple[Member, ...]

    def ways(self, parties: Collection[int]) -> dict[int, Way]:
        """Who may make or revise the consensus of what ``parties`` extracted, and how."""
        return ways(self.rule, self.members, parties, Permission.EXTRACT)


WHO = {
    SettledBy.ADJUDICATOR: "an adjudicator who did not extract this study",
    SettledBy.LEAD: "the lead",
    SettledBy.DISCUSSION: "the two people who extracted this study",
}


def way(seat: Seat, found: Comparison) -> Way:
    """How the seat may settle this study; refuses (403) whom the rule does not name."""
    those = team(seat.review_id)
    ways = those.ways(found.parties)
    if seat.user_id in ways:
        return ways[seat.user_id]
    if seat.user_id in found.parties:
        raise NotAllowed(f"You extracted {found.study.label} yourself. Somebody else makes the consensus.")
    who = WHO[SettledBy(those.rule.settled_by)]
    raise NotAllowed(f"By the protocol {who} makes the consensus for {found.study.label}.")


def team(review_id: int) -> Team:
    version = protocols.current(review_id)
    rule = version.parsed.extraction if version else ExtractionRule()
    return Team(rule, tuple(Member(seat.user_id, seat.role) for seat in core.seats(review_id)))
