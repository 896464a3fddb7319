"""The protocol's draft saves by itself: every good value is kept, and what is not saved is told."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e import journey
from tests.e2e.conftest import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.e2e

EDIT = "/protocol/edit/"


def saved(page: Page, *parts: str) -> None:
    words = r"Saved at \d\d:\d\d UTC: " + re.escape(", ".join(parts))
    expect(page.locator("[data-autosave-state]")).to_have_text(re.compile(words), timeout=10_000)


def leave(page: Page) -> None:
    """Go to the next field, as people do: the one before has changed then."""
    page.keyboard.press("Tab")


def shoot(page: Page, shots: Path | None, name: str) -> None:
    if shots is None:
        return
    for size, window in (("wide", DESKTOP), ("phone", PHONE)):
        for scheme in ("light", "dark"):
            page.set_viewport_size(window)
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=shots / f"{name}-{size}-{scheme}.png", full_page=True)
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")


@pytest.fixture
def review(visit: Callable[..., Visitor]) -> tuple[Visitor, str]:
    """A review of Bo's own, which no other test touches."""
    bo = visit("bo@example.org")
    return bo, journey.make_review(bo, "A draft that saves itself")


def test_each_field_saves_alone_and_a_bad_one_is_marked_in_place(
    review: tuple[Visitor, str], shots: Path | None
) -> None:
    bo, path = review
    page = bo.page
    bo.go(path + EDIT)
    page.locator("[name=registration]").fill("CRD12")
    page.locator("[name=population]").fill("Adults at home")
    leave(page)
    saved(page, "population")
    expect(page.locator("#id_registration_error")).to_contain_text("“CRD12” is no PROSPERO number")
    expect(page.locator("[name=registration]")).to_have_value("CRD12")
    shoot(page, shots, "bad-field")
    warned: list[str] = []

    def stay(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.get_by_role("link", name="Back to the protocol").click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert warned == ["beforeunload"]
    page.locator("[name=registration]").fill("CRD42025634381")
    leave(page)
    saved(page, "registration number")
    expect(page.locator("#id_registration_error")).to_have_count(0)
    page.get_by_text("The two who extracted, by discussion").click()
    saved(page, "who makes the consensus")
    page.get_by_role("link", name="Back to the protocol").click()
    page.wait_for_url(re.compile(r"/protocol/$"))
    expect(page.get_by_text("Adults at home")).to_be_visible()
    expect(page.get_by_text("by discussion of the two who differ")).to_be_visible()
    shoot(page, shots, "warned")
    assert warned == ["beforeunload"]


def test_rows_are_saved_moved_renamed_and_removed(review: tuple[Visitor, str]) -> None:
    bo, path = review
    page = bo.page
    bo.go(path + EDIT)
    page.locator("[name=reasons-0-text]").fill("Wrong population")
    leave(page)
    saved(page, "reasons to exclude")
    expect(page.locator("[name=reasons-0-key]")).not_to_have_value("")
    page.get_by_role("button", name="+ Add a reason").click()
    page.locator("[name=reasons-1-text]").fill("Wrong dose")
    leave(page)
    expect(page.locator("[name=reasons-1-key]")).not_to_have_value("", timeout=10_000)
    page.locator("[name=reasons-1-text]").fill("Wrong design")
    leave(page)
    page.locator("[data-prefix=reasons]").get_by_role("button", name="Move up").nth(1).click()
    page.wait_for_timeout(1_500)
    bo.go(path + EDIT)
    expect(page.locator("[name=reasons-0-text]")).to_have_value("Wrong design")
    expect(page.locator("[name=reasons-1-text]")).to_have_value("Wrong population")
    page.locator("[data-prefix=reasons]").get_by_role("button", name="Remove").nth(1).click()
    saved(page, "reasons to exclude")
    bo.go(path + EDIT)
    expect(page.locator("[name=reasons-1-text]")).to_have_value("")


def test_two_windows_that_change_one_field(review: tuple[Visitor, str], shots: Path | None) -> None:
    bo, path = review
    other = bo.page.context.new_page()
    bo.go(path + EDIT)
    other.goto(bo.page.url)
    other.locator("[name=title]").fill("By the other window")
    leave(other)
    saved(other, "title")
    page = bo.page
    page.locator("[name=comparator]").fill("Usual care")
    page.locator("[name=title]").fill("By this window")
    leave(page)
    clash = page.locator("[data-clash]")
    expect(clash).to_contain_text("You saved the protocol in another window")
    expect(clash).to_contain_text("By the other window")
    saved(page, "comparator")
    shoot(page, shots, "clash")
    clash.get_by_role("button", name="Save mine in its place").click()
    saved(page, "title")
    expect(clash).to_have_count(0)
    other.locator("[name=title]").fill("The other again")
    leave(other)
    other.get_by_role("button", name="Keep what the draft says").click()
    expect(other.locator("[name=title]")).to_have_value("By this window")
    other.close()


def test_a_server_that_is_away_keeps_what_was_typed(review: tuple[Visitor, str]) -> None:
    bo, path = review
    page = bo.page
    bo.go(path + EDIT)
    page.route("**/protocol/edit/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    page.locator("[name=title]").fill("Typed without a server")
    leave(page)
    expect(page.locator("[data-autosave-state]")).to_contain_text("the server cannot be reached", timeout=10_000)
    page.unroute("**/protocol/edit/")
    saved(page, "title")
    bo.complaints.clear()


def test_without_a_script_one_button_saves_and_both_values_are_shown(
    review: tuple[Visitor, str], shots: Path | None
) -> None:
    bo, path = review
    bo.go(path + EDIT)
    state_file = bo.page.context.storage_state()
    browser = bo.page.context.browser
    assert browser
    plain = browser.new_context(java_script_enabled=False, storage_state=state_file, viewport=DESKTOP).new_page()
    plain.goto(bo.page.url)
    bo.page.locator("[name=title]").fill("By the script")
    leave(bo.page)
    saved(bo.page, "title")
    plain.locator("[name=title]").fill("By the button")
    plain.locator("[name=population]").fill("Keepers")
    plain.locator("[name=registration]").fill("CRD12")
    plain.get_by_role("button", name="Save the draft").last.click()
    expect(plain.get_by_text("UTC: population.")).to_be_visible()
    expect(plain.get_by_role("table")).to_contain_text("By the script")
    expect(plain.locator("[name=registration]")).to_have_value("CRD12")
    shoot(plain, shots, "not-saved")
    plain.locator("[name=registration]").fill("")
    plain.get_by_role("button", name="Save mine in its place").click()
    expect(plain).to_have_url(re.compile(r"/protocol/$"))
    expect(plain.get_by_text("By the button").first).to_be_visible()
    plain.goto(plain.url + "approve/")
    shoot(plain, shots, "approve")
    plain.context.close()
