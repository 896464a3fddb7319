"""Every page of the example review, in a wide light window and on a dark phone."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e import journey
from tests.e2e.conftest import DESKTOP, PHONE, Visitor
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e

WEIGHT = 150_000
AXE = Axe()
# In the second window only what depends on colours and sizes is checked again.
LOOKS = {"runOnly": {"type": "rule", "values": ["color-contrast", "scrollable-region-focusable", "target-size"]}}

STAGES = ("/", "/protocol/", "/search/", "/screening/", "/full-text/", "/extraction/", "/synthesis/", "/report/")
INSIDE = (
    "/protocol/edit/",
    "/protocol/approve/",
    "/protocol/versions/1/",
    "/search/sources/new/",
    "/search/sources/1/runs/new/",
    "/search/runs/1/",
    "/search/runs/1/correct/",
    "/search/runs/1/upload/",
    "/search/imports/1/",
    "/search/imports/1/undo/",
    "/search/duplicates/",
    "/search/duplicates/joins/",
    "/search/duplicates/thresholds/",
    "/search/references/",
    "/search/references/1/",
    "/search/references/?words=in-no-title",
    "/screening/references/",
    "/screening/conflicts/",
    "/screening/1/",
    "/full-text/references/",
    "/full-text/conflicts/",
    "/full-text/1/",
    "/extraction/studies/new/",
    "/extraction/studies/1/",
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
    "/account/keys/",
    "/api/docs/",
)
SIGNED_OUT = ("/", "/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/reset/done/")
# What other roles see differently.
REVIEWER = ("/", "/protocol/", "/search/", "/full-text/1/", "/extraction/studies/1/", "/people/")
ADJUDICATOR = ("/", "/screening/", "/screening/conflicts/", "/full-text/conflicts/", "/extraction/studies/1/consensus/")
STATISTICIAN = ("/", "/screening/", "/extraction/", "/synthesis/new/")

FACTS = """() => ({
  overflow: document.documentElement.scrollWidth - window.innerWidth,
  headings: document.querySelectorAll("h1").length,
  primary: [...document.querySelectorAll(".button-primary")].filter((one) => one.getClientRects().length).length,
  isHeavy: Boolean(document.querySelector("[data-plot]")),
  weight: [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .reduce((sum, one) => sum + one.encodedBodySize, 0),
})"""


@pytest.fixture(scope="session")
def passwords(stack: Stack) -> dict[str, str]:
    return dict(line.split("\t")[1:] for line in stack.manage("example_accounts").splitlines())


@pytest.fixture
def enter(visit: Callable[..., Visitor], passwords: dict[str, str]) -> Callable[..., Visitor]:
    """``enter("bo")`` is ``visit`` of one of the example's people, whose password is looked up once only."""
    return lambda name, **window: visit(f"{name}@example.org", passwords[f"{name}@example.org"], **window)


def findings(page: Page, rules: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with the page that is open, a sentence each; axe checks all rules or those given."""
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
    for violation in AXE.run(page, options=rules).response["violations"]:
        places = [node["target"] for node in violation["nodes"][:3]]
        wrong.append(f"{violation['id']}: {violation['help']}, at {places}")
    return wrong


def wait_for_plots(page: Page) -> None:
    if page.locator("[data-plot]").count():
        expect(page.locator("[data-plot]:not([aria-busy]) .main-svg").first).to_be_visible()


def in_both_windows(page: Page) -> list[str]:
    wait_for_plots(page)
    wrong = [f"wide and light: {sentence}" for sentence in findings(page)]
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    wait_for_plots(page)
    wrong += [f"narrow and dark: {sentence}" for sentence in findings(page, LOOKS)]
    page.set_viewport_size(DESKTOP)
    page.emulate_media(color_scheme="light")
    return wrong


def walk(visitor: Visitor, paths: Iterable[str], status: int = 200) -> None:
    """Open every path and fail with the list of everything found; the console is heard by the visitor."""
    wrong = []
    for path in paths:
        answer = visitor.page.goto(visitor.stack.url + path)
        assert answer is not None
        if answer.status == status:
            wrong += [f"{path}, {sentence}" for sentence in in_both_windows(visitor.page)]
        else:
            wrong.append(f"{path}: status {answer.status}")
    assert not wrong, "\n".join(wrong)


def test_every_page_of_the_lead(enter: Callable[..., Visitor], example: str) -> None:
    walk(enter("ada"), [*OWN, *(example + path for path in (*STAGES, *INSIDE))])


@pytest.mark.parametrize(("name", "paths"), [("bo", REVIEWER), ("dee", ADJUDICATOR), ("sol", STATISTICIAN)])
def test_what_other_roles_see_differently(
    enter: Callable[..., Visitor], example: str, name: str, paths: tuple[str, ...]
) -> None:
    walk(enter(name), [example + path for path in paths])


def test_before_signing_in(visit: Callable[..., Visitor]) -> None:
    walk(visit(), SIGNED_OUT)


def test_refusals(enter: Callable[..., Visitor], example: str) -> None:
    bo = enter("bo")
    walk(bo, ["/reviews/999/", "/nowhere/"], 404)
    walk(bo, [f"{example}/protocol/approve/"], 403)


def test_a_new_review_says_what_comes_first(enter: Callable[..., Visitor]) -> None:
    ada = enter("ada")
    review = journey.make_review(ada, "A review with nothing in it")
    walk(ada, [f"{review}/", f"{review}/protocol/", f"{review}/search/", f"{review}/search/references/"])
    for path in ("/screening/", "/full-text/", "/extraction/", "/synthesis/"):
        ada.go(review + path)
        expect(ada.page.get_by_role("heading", name="The protocol comes first")).to_be_visible()
    walk(ada, [f"{review}/screening/conflicts/"], 409)


def test_the_extraction_form_on_a_phone(enter: Callable[..., Visitor], example: str) -> None:
    lead = enter("ada")
    lead.go(f"{example}/extraction/")
    made = lead.page.get_by_role("link", name="SYN-11")
    if made.count():
        # Another journey has made a study of the only report that was free, and Bo has begun with it.
        bo = enter("cy", size=PHONE, scheme="dark")
        study = str(made.first.get_attribute("href"))
    else:
        journey.settle(enter("dee"), f"{example}/full-text/", "Include")
        bo = enter("bo", size=PHONE, scheme="dark")
        study = journey.make_study(bo, example, "SYN-10")
    bo.go(study)
    bo.page.locator("main").get_by_role("button", name=re.compile("Start|Extract")).first.click()
    bo.page.wait_for_url(re.compile(r"/entries/\d+/"))
    assert findings(bo.page) == []
    number = bo.page.locator("table input").first
    box = number.bounding_box()
    assert box
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


def test_the_keys_of_screening(enter: Callable[..., Visitor], example: str) -> None:
    cy = enter("cy")
    page = cy.page
    cy.go(f"{example}/screening/")
    first = current(page)
    page.keyboard.press("j")
    assert current(page) != first
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
    assert current(page) == first, "keys voted while something else was open"


def test_a_vote_by_key_and_its_undo(enter: Callable[..., Visitor], example: str) -> None:
    cy = enter("cy")
    page = cy.page
    cy.go(f"{example}/screening/")
    # The first two have a vote already: Cy's would settle them, and a settled one goes to the adjudicator.
    page.keyboard.press("j")
    page.keyboard.press("j")
    here = current(page)
    page.keyboard.press("m")
    expect(page.locator("[data-toast]")).to_contain_text("Saved: maybe")
    assert current(page) != here
    page.keyboard.press("z")
    expect(page.locator("[data-toast]")).to_contain_text("taken back")
    assert current(page) == here


def test_an_undo_never_becomes_a_second_look_which_has_its_own_key_and_asks_once(
    enter: Callable[..., Visitor], example: str, shots: Path | None
) -> None:
    cy = enter("cy")
    page = cy.page
    cy.go(f"{example}/screening/")
    number = current(page).removeprefix("Reference ")
    page.keyboard.press("i")
    toasts, question = page.locator("#toasts"), page.get_by_role("dialog", name="Ask for a second look")
    expect(toasts).to_contain_text(f"Reference {number} has all its votes.")
    for _ in range(3):
        with page.expect_response(lambda answer: answer.url.endswith("/take-back/")):
            page.keyboard.press("z")
        page.wait_for_timeout(300)
        expect(toasts).to_contain_text(f"Reference {number} has all its votes, so yours stands. Press L to ask")
    _shoot(page, shots, "yours-stands")
    expect(page.locator("#recent-votes li").first).not_to_contain_text("Conflict")

    page.keyboard.press("l")
    expect(question).to_be_visible()
    expect(question.get_by_role("textbox")).to_be_focused()
    assert findings(page) == []
    _shoot(page, shots, "second-look")
    page.keyboard.type("llz")
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(page.locator("#recent-votes li").first).not_to_contain_text("Conflict")

    page.keyboard.press("l")
    page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Ask for a second look")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#recent-votes li").first).to_contain_text("Conflict")
    expect(question).to_have_count(0)
    here = current(page)
    page.keyboard.press("j")
    assert current(page) != here, "the keys work on"


def test_keys_are_the_persons_own(enter: Callable[..., Visitor], example: str, shots: Path | None) -> None:
    ada = enter("ada")
    page = ada.page
    ada.go("/account/keys/")
    _shoot(page, shots, "keys")
    page.get_by_label("Maybe").focus()
    page.keyboard.type("w")
    page.get_by_label("Next, without deciding").fill("m")
    page.get_by_role("button", name="Save").click()
    ada.go(f"{example}/screening/")
    here = current(page)
    page.keyboard.press("Shift+M")
    page.keyboard.press("Control+m")
    page.keyboard.press("j")
    assert current(page) == here
    page.keyboard.press("m")
    assert current(page) != here, "M is the next card now"
    expect(page.locator("[data-card][data-current]").get_by_role("button", name="Maybe")).to_contain_text("W")
    page.keyboard.press("?")
    help_box = page.get_by_role("dialog", name="Keys")
    expect(help_box).to_be_visible()
    _shoot(page, shots, "key-help")
    assert findings(page) == []
    page.keyboard.press("Escape")

    ada.go("/account/keys/")
    page.get_by_label("Exclude", exact=True).fill("i")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("“Include” has the key I already")
    _shoot(page, shots, "keys-refused")
    assert findings(page) == []
    ada.go("/account/keys/")
    page.get_by_label("Off: no letter").check()
    page.get_by_role("button", name="Save").click()
    ada.go(f"{example}/screening/")
    here = current(page)
    for key in "imexzlnjkwh?1":
        page.keyboard.press(key)
    assert current(page) == here
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_role("button", name="Keys").click()
    expect(help_box).to_contain_text("switched off")
    ada.go("/account/keys/")
    page.get_by_role("button", name="Back to the keys as they were at first").click()
    expect(page.get_by_label("Maybe")).to_have_value("M")


def test_what_is_on_screen_stays_claimed(enter: Callable[..., Visitor], example: str) -> None:
    """The bar that is fetched again says which cards there are, the current one first."""
    bo = enter("bo")
    page = bo.page
    bo.go(f"{example}/screening/")
    page.keyboard.press("j")
    shown = page.locator("[data-card]").evaluate_all("(all) => all.map((one) => one.id.replace('card-', ''))")
    with page.expect_request(lambda request: "/screening/progress/" in request.url) as asked:
        page.evaluate("document.dispatchEvent(new CustomEvent('tandem:cards'))")
    assert parse_qs(urlsplit(asked.value.url).query)["shown"] == [*shown[1:], shown[0]]


def _shoot(page: Page, shots: Path | None, name: str) -> None:
    """As it looks in both windows and both schemes."""
    if shots is None:
        return
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=shots / f"{name}-{size['width']}-{scheme}.png")
    page.set_viewport_size(DESKTOP)


def test_the_keys_of_full_text(enter: Callable[..., Visitor], example: str) -> None:
    ada = enter("ada")
    page = ada.page
    ada.go(f"{example}/full-text/")
    card = page.locator("[data-card][data-current]")
    page.keyboard.press("e")
    expect(card.get_by_role("alert")).to_contain_text("Pick the reason for exclusion first")
    page.keyboard.press("2")
    expect(card.get_by_role("radio").nth(1)).to_be_checked()
    expect(card.locator("[data-vote-error]")).to_be_hidden()


@pytest.mark.parametrize("path", ["/screening/", "/full-text/"])
def test_on_a_phone_nothing_hides_the_reasons_or_the_text(
    enter: Callable[..., Visitor], example: str, path: str
) -> None:
    ada = enter("ada", size=PHONE)
    ada.go(example + path)
    card = ada.page.locator("[data-card][data-current]")
    last = card.locator("[data-reasons] .choice").last if path == "/full-text/" else card.locator(".reference > *").last
    last.scroll_into_view_if_needed()
    include = card.get_by_role("button", name="Include")
    include.scroll_into_view_if_needed()
    above, below = last.bounding_box(), include.bounding_box()
    assert above
    assert below
    assert above["y"] + above["height"] <= below["y"]


def test_signing_in_by_keyboard_alone(visit: Callable[..., Visitor], passwords: dict[str, str]) -> None:
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
    page.keyboard.type(passwords["bo@example.org"])
    page.keyboard.press("Enter")
    page.wait_for_url(visitor.stack.url + "/")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="API token")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="API token")).to_be_hidden()
    expect(page.locator("summary")).to_be_focused()


def test_the_picture_for_the_readme(
    enter: Callable[..., Visitor], example: str, shots: Path | None, tmp_path: Path
) -> None:
    """The screening page as `docs/images/screening.png` shows it.

    To renew that file: TANDEM_SHOTS=<folder> pytest tests/e2e/test_pages.py -k readme, then copy it from the folder.
    """
    picture = (shots or tmp_path) / "screening.png"
    bo = enter("bo", size={"width": 1280, "height": 800})
    bo.go(f"{example}/screening/")
    expect(bo.page.locator("[data-card][data-current]")).to_be_visible()
    bo.page.screenshot(path=picture)
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")) == (1280, 800)
    assert 30_000 < len(content) < 200_000, "blank, or too heavy for the README"
