"""One review from the first sign-up to the report, in browsers, against real servers.

The same journey runs twice: on files written for the tests, always; and on real exports of PubMed and Scopus,
where they stand beside the checkout.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import records
from tests.e2e import journey
from tests.e2e.conftest import Visitor
from tests.e2e.journey import Extracted

pytestmark = pytest.mark.e2e

STUDIES = (
    Extracted("Harbour 2021", ("9.45", "4.97", "143"), ("13.59", "4.83", "143")),
    Extracted("Pier 2022", ("11.91", "5.10", "23"), ("13.31", "5.75", "23")),
)
SLIP = Extracted("Harbour 2021", ("9.45", "4.79", "143"), ("13.59", "4.83", "143"))


@dataclass(frozen=True)
class Files:
    """What is uploaded, how many records it holds, and how many references it makes."""

    nbib: Path
    nbib_records: int
    ris: Path
    ris_records: int
    references: int | None
    mark: str


@pytest.fixture
def small_files(tmp_path: Path) -> Files:
    nbib, ris = tmp_path / "small.nbib", tmp_path / "small.ris"
    nbib.write_bytes(records.nbib(records.made(range(1, 9))))
    ris.write_bytes(records.ris(records.made(range(5, 11))))
    return Files(nbib, 8, ris, 6, 10, "small")


@pytest.fixture
def real_files(shared: Path) -> Files:
    samples = shared / "formats" / "samples"
    nbib, ris = samples / "pubmed-nbib-1.nbib", samples / "scopus-ris-2.ris"
    if not (nbib.exists() and ris.exists()):
        pytest.skip("the real exports are not in ../shared/formats/samples")
    return Files(nbib, 290, ris, 180, None, "real")


def test_from_sign_up_to_report_on_small_files(
    visit: Callable[..., Visitor], browser: Browser, small_files: Files, tmp_path: Path
) -> None:
    travel(visit, browser, small_files, tmp_path)


def test_from_sign_up_to_report_on_real_exports(
    visit: Callable[..., Visitor], browser: Browser, real_files: Files, tmp_path: Path
) -> None:
    travel(visit, browser, real_files, tmp_path)


def travel(visit: Callable[..., Visitor], browser: Browser, files: Files, tmp_path: Path) -> None:
    team, review = gather(visit, files.mark)
    journey.write_protocol(team["lead"], review, f"Remote care ({files.mark})")
    bring_in(team["lead"], review, files)
    screen(team, review)
    extract(team, review)
    pool(team["lead"], review, tmp_path)
    report(team["lead"], review, browser, tmp_path)


def gather(visit: Callable[..., Visitor], mark: str) -> tuple[dict[str, Visitor], str]:
    team = {name: visit() for name in ("lead", "bo", "cy", "dee")}
    team["lead"].go("/account/signup/")
    journey.sign_up(team["lead"], "Lea Journey", f"lea.{mark}@example.org")
    review = journey.make_review(team["lead"], f"Remote care ({mark})")
    for name, role in (("bo", "Reviewer"), ("cy", "Reviewer"), ("dee", "Adjudicator")):
        email = f"{name}.{mark}@example.org"
        link = journey.invite(team["lead"], review, email, role)
        journey.join(team[name], link, name.title(), email)
    return team, review


def bring_in(lead: Visitor, review: str, files: Files) -> None:
    for source, file, count in (("PubMed", files.nbib, files.nbib_records), ("Scopus", files.ris, files.ris_records)):
        path = journey.search(lead, review, source, hits=count)
        journey.upload(lead, path, file)
        assert journey.figure(lead.page, "imported") == count
        assert journey.figure(lead.page, "refused") == 0
    lead.go(f"{review}/search/")
    total = files.nbib_records + files.ris_records
    assert journey.figure(lead.page, "records imported") == total
    references = journey.figure(lead.page, "references to screen")
    assert references == total - journey.figure(lead.page, "duplicates joined")
    if files.references is not None:
        assert references == files.references


def screen(team: dict[str, Visitor], review: str) -> None:
    """Bo and Cy agree on two, disagree on the third, agree to exclude the fourth; Dee includes the third."""
    first, second = f"{review}/screening/", f"{review}/full-text/"
    journey.press(team["bo"], first, "iiie")
    expect(team["bo"].page.locator("#recent-votes")).to_contain_text("Waits for another vote")
    expect(team["bo"].page.locator("#recent-votes")).not_to_contain_text("Settled")
    journey.press(team["cy"], first, "iie")
    expect(team["cy"].page.locator("#recent-votes")).to_contain_text("goes to the adjudicator")
    journey.press(team["cy"], first, "e")
    expect(team["cy"].page.locator("#recent-votes")).to_contain_text("Settled: excluded")
    journey.settle(team["dee"], first, "Include")
    journey.press(team["bo"], second, "iie")
    journey.press(team["cy"], second, "iie")
    team["bo"].go(second)
    expect(team["bo"].page.get_by_text("Your queue is empty")).to_be_visible()


def extract(team: dict[str, Visitor], review: str) -> None:
    """Cy mistypes one SD, which the consensus finds; where both agree it makes itself."""
    for place, values in enumerate(STUDIES):
        study = journey.make_study(team["lead"], review, values.label)
        journey.extract(team["bo"], study, values)
        journey.extract(team["cy"], study, SLIP if place == 0 else values)
        if place == 0:
            assert journey.agree(team["dee"], study) == 1
        else:
            team["cy"].go(study)
            expect(team["cy"].page.locator("main")).to_contain_text("Both entries agree; taken automatically on")


def pool(lead: Visitor, review: str, folder: Path) -> None:
    journey.synthesise(lead, review, "Sleep after treatment")
    page = lead.page
    expect(page.locator("main")).to_contain_text("Harbour 2021")
    for name, start in (("SVG", b"<?xml"), ("PNG", b"\x89PNG"), ("CSV", b"")):
        file = folder / name
        journey.download(page, name).save_as(file)
        assert file.read_bytes().startswith(start)
    assert "Harbour 2021" in (folder / "SVG").read_text()
    assert "Pier 2022" in (folder / "CSV").read_text(encoding="utf-8-sig")
    journey.click_square(page, 0)
    page.wait_for_url(re.compile(r"/extraction/studies/\d+/"))
    expect(page.locator("main")).to_contain_text("4.79")


def report(lead: Visitor, review: str, browser: Browser, folder: Path) -> None:
    """The downloaded report opens from the disk, without a network, with the plot inside."""
    lead.go(f"{review}/report/")
    lead.page.get_by_role("button", name=re.compile("Build")).first.click()
    link = lead.page.get_by_role("link", name=re.compile("Download|HTML")).first
    expect(link).to_be_visible(timeout=60_000)
    with lead.page.expect_download() as found:
        link.click()
    file = folder / "report.html"
    found.value.save_as(file)
    context = browser.new_context(offline=True)
    page = context.new_page()
    errors: list[str] = []
    asked_for: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda one: asked_for.append(one.url) if one.url.startswith(("http", "ws")) else None)
    page.goto(file.as_uri())
    expect(page.locator(".main-svg").first).to_be_visible(timeout=30_000)
    expect(page.locator("body")).to_contain_text("Sleep after treatment")
    expect(page.locator("body")).to_contain_text("Harbour 2021")
    assert asked_for == [], "the report asked the network for something"
    assert not errors
    context.close()
