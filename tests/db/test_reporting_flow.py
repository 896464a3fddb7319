"""PRISMA's sums in reviews that are half finished, amended or doubted."""

from dataclasses import replace

import pytest

from analysis.figures.flow import FlowCounts
from reviews.protocols.rules import Reason
from reviews.reporting import prisma, rules, selectors
from reviews.screening import services as screening
from reviews.screening.rules import Phase, Verdict
from tests import world as worlds
from tests.world import CONTENT, World

FT = Phase.FULL_TEXT


def exclude(world: World, place: int, reason: int) -> None:
    reference, reason_id = world.references()[place], world.reasons()[reason].pk
    for who in ("bo", "cy"):
        worlds.vote(world, who, reference, Verdict.INCLUDE)
    for who in ("bo", "cy"):
        screening.cast_vote(
            world.seats[who], reference_id=reference.pk, phase=FT, verdict=Verdict.EXCLUDE, reason_id=reason_id
        )


def test_two_reasons_that_came_to_bear_one_name_are_counted_together(library: World) -> None:
    """One retired, another renamed to what it was called: no report may drop out of the sum."""
    exclude(library, 0, 0)
    worlds.amend(library, replace(CONTENT, reasons=CONTENT.reasons[1:]))
    worlds.amend(library, replace(CONTENT, reasons=(CONTENT.reasons[1], Reason("r3", CONTENT.reasons[0].text))))
    exclude(library, 1, 1)
    flow = selectors.flow(library.ada)
    assert flow.reasons == ((CONTENT.reasons[0].text, 2),)
    assert not rules.problems(flow)


def test_a_study_whose_report_is_disputed_again_is_no_included_study(consensus: World) -> None:
    assert selectors.flow(consensus.ada).included_studies == 3
    screening.doubt(consensus.bo, reference_id=consensus.references()[0].pk, phase=FT)
    flow = selectors.flow(consensus.ada)
    assert (flow.included_studies, flow.included_reports, flow.awaiting_full_text) == (2, 2, 1)
    assert not rules.problems(flow)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)"])
def test_a_spreadsheet_runs_no_name_of_a_source_as_a_formula(name: str) -> None:
    table = prisma.to_csv(FlowCounts(databases=((name, 3),)), notice=name)
    cells = [cell for line in table.splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.strip('"').startswith(("=", "+", "-", "@"))]
