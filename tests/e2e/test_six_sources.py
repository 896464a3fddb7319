"""Six databases into one review: every record accounted for, duplicates joined or decided, PRISMA right."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import six_files
from tests.e2e import journey
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e


def test_six_databases_into_one_review(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    lead = visit()
    lead.go("/account/signup/")
    journey.sign_up(lead, "Lea Six", "lea.six@example.org")
    review = journey.make_review(lead, "Six databases")
    journey.write_protocol(lead, review, "Six databases")
    for source, (name, content, count) in six_files.files().items():
        file = tmp_path / name
        file.write_bytes(content)
        journey.upload(lead, journey.search(lead, review, source, hits=count), file)
        assert journey.figure(lead.page, "imported") == count
        assert journey.figure(lead.page, "refused") == 0
    wait_for_duplicates(lead, review)
    page = lead.page
    decide(page)
    decide(page)
    expect(page.get_by_text("2 of 2 decided")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_text("1 of 2 decided")).to_be_visible()
    decide(page)
    expect(page.get_by_text("2 of 2 decided")).to_be_visible()
    check_boxes(lead, review)


def wait_for_duplicates(lead: Visitor, review: str) -> None:
    """Both pairs are there once the last job is done; the page does not move while one is decided."""
    for _ in range(60):
        lead.go(f"{review}/search/duplicates/")
        if lead.page.get_by_text("0 of 2 decided").count() and not lead.page.locator("[data-job]").count():
            return
        lead.page.wait_for_timeout(1000)
    raise AssertionError(lead.page.locator("main").inner_text())


def decide(page: Page) -> None:
    """The English record of a Chinese article is the same document, the report under another DOI is not."""
    card = page.locator("[data-card][data-current]")
    expect(card).to_be_visible()
    name = card.get_attribute("id")
    key = "n" if "Tai chi" in card.inner_text() else "d"
    with page.expect_response(lambda answer: "/decide/" in answer.url) as answered:
        page.keyboard.press(key)
    assert answered.value.ok, answered.value.text()
    expect(page.locator(f"#{name}[data-current]")).to_have_count(0)


def check_boxes(lead: Visitor, review: str) -> None:
    """PRISMA's boxes of identification: what every source gave, how many duplicates went, what is left to screen."""
    lead.go(f"{review}/report/")
    flow = lead.page.locator("[aria-label='The flow diagram as a table']")
    for source, (_, _, count) in six_files.files().items():
        expect(flow).to_contain_text(re.compile(rf"{source}\D+{count}\b"))
    removed = six_files.records() - six_files.documents()
    expect(flow).to_contain_text(re.compile(rf"Duplicate records removed\D+{removed}\b"))
    lead.go(f"{review}/search/")
    assert journey.figure(lead.page, "references to screen") == six_files.documents()
