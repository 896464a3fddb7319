"""The dashboard, the flow diagram and the reports over HTTP."""

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client

from reviews.core import services as core
from reviews.core.models import Review
from reviews.reporting import rules, services
from reviews.reporting.models import ReportBuild
from tests import world as worlds
from tests.reading import Page
from tests.world import World

Browser = Callable[..., Client]
NOTE = "Numbers made up for a test."


def base(world: World) -> str:
    return f"/reviews/{world.review_id}"


class TestDashboard:
    def test_a_block_a_stage_and_one_thing_to_do(self, library: World, client_of: Browser) -> None:
        text = client_of(library, "bo").get(f"{base(library)}/").content.decode()
        for stage in ("Protocol", "Search", "Screening", "Full text", "Extraction", "Synthesis", "Report"):
            assert f">{stage}</a></h2>" in text
        assert text.count("button-primary") == 1
        assert f'href="{base(library)}/screening/">Continue: Screen titles and abstracts</a>' in text
        assert "6 records from 1 source: 6 references, 0 duplicates." in text

    def test_before_the_protocol(self, db: None, client_of: Browser) -> None:
        world = worlds.review()
        assert "Continue: Write the protocol" in client_of(world, "bo").get(f"{base(world)}/").content.decode()
        assert "Nothing waits for you here" in client_of(world, "dee").get(f"{base(world)}/").content.decode()

    def test_a_conflict_leads_the_adjudicator_to_it(self, library: World, client_of: Browser) -> None:
        first = library.references()[0]
        worlds.vote(library, "bo", first, "include")
        worlds.vote(library, "cy", first, "exclude")
        text = client_of(library, "dee").get(f"{base(library)}/").content.decode()
        assert f'href="{base(library)}/screening/conflicts/">Continue: Settle 1 conflict</a>' in text

    def test_only_who_may_settle_is_asked_to(self, library: World, client_of: Browser) -> None:
        """The protocol names the adjudicator: the lead, who holds the permission too, is not sent there."""
        first = library.references()[0]
        worlds.vote(library, "bo", first, "include")
        worlds.vote(library, "cy", first, "exclude")
        pages = {who: client_of(library, who).get(f"{base(library)}/").content.decode() for who in ("ada", "dee")}
        assert "Settle 1 conflict" in pages["dee"]
        assert "Settle 1 conflict" not in pages["ada"]

    def test_every_link_of_the_dashboard_opens(self, consensus: World, client_of: Browser) -> None:
        ada = client_of(consensus, "ada")
        text = ada.get(f"{base(consensus)}/").content.decode().split("<main")[1].split("</main>")[0]
        links = {part.split('"')[0] for part in text.split('href="')[1:]}
        assert len(links) >= 9
        for link in links:
            assert ada.get(link).status_code == 200, link


class TestFlow:
    @pytest.mark.parametrize(
        ("kind", "media_type", "start"),
        [
            ("svg", "image/svg+xml", b"<?xml"),
            ("png", "image/png", b"\x89PNG"),
            ("pdf", "application/pdf", b"%PDF"),
            ("csv", "text/csv; charset=utf-8", b"data,node,box"),
        ],
    )
    def test_each_format(self, consensus: World, client_of: Browser, kind: str, media_type: str, start: bytes) -> None:
        Review.objects.update(title="慢性疼痛的网络认知行为治疗")
        browser, path = client_of(consensus, "rea"), f"{base(consensus)}/report/flow.{kind}"
        shown, kept = browser.get(path), browser.get(f"{path}?download")
        assert shown["Content-Type"] == kept["Content-Type"] == media_type
        assert shown.content.startswith(start)
        assert "Content-Disposition" not in shown
        assert kept["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%85%A2")
        assert kept["Content-Disposition"].endswith(f"-flow.{kind}")

    def test_the_picture_and_the_table_say_the_same(self, consensus: World, client_of: Browser) -> None:
        Review.objects.update(synthetic_note=NOTE)
        browser = client_of(consensus, "rea")
        drawn = " ".join(ElementTree.fromstring(browser.get(f"{base(consensus)}/report/flow.svg").content).itertext())
        page = browser.get(f"{base(consensus)}/report/").content.decode()
        for words in ("Records screened (n = 3)", "Awaiting a decision (n = 3)", "Studies included in review (n = 3)"):
            assert words in drawn
            assert words in page
        assert NOTE in drawn
        assert "do not add up" not in page

    def test_the_csv_carries_the_note(self, consensus: World, client_of: Browser) -> None:
        Review.objects.update(synthetic_note=NOTE)
        assert NOTE in client_of(consensus, "rea").get(f"{base(consensus)}/report/flow.csv").content.decode()

    def test_before_anything_is_there(self, db: None, client_of: Browser) -> None:
        world = worlds.review()
        page = client_of(world, "ada").get(f"{base(world)}/report/")
        assert page.status_code == 200
        assert "A report can be built once the protocol is approved." in page.content.decode()
        assert client_of(world, "ada").get(f"{base(world)}/report/flow.svg").status_code == 200

    def test_another_format(self, consensus: World, client_of: Browser) -> None:
        assert client_of(consensus, "rea").get(f"{base(consensus)}/report/flow.docx").status_code == 404


@pytest.mark.django_db(transaction=True)
class TestReports:
    def test_asked_for_watched_and_downloaded(self, client_of: Browser) -> None:
        world = worlds.with_consensus()
        Review.objects.update(title="慢性疼痛: sleep & pain / 1")
        sol = client_of(world, "sol")
        page = sol.post(f"{base(world)}/report/build/", follow=True).content.decode()
        build = ReportBuild.objects.get()
        progress = f"{base(world)}/report/builds/{build.pk}/progress/"
        assert f'hx-get="{progress}"' in page
        worlds.finish_jobs(world)
        assert 'data-job="succeeded"' in sol.get(progress).content.decode()
        path = f"{base(world)}/report/builds/{build.pk}/"
        rea = client_of(world, "rea")
        assert path in rea.get(f"{base(world)}/report/").content.decode()
        answer = rea.get(path)
        body = b"".join(answer.streaming_content)
        assert answer["Content-Type"] == "text/html; charset=utf-8"
        assert answer["Content-Disposition"] == (
            "attachment; filename*=utf-8''%E6%85%A2%E6%80%A7%E7%96%BC%E7%97%9B-sleep-pain-1-report-1.html"
        )
        assert "慢性疼痛: sleep &amp; pain / 1" in body.decode()
        assert "Keeper 1 2000" in body.decode()

    def test_what_people_wrote_cannot_become_markup(self, client_of: Browser) -> None:
        world = worlds.with_consensus(1)
        evil = "</style></script><script>alert(1)</script><b>"
        Review.objects.update(title=evil, synthetic_note=evil)
        services.ask_report(world.sol)
        worlds.finish_jobs(world)
        build = ReportBuild.objects.get()
        answer = client_of(world, "sol").get(f"{base(world)}/report/builds/{build.pk}/")
        body = b"".join(answer.streaming_content).decode()
        assert "<script>alert" not in body
        assert "<b>" not in body


def test_a_second_report_waits(world: World, client_of: Browser) -> None:
    sol = client_of(world, "sol")
    assert sol.post(f"{base(world)}/report/build/").status_code == 302
    again = sol.post(f"{base(world)}/report/build/")
    assert again.status_code == 409
    assert "A report is being built already." in again.content.decode()
    build = ReportBuild.objects.get()
    unfinished = sol.get(f"{base(world)}/report/builds/{build.pk}/")
    assert unfinished.status_code == 404
    assert "This report is not built yet." in unfinished.content.decode()


def test_another_reviews_report_does_not_exist(world: World, client_of: Browser) -> None:
    build = services.ask_report(world.sol)
    other = core.create_review(world.people["ada"], title="Another")
    ada = client_of(world, "ada")
    for path in ("", "progress/"):
        assert ada.get(f"/reviews/{other.review_id}/report/builds/{build.pk}/{path}").status_code == 404


def test_how_differences_were_settled_is_listed_with_the_leads_reasons() -> None:
    ways = {"discussion": 4, "lead_alone": 1}
    told = rules.settled("Conflicts at full text", ways, [("Rest for <keepers>", "Cy left in May")])
    shown = Page(
        HttpResponse(f"<main id=main>{render_to_string('reporting/_settled.html', {'one': told})}</main>")
    ).text
    assert shown == (
        "Conflicts at full text 5 settled: 4 by discussion 1 by the lead alone, because nobody else could "
        "Rest for <keepers>, settled by the lead alone. Reason: Cy left in May"
    )
