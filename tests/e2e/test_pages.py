"""Every page of the example review, in a wide light window and on a dark phone."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e import journey
from tests.e2e.conftest import DESKTOP, PHONE, Visitor

pytestmark = pytest.mark.e2e

WINDOWS = pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
WEIGHT = 150_000
AXE = Axe()

STAGES = (
    "/",
    "/protocol/",
    "/search/",
    "/screening/",
    "/full-text/",
    "/extraction/",
    "/synthesis/",
    "/report/",
)
INSIDE = (
    "/protocol/edit/",
    "/protocol/approve/",
    "/protocol/versions/1/",
    "/search/sources/new/",
    "/search/sources/1/runs/new/",
    "/search/runs/1/upload/",
    "/search/imports/1/",
    "/search/references/",
    "/search/references/1/",
    "/search/references/?words=nothing-has-this-word",
    "/screening/references/",
    "/screening/conflicts/",
    "/screening/1/",
    "/full-text/references/",
    "/full-text/conflicts/",
    "/full-text/1/",
    "/extraction/studies/new/",
    "/extraction/studies/1/",
    "/extraction/studies/1/consensus/",
    "/synthesis/new/",
    "/synthesis/1/",
    "/synthesis/4/",
    "/synthesis/runs/1/",
    "/jobs/1/",
    "/people/",
    "/history/",
)
OWN = (
    "/",
    "/reviews/new/",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/api-token/",
    "/api/docs/",
)
SIGNED_OUT = ("/", "/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/reset/done/")
# What other roles see differently.
REVIEWER = ("/", "/protocol/", "/search/", "/full-text/1/", "/extraction/studies/1/", "/people/")
ADJUDICATOR = ("/", "/screening/", "/screening/conflicts/", "/full-text/conflicts/", "/extraction/studies/1/consensus/")
STATISTICIAN = ("/", "/screening/", "/extraction/", "/synthesis/new/")
REFUSED = {"/reviews/999/": 404, "/nowhere/": 404}

FACTS = """() => ({
  overflow: document.documentElement.scrollWidth - window.innerWidth,
  headings: document.querySelectorAll("h1").length,
  primary: [...document.querySelectorAll(".button-primary")].filter((one) => one.getClientRects().length).length,
  isHeavy: Boolean(document.querySelector("[data-plot]")),
  weight: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, one) => sum + one.encodedBodySize, 0),
})"""


def findings(page: Page) -> list[str]:
    """What is wrong with the page that is open, a sentence each."""
    facts = page.evaluate(FACTS)
    wrong = []
    if facts["overflow"] > 0:
        wrong.append(f"wider than the window by {facts['overflow']} pixels")
    if facts["headings"] != 1:
        wrong.append(f"{facts['headings']} main headings")
    if facts["primary"] > 1:
        wrong.append(f"{facts['primary']} primary buttons")
    if facts["weight"] > WEIGHT and not facts["isHeavy"]:
        wrong.append(f"weighs {facts['weight']} bytes")
    for violation in AXE.run(page).response["violations"]:
        places = [node["target"] for node in violation["nodes"][:3]]
        wrong.append(f"{violation['id']}: {violation['help']}, at {places}")
    return wrong


def walk(visitor: Visitor, paths: Iterable[str], status: int = 200) -> None:
    """Open every path and fail with the list of everything found; the console is heard by the visitor."""
    wrong = []
    for path in paths:
        answer = visitor.page.goto(visitor.stack.url + path)
        assert answer is not None
        if answer.status != status:
            wrong.append(f"{path}: status {answer.status}")
            continue
        if visitor.page.locator("[data-plot]").count():
            expect(visitor.page.locator("[data-plot] .main-svg").first).to_be_visible()
        wrong += [f"{path}: {sentence}" for sentence in findings(visitor.page)]
    assert not wrong, "\n".join(wrong)


@WINDOWS
def test_every_page_of_the_lead(
    visit: Callable[..., Visitor], example: str, size: dict[str, int], scheme: str
) -> None:
    ada = visit("ada@example.org", size=size, scheme=scheme)
    walk(ada, [*OWN, *(example + path for path in (*STAGES, *INSIDE))])


@WINDOWS
@pytest.mark.parametrize(("name", "paths"), [("bo", REVIEWER), ("dee", ADJUDICATOR), ("sol", STATISTICIAN)])
def test_the_pages_that_other_roles_see_differently(
    visit: Callable[..., Visitor], example: str, name: str, paths: tuple[str, ...], size: dict[str, int], scheme: str
) -> None:
    walk(visit(f"{name}@example.org", size=size, scheme=scheme), [example + path for path in paths])


@WINDOWS
def test_the_pages_before_signing_in_and_the_refusals(
    visit: Callable[..., Visitor], example: str, size: dict[str, int], scheme: str
) -> None:
    visitor = visit(size=size, scheme=scheme)
    walk(visitor, SIGNED_OUT)
    for path, status in REFUSED.items():
        walk(visitor, [path], status)
    visitor.sign_in("bo@example.org", journey_password(visitor, "bo@example.org"))
    walk(visitor, [f"{example}/protocol/approve/"], 403)


def journey_password(visitor: Visitor, email: str) -> str:
    accounts = dict(line.split("\t")[1:] for line in visitor.stack.manage("example_accounts").splitlines())
    return accounts[email]


def test_a_new_review_says_on_every_page_what_comes_first(visit: Callable[..., Visitor]) -> None:
    ada = visit("ada@example.org")
    review = journey.make_review(ada, "A review with nothing in it")
    pages = (*STAGES, "/protocol/edit/", "/protocol/approve/", "/search/references/", "/people/", "/history/")
    walk(ada, [review + path for path in pages])
    for path in ("/screening/", "/full-text/", "/extraction/", "/synthesis/"):
        ada.go(review + path)
        expect(ada.page.get_by_role("heading", name="The protocol comes first")).to_be_visible()
    walk(ada, [f"{review}/screening/conflicts/", f"{review}/synthesis/new/"], 409)


def test_the_extraction_form_and_what_it_refuses(visit: Callable[..., Visitor], example: str) -> None:
    journey.settle(visit("dee@example.org"), f"{example}/full-text/", "Include")
    bo = visit("bo@example.org", size=PHONE, scheme="dark")
    study = journey.make_study(bo, example, "SYN-10")
    bo.go(study)
    bo.page.locator("main").get_by_role("button", name=re.compile("Start|Extract")).first.click()
    bo.page.wait_for_url(re.compile(r"/entries/\d+/"))
    assert findings(bo.page) == []
    number = bo.page.locator("table input").first
    box = number.bounding_box()
    assert box is not None
    assert box["width"] >= 80, "too narrow for a number"
    number.fill("12,,5")
    number.press("Tab")
    expect(bo.page.locator(".save-state")).to_contain_text("Not saved")
    expect(bo.page.locator(".save-state")).to_be_in_viewport()
    bo.page.get_by_role("button", name="Save", exact=True).click()
    expect(bo.page.get_by_role("alert").first).to_contain_text("is not a number")
    assert findings(bo.page) == []


def current(page: Page) -> str:
    return page.locator("[data-card][data-current]").get_attribute("aria-label") or ""


def test_the_keys_of_screening(visit: Callable[..., Visitor], example: str) -> None:
    cy = visit("cy@example.org")
    page = cy.page
    cy.go(f"{example}/screening/")
    first = current(page)
    page.keyboard.press("j")
    second = current(page)
    assert second != first
    page.keyboard.press("k")
    assert current(page) == first

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Note")).to_be_focused()
    page.keyboard.type("iem: a note is no vote")
    page.keyboard.press("Escape")
    assert current(page) == first, "keys voted while a note was written"

    page.keyboard.press("m")
    expect(page.locator("[data-toast]")).to_contain_text("Saved: maybe")
    assert current(page) == second
    page.keyboard.press("z")
    expect(page.locator("[data-toast]")).to_contain_text("taken back")
    assert current(page) == first


def test_the_keys_of_full_text(visit: Callable[..., Visitor], example: str) -> None:
    ada = visit("ada@example.org")
    page = ada.page
    ada.go(f"{example}/full-text/")
    before = current(page)
    card = page.locator("[data-card][data-current]")
    page.keyboard.press("e")
    expect(card.get_by_role("alert")).to_contain_text("Pick the reason for exclusion first")
    page.keyboard.press("2")
    expect(card.get_by_role("radio").nth(1)).to_be_checked()
    expect(card.locator("[data-vote-error]")).to_be_hidden()
    assert current(page) == before


@pytest.mark.parametrize("path", ["/screening/", "/full-text/"])
def test_on_a_phone_nothing_hides_the_reasons_or_the_text(
    visit: Callable[..., Visitor], example: str, path: str
) -> None:
    ada = visit("ada@example.org", size=PHONE)
    ada.go(example + path)
    card = ada.page.locator("[data-card][data-current]")
    last = card.locator("[data-reasons] .choice").last if path == "/full-text/" else card.locator(".reference > *").last
    last.scroll_into_view_if_needed()
    include = card.get_by_role("button", name="Include")
    include.scroll_into_view_if_needed()
    above, below = last.bounding_box(), include.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"]


def test_the_keyboard_alone_reaches_the_content(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = visitor.page
    visitor.go("/account/login/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("input[name=login]")).to_be_focused()
    page.keyboard.type("bo@example.org")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.locator("input[name=password]")).to_be_focused()
    page.keyboard.type(journey_password(visitor, "bo@example.org"))
    page.keyboard.press("Enter")
    page.wait_for_url(visitor.stack.url + "/")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="API token")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="API token")).to_be_hidden()
    expect(page.locator("summary")).to_be_focused()


def test_the_picture_for_the_readme(
    visit: Callable[..., Visitor], example: str, shots: Path | None, tmp_path: Path
) -> None:
    """The screening page as `docs/images/screening.png` shows it.

    To renew that file: TANDEM_SHOTS=<folder> pytest tests/e2e/test_pages.py -k readme, then copy it from the folder.
    """
    picture = (shots or tmp_path) / "screening.png"
    bo = visit("bo@example.org", size={"width": 1280, "height": 800})
    bo.go(f"{example}/screening/")
    expect(bo.page.locator("[data-card][data-current]")).to_be_visible()
    bo.page.screenshot(path=picture)
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(content[16:20]), int.from_bytes(content[20:24])) == (1280, 800)
    assert 30_000 < len(content) < 200_000, "blank, or too heavy for the README"
