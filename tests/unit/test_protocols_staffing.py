"""Whether a team can finish what its protocol says: every team of one to four, every rule."""

from itertools import combinations, combinations_with_replacement, product

import pytest

from reviews.core.rules import PERMISSIONS, Permission, Role
from reviews.protocols import rules
from reviews.protocols.rules import Content, ExtractionRule, Member, ScreeningRule, SettledBy, Way

LEAD, REVIEWER, ADJUDICATOR = Role.LEAD, Role.REVIEWER, Role.ADJUDICATOR
SCREENING, EXTRACTION = ScreeningRule(), ExtractionRule()
RULES = list(product(SettledBy.values, [False, True]))


def team(*roles: str) -> list[Member]:
    return [Member(number, role) for number, role in enumerate(roles, start=1)]


def warned(
    roles: tuple[str, ...], screening: ScreeningRule = SCREENING, extraction: ExtractionRule = EXTRACTION
) -> dict[str, str]:
    return rules.warnings(Content(screening=screening, extraction=extraction), team(*roles))


def test_the_classic_team_fits_the_classic_rule() -> None:
    assert warned((LEAD, REVIEWER, REVIEWER, ADJUDICATOR)) == {}


def test_an_adjudicator_whom_nobody_is() -> None:
    found = warned((LEAD, REVIEWER))
    assert set(found) == {"settled_by", "extraction_settled_by"}
    assert found["settled_by"].startswith(
        "The rule names an adjudicator, but nobody has this role. Until somebody does"
    )


@pytest.mark.parametrize("roles", [(LEAD, REVIEWER), (LEAD, LEAD)])
@pytest.mark.parametrize(("settled_by", "own"), [("discussion", False), ("lead", True)])
def test_a_team_of_two_fits(roles: tuple[str, ...], settled_by: str, own: bool) -> None:
    screening = ScreeningRule(settled_by=settled_by, lead_settles_own=own)
    assert warned(roles, screening, ExtractionRule(settled_by, own)) == {}


def test_a_lead_who_votes_and_may_not_settle_the_leads_own() -> None:
    found = warned((LEAD, REVIEWER), ScreeningRule(settled_by="lead"), ExtractionRule("lead"))
    assert "the lead votes too" in found["settled_by"]
    assert "the lead extracts too" in found["extraction_settled_by"]
    assert warned((LEAD, REVIEWER, ADJUDICATOR), ScreeningRule(settled_by="lead"), ExtractionRule("lead")) == {}


def test_one_person_alone() -> None:
    assert set(warned((LEAD,))) == {"votes_needed", "extractors"}
    assert "only one person of the team may vote" in warned((LEAD,))["votes_needed"]
    alone = warned((LEAD,), ScreeningRule(1, "discussion"))
    assert "A discussion needs two people who vote." in alone["settled_by"]
    assert "votes_needed" not in alone


def test_nobody_leads() -> None:
    assert set(warned((REVIEWER, REVIEWER))) == {"settled_by", "extraction_settled_by", "approval"}


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_warning_wherever_only_the_lead_alone_is_left_and_nowhere_else(size: int) -> None:
    for roles in combinations_with_replacement(Role.values, size):
        members = team(*roles)
        for votes_needed, (settled_by, own), (by, own_too) in product([1, 2], RULES, RULES):
            screening = ScreeningRule(votes_needed, settled_by, lead_settles_own=own)
            extraction = ExtractionRule(by, lead_settles_own=own_too)
            found = warned(roles, screening, extraction)
            for name, count, rule, works in (
                ("settled_by", "votes_needed", screening, Permission.VOTE),
                ("extraction_settled_by", "extractors", extraction, Permission.EXTRACT),
            ):
                workers = [one.user_id for one in members if works in PERMISSIONS[one.role]]
                needed = votes_needed if works == Permission.VOTE else 2
                assert (count in found) == (len(workers) < needed)
                ends = [set(rules.ways(rule, members, pair, works).values()) for pair in combinations(workers, 2)]
                if any(end <= {Way.LEAD_ALONE} for end in ends):
                    assert name in found, (roles, rule)
                elif needed == 2:
                    assert name not in found, (roles, rule)


def test_a_warning_is_no_problem() -> None:
    (check,) = [
        one for one in rules.checklist(Content(), warned((LEAD, REVIEWER))) if one.label == "Who settles conflicts"
    ]
    assert check.warning
    assert check.problem == ""
