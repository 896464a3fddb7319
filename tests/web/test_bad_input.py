"""Nasty input to every page, by somebody who may do everything: a refusal each, never a mistake of ours."""

from collections.abc import Callable, Iterator
from urllib.parse import quote_plus

import pytest
from django.test import Client
from django.urls import reverse

from reviews.core import services as core
from reviews.core.models import Job
from reviews.extraction import services as extraction
from reviews.reporting import services as reporting
from reviews.screening.rules import Phase, Verdict
from reviews.search.models import Import, SearchRun, Source
from reviews.synthesis import services as synthesis
from tests import world as worlds
from tests.web.nasty import NUMBERS, TEXTS, undone
from tests.web.test_access import patterns, routes_of_reviews
from tests.world import World

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def numbers(db: None) -> tuple[World, dict[str, object]]:
    """A review with one of everything, and the number of each in the URLs."""
    world = worlds.with_consensus(3)
    included, open_one, disputed = world.references()[0], world.references()[4], world.references()[5]
    worlds.vote(world, "bo", disputed, Verdict.INCLUDE)
    worlds.vote(world, "cy", disputed, Verdict.EXCLUDE)
    worlds.include(world, world.references()[3])
    made = worlds.study(world, world.references()[3], "Open 2020")
    entry = extraction.start_entry(world.ada, study_id=made.pk)
    point = world.time_point().pk
    spec = synthesis.create_synthesis(
        world.sol, title="Sleep", arm_1="intervention", time_1_id=point, arm_2="comparator", time_2_id=point,
        measure="SMD", model="random", tau2_method="DL", convention="revman5",
    )  # fmt: skip
    run = synthesis.ask_run(world.sol, synthesis_id=spec.pk)
    build = reporting.ask_report(world.ada)
    worlds.finish_jobs(world)
    core.invite(world.ada, email="new@example.org", role="reader")
    return world, {
        "review_id": world.review_id,
        "reference_id": open_one.pk,
        "disputed": disputed.pk,
        "included": included.pk,
        "study_id": extraction_study(world),
        "entry_id": entry.pk,
        "run_id": run.pk,
        "synthesis_id": spec.pk,
        "build_id": build.pk,
        "job_id": Job.objects.filter(review_id=world.review_id).first().pk,
        "membership_id": world.rea.membership_id,
        "invitation_id": world_invitation(world),
        "import_id": Import.objects.get(review_id=world.review_id).pk,
        "source_id": Source.objects.get(review_id=world.review_id).pk,
        "search_run_id": SearchRun.objects.get(source__review_id=world.review_id).pk,
        "number": 1,
        "kind": "csv",
        "point": point,
    }
