"""Markup in every text that people write is shown as text: on the pages, in the figures and in the report."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from reviews.core.models import Review, User
from reviews.extraction import services as extraction
from reviews.protocols.rules import Characteristic, Outcome, Question, Reason, TimePoint
from reviews.reporting import services as reporting
from reviews.reporting.models import ReportBuild
from reviews.screening.rules import Phase, Verdict
from reviews.search import services as search
from reviews.synthesis import services as synthesis
from reviews.synthesis.models import Run
from tests import world as worlds
from tests.world import CONTENT, World

MARK = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
CONTENT_MARKED = replace(
    CONTENT,
    title=MARK,
    question=Question(MARK, MARK, MARK, MARK),
    inclusion=(MARK,),
    databases=(MARK,),
    reasons=(Reason("r1", MARK), *CONTENT.reasons[1:]),
    outcomes=(Outcome("sleep", MARK, measure=MARK, time_points=(TimePoint("sleep-post", MARK),)),),
    characteristics=(Characteristic("insomnia", MARK, (f"yes {MARK}", "no")),),
)


def marked() -> World:
    world = worlds.with_references()
    User.objects.filter(pk=world.people["bo"].pk).update(name=MARK)
    Review.objects.filter(pk=world.review_id).update(title=MARK, synthetic_note=MARK)
    worlds.amend(world, CONTENT_MARKED, reason=MARK)
    source = search.add_source(world.ada, name=MARK, kind="website", platform=MARK)
    search.add_search_run(world.ada, source_id=source.pk, run_on=date(2024, 1, 1), strategy=MARK, limits=MARK)
    first, second, third = world.references()[:3]
    for who, verdict in (("bo", Verdict.INCLUDE), ("cy", Verdict.EXCLUDE)):
        worlds.screening.cast_vote(
            world.seats[who], reference_id=third.pk, phase=Phase.TITLE_ABSTRACT, verdict=verdict, note=MARK
        )
    for place, reference in enumerate((first, second)):
        worlds.include(world, reference)
        arms = [("intervention", f"Rest {MARK}"), ("comparator", f"Watch {MARK}")]
        made = extraction.create_study(world.ada, label=f"{MARK} {place}", reference_ids=[reference.pk], arms=arms)
        values = worlds.value_inputs(made, world.time_point(), *worlds.NUMBERS[place])
        values = [replace(value, place=MARK) for value in values]
        trait = extraction.TraitInput(world.characteristic().pk, f"yes {MARK}", MARK)
        for who in ("bo", "cy"):
            entry = extraction.start_entry(world.seats[who], study_id=made.pk)
            extraction.save_values(world.seats[who], entry_id=entry.pk, values=values, traits=[trait])
            extraction.submit_entry(world.seats[who], entry_id=entry.pk)
    point = world.time_point().pk
    spec = synthesis.create_synthesis(
        world.sol, title=MARK, note=MARK, arm_1="intervention", time_1_id=point, arm_2="comparator", time_2_id=point,
        measure="SMD", model="random", tau2_method="DL", convention="revman5", subgroup_by_id=world.characteristic().pk,
    )  # fmt: skip
    synthesis.ask_run(world.sol, synthesis_id=spec.pk)
    worlds.finish_jobs(world)
    return world


def unescaped(text: str) -> list[str]:
    return re.findall(r".{60}(?:<script>alert|<img src=x).{20}", text, re.DOTALL)


PAGES = (
    "", "people/", "history/", "protocol/", "protocol/versions/2/", "protocol/edit/", "protocol/approve/", "search/",
    "search/references/", "screening/", "screening/references/", "screening/conflicts/", "full-text/",
    "full-text/references/", "extraction/", "synthesis/", "synthesis/new/", "report/", "report/flow.svg",
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_markup_stays_text_on_every_page_and_in_the_report(client_of: Callable[..., Client]) -> None:
    world = marked()
    ada = client_of(world, "ada")
    run = Run.objects.get()
    studies = [f"extraction/studies/{pk}/" for pk in run.synthesis.review.studies.values_list("pk", flat=True)]
    of_run = [f"synthesis/runs/{run.pk}/{end}" for end in ("", "what-if/", "download/svg/", "download/R/")]
    references = [f"screening/{one.pk}/" for one in world.references()]
    shown = 0
    for page in (*PAGES, f"synthesis/{run.synthesis_id}/", *of_run, *studies, *references):
        answer = ada.get(f"/reviews/{world.review_id}/{page}")
        assert answer.status_code == 200, page
        text = answer.content.decode()
        if not page.endswith("/R/"):
            assert not unescaped(text), page
        shown += "alert(1)" in text
    assert shown > 20
    build = reporting.ask_report(world.ada)
    worlds.finish_jobs(world)
    with default_storage.open(ReportBuild.objects.get(pk=build.pk).stored_as) as file:
        report = file.read().decode()
    assert "alert(1)" in report
    assert not unescaped(report)
