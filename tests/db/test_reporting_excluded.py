"""What the flow and the report say of excluded reports, of reports without a study, and of what is pooled."""

from reviews.protocols.models import ExclusionReason
from reviews.reporting import contents, rules, selectors
from reviews.screening.rules import Phase, Verdict
from reviews.screening.services import cast_vote
from reviews.synthesis import services as synthesis
from tests import world as worlds
from tests.world import World


def test_a_report_in_no_study_is_told_of_until_it_has_one(library: World) -> None:
    world = library
    first, second = world.references()[:2]
    for reference in (first, second):
        worlds.include(world, reference)
    assert selectors.flow(world.ada).without_study == 2
    worlds.study(world, first, "Keeper 1")
    found = selectors.flow(world.ada)
    assert (found.without_study, found.included_reports, found.included_studies) == (1, 2, 1)
    assert any("1 of 2 belong to no study yet" in one for one in rules.remarks(found))
    worlds.study(world, second, "Keeper 2")
    assert selectors.flow(world.ada).without_study == 0


def test_only_pooled_studies_count_in_meta_analysis(consensus: World) -> None:
    assert selectors.pooled(consensus.ada) is None
    worlds.include(consensus, consensus.references()[4])
    worlds.study(consensus, consensus.references()[4], "Keeper without numbers")
    point = consensus.time_point().pk
    spec = synthesis.create_synthesis(
        consensus.sol, title="Sleep", arm_1="intervention", time_1_id=point, arm_2="comparator", time_2_id=point,
        measure="SMD", model="random", tau2_method="DL", convention="revman5",
    )  # fmt: skip
    synthesis.ask_run(consensus.sol, synthesis_id=spec.pk)
    worlds.finish_jobs(consensus)
    assert selectors.flow(consensus.ada).included_studies == 4
    assert selectors.pooled(consensus.ada) == (3, 3)


def test_the_report_lists_every_excluded_report_with_its_reason(consensus: World) -> None:
    assert contents.gather(consensus.ada).excluded == ()
    reference = consensus.references()[4]
    for who in ("bo", "cy"):
        worlds.vote(consensus, who, reference, Verdict.INCLUDE)
    reason = ExclusionReason.objects.filter(review_id=consensus.review_id).order_by("rank").first()
    for who in ("bo", "cy"):
        seat = consensus.seats[who]
        cast_vote(seat, reference_id=reference.pk, phase=Phase.FULL_TEXT, verdict=Verdict.EXCLUDE, reason_id=reason.pk)
    ((citation, given),) = contents.gather(consensus.ada).excluded
    assert reference.citation.title.rstrip(".") in citation
    assert given == reason.text
