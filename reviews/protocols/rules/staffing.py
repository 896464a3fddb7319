"""Whether the people who sit in the review today can do what its protocol says. Pure.

Nothing here forbids anything: a team may grow after its protocol is approved. Where nobody whom the rule names could
settle something, the lead settles it alone and gives a reason, and the report says so.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

from reviews.core.rules import PERMISSIONS, Permission
from reviews.protocols.rules.settling import Member, Rule, Way, ways
from reviews.protocols.rules.shape import Content, SettledBy

PAIR = 2

_NOBODY = {
    "settling": "Nobody in the team could settle {what}. Make somebody the lead.",
    "approval": "Nobody in the team may approve the protocol. Make somebody the lead.",
}
_ALONE = {
    SettledBy.ADJUDICATOR: "The rule names an adjudicator, but nobody has this role. Until somebody does, the lead "
    "settles {what} alone and gives a reason, which the report shows.",
    SettledBy.LEAD: "The rule names the lead, but the lead {does} too and may not settle the lead's own. The lead then "
    "settles {what} alone and gives a reason, which the report shows. Let the lead settle them, choose discussion, or "
    "ask an adjudicator to join.",
    SettledBy.DISCUSSION: "A discussion needs two people who {do}. Until there are, the lead settles {what} alone and "
    "gives a reason, which the report shows.",
}
_SCREENING = {"what": "conflicts", "does": "votes", "do": "vote"}
_EXTRACTION = {"what": "what two entries differ in", "does": "extracts", "do": "extract"}


def warnings(content: Content, members: Iterable[Member]) -> dict[str, str]:
    """What the team of today could not do: the name of a check -> sentence; empty if every step can be finished."""
    team = list(members)
    voters, extractors = _who(team, Permission.VOTE), _who(team, Permission.EXTRACT)
    needed = content.screening.votes_needed
    found: dict[str, str] = {}
    if len(voters) < needed:
        found["votes_needed"] = (
            f"Each reference needs {needed} {_plural(needed, 'vote')}, but {_count(len(voters))} of the team may vote. "
            "References wait until somebody joins as a reviewer."
        )
    if len(extractors) < PAIR:
        found["extractors"] = (
            f"Two people extract every study, but {_count(len(extractors))} of the team may extract. "
            "Studies wait until somebody joins as a reviewer."
        )
    groups = [set(group) for size in range(min(needed, PAIR), PAIR + 1) for group in combinations(voters, size)]
    found.update(_settling("settled_by", content.screening, team, groups, Permission.VOTE, _SCREENING))
    pairs = [set(pair) for pair in combinations(extractors, PAIR)]
    found.update(_settling("extraction_settled_by", content.extraction, team, pairs, Permission.EXTRACT, _EXTRACTION))
    if not _who(team, Permission.APPROVE_PROTOCOL):
        found["approval"] = _NOBODY["approval"]
    return found


def _who(team: Sequence[Member], permission: Permission) -> list[int]:
    return [one.user_id for one in team if permission in PERMISSIONS[one.role]]


def _settling(
    name: str,
    rule: Rule,
    team: Sequence[Member],
    groups: Sequence[set[int]],
    works: Permission,
    words: dict[str, str],
) -> dict[str, str]:
    """A warning if for some of the people who may have to be parties only the lead, alone, is left."""
    found = [set(ways(rule, team, parties, works).values()) for parties in groups]
    if set() in found:
        return {name: _NOBODY["settling"].format(**words)}
    if {Way.LEAD_ALONE} in found:
        return {name: _ALONE[SettledBy(rule.settled_by)].format(**words)}
    return {}


def _count(number: int) -> str:
    return {0: "nobody", 1: "only one person"}.get(number, f"only {number} people")


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"
