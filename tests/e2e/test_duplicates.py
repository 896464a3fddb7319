"""Duplicates in a browser: two files come in, pairs are decided with keys, undone, and listed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.duplicates import doubtful, ris, trial
from tests.e2e.conftest import DESKTOP, PHONE, Visitor
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

BRING_IN = """
from datetime import date
from django.core.files.base import ContentFile
from reviews.core import selectors
from reviews.core.models import Membership
from reviews.search import services
lead = Membership.objects.filter(review_id=1, role="lead").first()
seat = selectors.seat(lead.user_id, 1)
for name, content in ({files}):
    source = services.add_source(seat, name=f"Found again in {{name}}", kind="database")
    run = services.add_search_run(seat, source_id=source.pk, run_on=date(2025, 3, 1))
    row = services.receive_file(seat, search_run_id=run.pk, file=ContentFile(content, name=name))
print(row.pk)
"""


@pytest.fixture
def pairs(stack: Stack) -> None:
    """Four trials, then three citations of them that lack nearly everything, and one that is certain."""
    first = ris(*(trial(n) for n in range(4)))
    second = ris({**doubtful(0), "AU": "KeeperA, B."}, *(doubtful(n) for n in (1, 2)), trial(3, AB="short"))
    stack.manage("shell", "-c", BRING_IN.format(files=[("first.ris", first), ("second.ris", second)]))


def test_pairs_are_decided_with_keys_and_undone(
    stack: Stack, pairs: None, visit: Callable[..., Visitor], example: str, shots: Path | None
) -> None:
    ada = visit(_lead(stack))
    page = ada.page
    ada.go(f"{example}/search/duplicates/")
    # The worker compares the second file after the first; the page loads itself again when a search has ended.
    for _ in range(60):
        if page.locator("[data-card]").count() >= 3 and not page.locator("[data-job]").count():
            break
        page.wait_for_timeout(1000)
        ada.go(f"{example}/search/duplicates/")
    _shoot(page, shots, "pairs")
    progress = page.locator("#pairs-progress strong")
    before = int(progress.inner_text().split(" of ")[0])
    first = page.locator("[data-card][data-current]")
    began = first.get_attribute("id")
    page.keyboard.press("d")
    expect(progress).to_have_text(_decided(before + 1))
    assert page.locator("[data-card][data-current]").get_attribute("id") != began, "the next pair is there at once"
    page.keyboard.press("n")
    expect(progress).to_have_text(_decided(before + 2))
    page.keyboard.press("z")
    expect(progress).to_have_text(_decided(before + 1))
    page.keyboard.press("?")
    expect(page.get_by_text("Duplicate: join them")).to_be_visible()
    page.keyboard.press("d")
    expect(progress).to_have_text(_decided(before + 1))
    page.keyboard.press("Escape")
    ada.go(f"{example}/search/duplicates/joins/?kind=confirmed")
    _shoot(page, shots, "joins")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("The decision is taken back.")).to_be_visible()
    ada.go(f"{example}/search/duplicates/thresholds/")
    page.get_by_label("Join without asking from").fill("60")
    page.get_by_role("button", name="Move the thresholds").click()
    expect(page.get_by_text("Joining from 60% on is risky")).to_be_visible()
    _shoot(page, shots, "thresholds")


def _decided(number: int) -> re.Pattern[str]:
    return re.compile(rf"^{number} of \d+ decided")


def _lead(stack: Stack) -> str:
    return stack.manage("example_accounts").splitlines()[0].split("\t")[1]


def _shoot(page: Page, shots: Path | None, name: str) -> None:
    """Both sizes, both colour schemes, for whoever wants to look."""
    if shots is None:
        return
    for size, scheme in ((DESKTOP, "light"), (DESKTOP, "dark"), (PHONE, "light"), (PHONE, "dark")):
        page.set_viewport_size(ViewportSize(**size))
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=shots / f"{name}-{size['width']}-{scheme}.png", full_page=True)
    page.set_viewport_size(ViewportSize(**DESKTOP))
    page.emulate_media(color_scheme="light")
