"""The report's file: what is in it, that it is built once, and that the flow adds up."""

import csv
import hashlib
import html
import io
import re
from html.parser import HTMLParser

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviews.core import jobs
from reviews.core import services as core
from reviews.core.models import EventLine, Job, Membership, Review
from reviews.core.refusals import NotAllowed, NotFound, Refusal
from reviews.core.rules import JobState
from reviews.extraction.models import Study, Value
from reviews.reporting import prisma, rules, selectors, services
from reviews.reporting.models import ReportBuild
from reviews.synthesis import services as synthesis
from tests import world as worlds
from tests.world import World

NOTE = "The trial-level numbers of this review were made up."


def with_synthesis() -> World:
    world = worlds.with_consensus()
    Review.objects.filter(pk=world.review_id).update(synthetic_note=NOTE)
    add_syntheses(world)
    return world


def add_syntheses(world: World, before: str = "") -> None:
    point = world.time_point().pk
    for title, subgroup in (("Sleep after treatment", None), ("Sleep by insomnia", world.characteristic().pk)):
        spec = synthesis.create_synthesis(
            world.sol,
            title=before + title,
            arm_1="intervention",
            time_1_id=point,
            arm_2="comparator",
            time_2_id=point,
            measure="SMD",
            model="random",
            tau2_method="DL",
            convention="revman5",
            subgroup_by_id=subgroup,
        )
        synthesis.ask_run(world.sol, synthesis_id=spec.pk)
    worlds.finish_jobs(world)


def built(world: World) -> tuple[ReportBuild, str]:
    asked = services.ask_report(world.sol)
    worlds.finish_jobs(world)
    build = ReportBuild.objects.get(pk=asked.pk)
    assert build.finished_at is not None, Job.objects.get(task=rules.BUILD, subject_id=build.pk).error
    with default_storage.open(build.stored_as) as file:
        return build, file.read().decode()


class Page(HTMLParser):
    """Ids, links and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.bare_scripts = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a":
            self.links.append(str(given.get("href")))
        self.sources += [str(given[name]) for name in ("src", "srcset", "data", "poster") if given.get(name)]
        if tag == "link" or (tag == "script" and not given.get("src") and given.get("type") != "application/json"):
            self.bare_scripts += 1


@pytest.mark.django_db(transaction=True)
class TestReport:
    def test_the_file_needs_nothing_else(self) -> None:
        _, text = built(with_synthesis())
        page = Page(text)
        assert page.bare_scripts == 0
        assert all(source.startswith("data:") for source in page.sources)
        assert all(link.startswith("#") for link in page.links)
        assert "default-src 'none'; script-src data:" in text
        assert not re.search(r"@import|url\((?!['\"]?(#|data:))", text.split("</head>")[0])
        assert text.count("data:text/javascript;base64,") == 2

    def test_every_number_leads_to_its_value_with_both_extractors(self) -> None:
        world = with_synthesis()
        _, text = built(world)
        page = Page(text)
        assert len(page.ids) == len(set(page.ids))
        assert {link[1:] for link in page.links} <= set(page.ids)
        consensus = Value.objects.filter(entry__kind="consensus", superseded_at=None)
        for value in consensus:
            assert page.links.count(f"#value-{value.pk}") == 2
            row = text.split(f'id="value-{value.pk}"')[1].split("</tr>")[0]
            assert row.count(value.reported) == 3
            assert row.count("p. 5, Table 2") == 3
        for study in Study.objects.all():
            assert f"#study-{study.pk}" in page.links

    def test_it_says_what_the_pages_say(self) -> None:
        world = with_synthesis()
        build, text = built(world)
        line = selectors.dashboard(world.sol)
        assert line.blocks[5].done == 2
        facts = synthesis.selectors.overview(world.sol, list(synthesis.selectors.syntheses(world.sol)))[0].facts
        assert facts is not None
        assert f"SMD {facts.pooled}, {facts.p}; 3 studies" in html.unescape(text)
        assert text.count(NOTE) >= 4
        for words in ("Guided rest for lighthouse keepers", "CRD42025000001", "PubMed", "rest AND keepers"):
            assert words in text
        assert "Records screened (n = 3)" in text
        assert "Awaiting a decision (n = 3)" in text
        assert f"Report {build.number}, asked for by Sol" in text
        assert (build.size, build.sha256) == (len(text.encode()), hashlib.sha256(text.encode()).hexdigest())

    def test_it_is_built_once(self) -> None:
        world = with_synthesis()
        build, _ = built(world)
        before = ReportBuild.objects.filter(pk=build.pk).values().get()
        job = Job.objects.get(task=rules.BUILD, subject_id=build.pk)
        assert services.build_report(build.pk, jobs.Progress(job.pk)) == "Report 1 is ready."
        assert ReportBuild.objects.filter(pk=build.pk).values().get() == before
        assert EventLine.objects.filter(type="reporting.report_built").count() == 1
        _, files = default_storage.listdir(f"reports/{world.review_id}")
        assert files == [f"{build.sha256}.html"]

    def test_only_the_time_differs_between_two_reports_of_the_same_data(self) -> None:
        world = with_synthesis()
        (first, one), (second, two) = built(world), built(world)
        assert (first.number, second.number) == (1, 2)

        def still(text: str) -> str:
            return re.sub(r"\d+ \w+ \d{4}, \d\d:\d\d(?= UTC)|Report \d", "", text)

        assert still(one) == still(two)

    def test_an_outdated_synthesis_says_so_and_does_not_point_to_the_new_value(self) -> None:
        world = with_synthesis()
        study = Study.objects.get(number=1)
        old = Value.objects.get(entry__kind="consensus", entry__study=study, field="mean", arm__role="intervention")
        value = worlds.extraction.ConsensusValue(old.arm_id, old.time_point_id, "mean", "other", "8.45", "p. 6", old.pk)
        worlds.extraction.revise_consensus(world.dee, study_id=study.pk, values=[value], traits=[], reason="Misread")
        _, text = built(world)
        page = Page(text)
        assert text.count("Keeper 1 2000: mean of group 1 was 9.45, now 8.45.") == 2
        new = Value.objects.get(superseded_at=None, entry__kind="consensus", reported="8.45")
        assert f"#value-{old.pk}" not in page.links
        assert f"#value-{new.pk}" not in page.links
        assert f"value-{new.pk}" in page.ids

    def test_somebody_who_has_left_gets_no_report(self) -> None:
        world = worlds.with_protocol()
        build = services.ask_report(world.sol)
        core.end_membership(world.ada, membership_id=Membership.objects.get(user=world.people["sol"]).pk)
        worlds.finish_jobs(world)
        job = Job.objects.get(task=rules.BUILD, subject_id=build.pk)
        assert job.state == JobState.FAILED
        assert job.error == "Sol no longer sits in this review. Ask for the report again."

    def test_an_empty_review_has_a_report(self) -> None:
        _, text = built(worlds.with_protocol())
        assert "No source has been searched yet." in text
        assert "No study has been made of the included reports yet." in text
        assert "data:text/javascript" not in text


class TestAsking:
    def test_one_at_a_time(self, world: World) -> None:
        first = services.ask_report(world.sol)
        with pytest.raises(Refusal, match="is being built already"):
            services.ask_report(world.ada)
        Job.objects.filter(task=rules.BUILD, subject_id=first.pk).update(state=JobState.FAILED)
        assert services.ask_report(world.ada).number == 2

    def test_needs_the_permission_and_a_protocol(self, world: World) -> None:
        for name in ("bo", "rea"):
            with pytest.raises(NotAllowed):
                services.ask_report(world.seats[name])
        other = core.create_review(world.people["ada"], title="Another")
        with pytest.raises(Refusal, match="Approve the protocol first"):
            services.ask_report(other)
        assert not ReportBuild.objects.exists()

    def test_another_reviews_report_does_not_exist(self, world: World) -> None:
        build = services.ask_report(world.sol)
        other = core.create_review(world.people["ada"], title="Another")
        with pytest.raises(NotFound):
            selectors.build(other, build.pk)
        assert list(selectors.builds(other)) == []


class TestFlow:
    def test_a_finished_half_adds_up(self, consensus: World) -> None:
        counts = selectors.flow(consensus.rea)
        assert (counts.databases, counts.duplicates) == ((("PubMed", 6),), 0)
        assert (counts.screened, counts.awaiting_screening, counts.excluded, counts.sought) == (3, 3, 0, 3)
        assert (counts.assessed, counts.awaiting_full_text, counts.included_reports) == (3, 0, 3)
        assert counts.included_studies == 3
        assert rules.problems(counts) == ()

    def test_before_the_protocol_everything_awaits(self, db: None) -> None:
        world = worlds.review()
        counts = selectors.flow(world.ada)
        assert counts.identified == 0
        assert rules.problems(counts) == ()

    def test_every_verdict_finds_its_box(self, library: World) -> None:
        one, two, three, four, five, _ = library.references()
        for who in ("bo", "cy"):
            worlds.vote(library, who, one, "exclude")
            for reference in (two, three, four):
                worlds.vote(library, who, reference, "include")
        worlds.vote(library, "bo", five, "include")
        for who in ("bo", "cy"):
            worlds.vote(library, who, two, "exclude", "full_text")
        worlds.screening.mark_not_retrieved(library.ada, reference_id=three.pk)
        counts = selectors.flow(library.rea)
        assert (counts.screened, counts.awaiting_screening) == (4, 2)
        assert (counts.excluded, counts.sought, counts.not_retrieved) == (1, 3, 1)
        assert (counts.assessed, counts.awaiting_full_text) == (1, 1)
        assert counts.reasons == (("Wrong population", 1),)
        assert rules.problems(counts) == ()

    def test_what_only_a_website_brought_stands_in_the_second_arm(self, library: World) -> None:
        source = worlds.search.add_source(library.ada, name="A register of theses", kind="website")
        run = worlds.search.add_search_run(library.ada, source_id=source.pk, run_on=worlds.date(2024, 12, 3))
        file = worlds.SimpleUploadedFile("w.nbib", worlds.records.nbib(worlds.records.made(range(6, 10))))
        worlds.search.receive_file(library.ada, search_run_id=run.pk, file=file)
        worlds.finish_jobs(library)
        *_, seven, eight, nine = library.references()
        for who in ("bo", "cy"):
            worlds.vote(library, who, seven, "include")
            worlds.vote(library, who, eight, "exclude")
        for who in ("bo", "cy"):
            worlds.vote(library, who, seven, "exclude", "full_text")
        counts = selectors.flow(library.rea)
        assert (counts.identified, counts.websites, counts.duplicates) == (6, 4, 0)
        assert (counts.screened, counts.awaiting_screening, counts.excluded, counts.sought) == (0, 6, 0, 0)
        assert (counts.other_sought, counts.other_assessed, counts.other_awaiting) == (1, 1, 0)
        assert counts.other_reasons == (("Wrong population", 1),)
        assert counts.reasons == ()
        assert rules.problems(counts) == ()
        assert nine.number == 10, "the record of trial 6 had founded a reference before it was joined"

    def test_a_reference_of_both_stands_in_the_first_arm(self, library: World) -> None:
        source = worlds.search.add_source(library.ada, name="Citations", kind="citations")
        run = worlds.search.add_search_run(library.ada, source_id=source.pk, run_on=worlds.date(2024, 12, 3))
        file = worlds.SimpleUploadedFile("c.nbib", worlds.records.nbib(worlds.records.made(range(1, 3))))
        worlds.search.receive_file(library.ada, search_run_id=run.pk, file=file)
        worlds.finish_jobs(library)
        counts = selectors.flow(library.rea)
        assert (counts.identified, counts.citations, counts.awaiting_screening) == (6, 2, 6)
        assert (counts.other_sought, counts.duplicates) == (0, 0)
        assert rules.problems(counts) == ()

    def test_the_csv_carries_the_numbers_by_key(self, consensus: World) -> None:
        rows = list(csv.DictReader(io.StringIO(prisma.to_csv(selectors.flow(consensus.rea), NOTE))))
        found = {row["data"]: row["n"] for row in rows if row["data"] != "NA"}
        assert found["database_results"] == "6"
        assert found["database_specific_results"] == "PubMed, 6"
        assert (found["records_screened"], found["dbr_assessed"], found["new_studies"]) == ("3", "3", "3")
        assert next(row for row in rows if row["data"] == "notice")["description"] == NOTE


@pytest.mark.django_db
class TestDashboard:
    def test_everybody_is_sent_where_they_are_needed(self, consensus: World) -> None:
        steps = {name: selectors.dashboard(seat).next_step for name, seat in consensus.seats.items()}
        found = {name: step and (step.stage, step.label) for name, step in steps.items()}
        assert found == {
            "ada": ("title_abstract", "Screen titles and abstracts"),
            "bo": ("title_abstract", "Screen titles and abstracts"),
            "cy": ("title_abstract", "Screen titles and abstracts"),
            "dee": None,
            "sol": ("synthesis", "Plan a synthesis"),
            "rea": None,
        }

    def test_a_conflict_calls_the_adjudicator(self, library: World) -> None:
        first = library.references()[0]
        worlds.vote(library, "bo", first, "include")
        assert selectors.dashboard(library.dee).next_step is None
        worlds.vote(library, "cy", first, "exclude")
        step = selectors.dashboard(library.dee).next_step
        assert step is not None
        assert (step.label, step.url_name) == ("Settle 1 conflict", "screening:title_abstract_conflicts")

    def test_counts_do_not_tell_a_first_verdict(self, library: World) -> None:
        first, second = library.references()[:2]
        worlds.vote(library, "bo", first, "include")
        after_include = selectors.dashboard(library.cy)
        worlds.screening.take_back_vote(library.bo, reference_id=first.pk, phase="title_abstract")
        worlds.vote(library, "bo", first, "exclude")
        assert selectors.dashboard(library.cy) == after_include
        assert second.number == 2

    def test_a_constant_number_of_queries(self, consensus: World) -> None:
        add_syntheses(consensus)
        first, *others = consensus.references()[3:]
        worlds.include(consensus, first)
        worlds.study(consensus, first, "Open")
        asked = [queries(consensus)]
        add_syntheses(consensus, "Once more: ")
        for reference in others:
            worlds.include(consensus, reference)
            worlds.study(consensus, reference, f"Study of {reference}")
        asked.append(queries(consensus))
        assert asked[0] == asked[1]
        assert asked[0] <= 40


def queries(world: World) -> int:
    with CaptureQueriesContext(connection) as captured:
        selectors.dashboard(world.ada)
    return len(captured)


@pytest.mark.django_db(transaction=True)
class TestBuildsStay:
    def test_no_row_goes_away_and_none_is_rewritten(self) -> None:
        build, _ = built(worlds.with_references())
        for change in (
            build.delete,
            lambda: ReportBuild.objects.filter(pk=build.pk).update(number=99),
            lambda: ReportBuild.objects.filter(pk=build.pk).update(sha256="0" * 64),
            lambda: ReportBuild.objects.filter(pk=build.pk).update(finished_at=None),
        ):
            with pytest.raises(IntegrityError, match="keeps history"), transaction.atomic():
                change()
        assert ReportBuild.objects.get(pk=build.pk).number == build.number

    def test_its_bytes_are_kept_under_their_digest(self) -> None:
        build, text = built(worlds.with_references())
        assert build.stored_as == f"reports/{build.review_id}/{build.sha256}.html"
        assert (hashlib.sha256(text.encode()).hexdigest(), len(text.encode())) == (build.sha256, build.size)

    def test_half_a_build_is_none(self) -> None:
        services.ask_report(worlds.with_references().sol)
        waiting = ReportBuild.objects.filter(finished_at=None)
        with pytest.raises(IntegrityError, match="report_build_finished_whole"), transaction.atomic():
            waiting.update(finished_at=timezone.now())
