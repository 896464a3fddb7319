"""An entry that saves itself, field by field: late answers, bad numbers, no network, two windows."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.e2e import journey
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e


@pytest.fixture
def study(visit: Callable[..., Visitor], example: str) -> str:
    """A study that nobody has extracted yet."""
    ada = visit("ada@example.org")
    ada.go(f"{example}/extraction/studies/new/")
    if not ada.page.locator("input[name=references]").count():
        journey.settle(visit("dee@example.org"), f"{example}/full-text/", "Include")
    return journey.make_study(ada, example, "SYN-11")


def number(page: Page, name: str, row: int = 0) -> Locator:
    return page.locator("table tbody tr[data-row]").nth(row).get_by_label(re.compile(f": {name}$"))


def told(page: Page) -> Locator:
    return page.locator("[data-save-state]")


def test_each_field_saves_itself_and_two_windows_do_not_overwrite_each_other(
    visit: Callable[..., Visitor], study: str
) -> None:
    bo = visit("bo@example.org")
    bo.go(study)
    page = bo.page
    page.locator("main").get_by_role("button", name=re.compile("Start")).first.click()
    page.wait_for_url(re.compile(r"/entries/\d+/"))
    entry = page.url.removeprefix(bo.stack.url)

    number(page, "Mean").fill("9.45")
    number(page, "Mean").press("Tab")
    expect(told(page)).to_contain_text(re.compile(r"Saved at \d\d:\d\d:\d\d UTC: .*Mean"))

    # A bad number is marked in its place, and its neighbour is saved.
    number(page, "SD").fill("-1")
    number(page, "n").fill("143")
    number(page, "n").press("Tab")
    expect(told(page)).to_contain_text("Not saved:")
    expect(number(page, "SD")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".entry-told").first).to_contain_text("An SD of -1 cannot be")
    number(page, "SD").fill("4.97")
    number(page, "SD").press("Tab")
    expect(told(page)).to_contain_text(re.compile("Saved at .*SD"))
    expect(number(page, "SD")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator(".entry-told").first).to_be_hidden()

    _late_answers(page)
    _no_network(page)
    bo.complaints[:] = [one for one in bo.complaints if "net::ERR_FAILED" not in one]
    _two_windows(visit("bo@example.org"), page, entry)
    _submitted_while_saving(page)


def _late_answers(page: Page) -> None:
    """What is typed while an answer is under way stays, and is saved after it."""
    held: list[Route] = []
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.method == "POST" else None)
    page.route("**/entries/*/", lambda route: route.continue_() if held else held.append(route))
    number(page, "Mean").fill("1")
    number(page, "Mean").press("Tab")
    expect(told(page)).to_have_text("Saving…")
    page.wait_for_timeout(100)
    number(page, "Mean").fill("2")
    number(page, "Mean").press("Tab")
    page.wait_for_timeout(600)
    assert len(sent) == 1, "two saves were under way at once"
    held[0].continue_()
    while len(sent) < 2:
        page.wait_for_timeout(50)
    expect(told(page)).to_contain_text("Saved at")
    expect(number(page, "Mean")).to_have_value("2")
    page.unroute("**/entries/*/")
    page.reload()
    expect(number(page, "Mean")).to_have_value("2")


def _no_network(page: Page) -> None:
    """It says that nothing is saved, asks before leaving, and saves once the network is back."""
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.route("**/entries/*/", lambda route: route.abort())
    number(page, "Mean").fill("3")
    number(page, "Mean").press("Tab")
    expect(told(page)).to_contain_text("Not saved: the server cannot be reached")
    page.get_by_role("link", name="Extraction").first.click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(number(page, "Mean")).to_have_value("3")
    page.unroute("**/entries/*/")
    expect(told(page)).to_contain_text("Saved at", timeout=15_000)


def _two_windows(second: Visitor, page: Page, entry: str) -> None:
    second.go(entry)
    other = second.page
    for kept, mine in (("mine", "5"), ("stands", "6")):
        number(page, "Mean").fill("4" + mine)
        number(page, "Mean").press("Tab")
        expect(told(page)).to_contain_text("Saved at")
        page.wait_for_timeout(600)
        number(other, "Mean").fill(mine)
        number(other, "Mean").press("Tab")
        clash = other.locator(".clash")
        expect(clash).to_contain_text(f"What stands now: 4{mine}")
        expect(clash).to_contain_text(f"Mine: {mine}")
        clash.get_by_text("Mine:" if kept == "mine" else "What stands now:").click()
        expect(clash).to_have_count(0)
        expect(number(other, "Mean")).to_have_value(mine if kept == "mine" else "4" + mine)
        page.reload()
        expect(number(page, "Mean")).to_have_value(mine if kept == "mine" else "4" + mine)
        if kept == "mine":
            other.reload()


def _submitted_while_saving(page: Page) -> None:
    """What is still on its way arrives before the form does, so that the form names what stands."""
    for name, text in (("Mean", "7"), ("SD", "2"), ("n", "40")):
        number(page, name, 1).fill(text)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Submit my entry").click()
    page.wait_for_url(re.compile(r"/studies/\d+/$"))
    expect(page.locator("main")).to_contain_text("Submitted")
