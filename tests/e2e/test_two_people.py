"""A team of two and nobody else: from the protocol to the report, in two browsers."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import records
from tests.e2e import journey
from tests.e2e.conftest import Visitor
from tests.e2e.journey import Extracted
from tests.e2e.test_journey import SLIP, STUDIES, report

pytestmark = pytest.mark.e2e


def test_two_people_carry_a_review_from_the_protocol_to_the_report(
    visit: Callable[..., Visitor], browser: Browser, tmp_path: Path
) -> None:
    lea, bo = visit(), visit()
    lea.go("/account/signup/")
    journey.sign_up(lea, "Lea Two", "lea.two@example.org")
    review = journey.make_review(lea, "Two people")
    journey.join(bo, journey.invite(lea, review, "bo.two@example.org", "Reviewer"), "Bo Two", "bo.two@example.org")
    journey.write_protocol(lea, review, "Two people", settled_by="discussion")
    file = tmp_path / "two.nbib"
    file.write_bytes(records.nbib(records.made(range(1, 5))))
    journey.upload(lea, journey.search(lea, review, "PubMed", hits=4), file)
    screen(lea, bo, review)
    extract(lea, bo, review)
    journey.synthesise(lea, review, "Sleep after treatment")
    expect(lea.page.locator("main")).to_contain_text("Harbour 2021")
    lea.go(f"{review}/report/")
    expect(lea.page.locator("main")).to_contain_text("by discussion")
    report(lea, review, browser, tmp_path)


def screen(lea: Visitor, bo: Visitor, review: str) -> None:
    """They differ on the second reference by title and abstract: a proposal, a counter-proposal, agreement."""
    first, second = f"{review}/screening/", f"{review}/full-text/"
    journey.press(lea, first, "iiee")
    journey.press(bo, first, "ieee")
    propose(bo, first, "Exclude")
    lea.go(f"{first}conflicts/")
    expect(lea.page.get_by_role("article")).to_contain_text("Bo Two proposes")
    lea.page.get_by_text("Propose something else").click()
    lea.page.get_by_role("article").get_by_role("button", name="Include").click()
    expect(lea.page.locator("[data-toast]")).to_contain_text("waits for the other's answer")
    bo.go(f"{first}conflicts/")
    bo.page.get_by_role("button", name="I agree: settle it so").click()
    expect(bo.page.locator("[data-toast]")).to_contain_text("Settled by both of you: include")
    journey.press(lea, second, "ii")
    journey.press(bo, second, "ii")


def propose(visitor: Visitor, path: str, verdict: str) -> None:
    visitor.go(f"{path}conflicts/")
    visitor.page.get_by_role("article").get_by_role("button", name=verdict).click()
    expect(visitor.page.locator("[data-toast]")).to_contain_text("waits for the other's answer")


def extract(lea: Visitor, bo: Visitor, review: str) -> None:
    """The first study's entries differ in one SD, the second's agree and need nobody."""
    study = extracted(lea, bo, review, STUDIES[0], SLIP)
    bo.go(f"{study}consensus/")
    bo.page.locator("input[type=radio][value=a]").first.check()
    bo.page.get_by_role("button", name="Propose it to the other extractor").click()
    bo.page.wait_for_url(re.compile(r"/studies/\d+/$"))
    lea.go(f"{study}consensus/")
    lea.page.get_by_role("button", name=re.compile("^Confirm what")).click()
    lea.page.wait_for_url(re.compile(r"/studies/\d+/$"))
    expect(lea.page.locator("main")).to_contain_text("4.97")
    agreed = extracted(lea, bo, review, STUDIES[1], STUDIES[1])
    bo.go(agreed)
    expect(bo.page.locator("main")).to_contain_text("taken automatically")


def extracted(lea: Visitor, bo: Visitor, review: str, first: Extracted, second: Extracted) -> str:
    study = journey.make_study(lea, review, first.label)
    journey.extract(lea, study, first)
    journey.extract(bo, study, second)
    return study
