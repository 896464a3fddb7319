"""The steps of a review, as people take them in the browser."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Download, Page, expect

from tests.e2e.conftest import Visitor

PASSWORD = "long-enough-for-a-journey"
ARMS = ("Therapy", "Waiting list")


@dataclass(frozen=True)
class Extracted:
    """Mean, SD and n of both arms, as the report prints them."""

    label: str
    therapy: tuple[str, str, str]
    waiting: tuple[str, str, str]


def sign_up(visitor: Visitor, name: str, email: str) -> None:
    page = visitor.page
    page.locator("[name=name]").fill(name)
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url(lambda url: "signup" not in url)


def make_review(visitor: Visitor, title: str) -> str:
    """Return the review's path."""
    visitor.go("/reviews/new/")
    visitor.page.locator("[name=title]").fill(title)
    visitor.page.get_by_role("button", name="Make the review").click()
    visitor.page.wait_for_url(re.compile(r"/reviews/\d+/protocol/"))
    found = re.search(r"/reviews/\d+", visitor.page.url)
    assert found
    return found.group()


def invite(visitor: Visitor, review: str, email: str, role: str) -> str:
    """Invite and return the link that the page shows: the server of these tests sends no mail."""
    visitor.go(f"{review}/people/")
    visitor.page.locator("[name=email]").fill(email)
    visitor.page.get_by_label("Role", exact=True).select_option(label=role)
    visitor.page.get_by_role("button", name="Make the link").click()
    expect(visitor.page.get_by_text("No mail was sent.")).to_be_visible()
    link = visitor.page.locator(".copy-value code").inner_text()
    return link.removeprefix(visitor.stack.url)


def join(visitor: Visitor, link: str, name: str, email: str) -> None:
    visitor.go(link)
    visitor.page.locator("main").get_by_role("link", name="Sign up").click()
    sign_up(visitor, name, email)
    visitor.go(link)
    visitor.page.get_by_role("button", name="Join the review").click()
    visitor.page.wait_for_url(re.compile(r"/reviews/\d+/$"))


def write_protocol(visitor: Visitor, review: str, title: str) -> None:
    page = visitor.page
    visitor.go(f"{review}/protocol/edit/")
    page.locator("[name=title]").fill(title)
    page.locator("[name=registration]").fill("CRD42025000001")
    page.locator("[name=population]").fill("Adults at home")
    page.locator("[name=intervention]").fill("Remote care")
    page.locator("[name=comparator]").fill("Usual care")
    page.locator("[name=inclusion]").fill("Randomised trials\nAdults")
    page.locator("[name=reasons-0-text]").fill("Wrong population")
    page.locator("[name=outcomes-0-name]").fill("Sleep")
    page.locator("[name=outcomes-0-measure]").fill("ISI")
    page.locator("[name=outcomes-0-time_points]").fill("Post-treatment")
    page.get_by_role("button", name="Save the draft").last.click()
    page.wait_for_url(re.compile(r"/protocol/$"))
    page.get_by_role("link", name="Approve", exact=True).click()
    page.get_by_role("button", name="Approve version 1").click()
    expect(page.get_by_text("Version 1 is in force")).to_be_visible()


def search(visitor: Visitor, review: str, source: str, hits: int) -> str:
    """Add the source and one search run; return the path where its file is uploaded."""
    page = visitor.page
    visitor.go(f"{review}/search/sources/new/")
    page.locator("[name=name]").fill(source)
    page.locator("main").get_by_role("button").first.click()
    page.locator("[name=run_on]").fill("2024-12-02")
    page.locator("[name=hits_reported]").fill(str(hits))
    page.locator("[name=strategy]").fill("(remote OR wearable) AND monitoring")
    page.get_by_role("button", name="Record the search").click()
    page.wait_for_url(re.compile(r"/upload/$"))
    return page.url.removeprefix(visitor.stack.url)


def upload(visitor: Visitor, path: str, file: Path) -> None:
    """Upload, look at the preview, and follow the import to its end."""
    visitor.go(path)
    visitor.page.set_input_files("input[type=file]", file)
    visitor.page.get_by_role("button", name="Upload", exact=True).click()
    visitor.page.wait_for_url(re.compile(r"/uploads/\d+/"))
    visitor.page.get_by_role("button", name=re.compile("^Import ")).click()
    visitor.page.wait_for_url(re.compile(r"/imports/\d+/"))
    expect(visitor.page.get_by_text("imported +")).to_be_visible(timeout=60_000)


def figure(page: Page, label: str) -> int:
    """A number of the statistics at the top of a page."""
    text = page.locator(".stat", has=page.get_by_text(label, exact=True)).locator("dd").inner_text()
    return int(text.replace(",", ""))


def press(visitor: Visitor, path: str, keys: str) -> None:
    """Vote by keyboard, one key a card, and wait until every vote is saved."""
    visitor.go(path)
    page = visitor.page
    for key in keys:
        current = page.locator("[data-card][data-current]")
        expect(current).to_be_visible()
        card = current.get_attribute("id")
        if key == "e" and "full-text" in path:
            page.keyboard.press("1")
        with page.expect_response(lambda answer: answer.url.endswith("/vote/")) as answered:
            page.keyboard.press(key)
        assert answered.value.status == 200, answered.value.text()
        expect(page.locator(f"#{card}[data-current]")).to_have_count(0)


def settle(visitor: Visitor, path: str, verdict: str) -> None:
    visitor.go(f"{path}conflicts/")
    visitor.page.get_by_role("article").first.get_by_role("button", name=verdict).click()
    expect(visitor.page.locator("[data-toast]").get_by_text("Settled:")).to_be_visible()


def make_study(visitor: Visitor, review: str, label: str) -> str:
    """A study of the first included report that is left; return its path."""
    page = visitor.page
    visitor.go(f"{review}/extraction/studies/new/")
    page.locator("input[name=references]").first.check()
    page.locator("[name=label]").fill(label)
    page.locator("[name=intervention]").fill(ARMS[0])
    page.locator("[name=comparator]").fill(ARMS[1])
    page.get_by_role("button", name="Make the study").click()
    page.wait_for_url(re.compile(r"/studies/\d+/$"))
    return page.url.removeprefix(visitor.stack.url)


def extract(visitor: Visitor, study: str, values: Extracted) -> None:
    page = visitor.page
    visitor.go(study)
    page.locator("main").get_by_role("button", name=re.compile("Start|Extract")).first.click()
    page.wait_for_url(re.compile(r"/entries/\d+/"))
    for arm, numbers in zip(ARMS, (values.therapy, values.waiting), strict=True):
        for name, number in zip(("Mean", "SD", "n"), numbers, strict=True):
            page.get_by_label(f"Sleep, Post-treatment, {arm}: {name}", exact=True).fill(number)
        page.get_by_label(f"Sleep, Post-treatment, {arm}: place", exact=True).fill("p. 5, Table 2")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Submit my entry").click()
    page.wait_for_url(re.compile(r"/studies/\d+/$|/extraction/$"))


def agree(visitor: Visitor, study: str) -> int:
    """Make the consensus, taking A's value wherever the two differ; return how many differed."""
    page = visitor.page
    visitor.go(f"{study}consensus/")
    choices = page.locator("input[type=radio][value=a]")
    for place in range(choices.count()):
        choices.nth(place).check()
    differing = choices.count()
    page.get_by_role("button", name="Make the consensus").click()
    page.wait_for_url(re.compile(r"/studies/\d+/$|/extraction/$"))
    return differing


def synthesise(visitor: Visitor, review: str, title: str) -> None:
    """Plan with the choices that are offered (RevMan 5's), run, and wait for the forest plot."""
    page = visitor.page
    visitor.go(f"{review}/synthesis/new/")
    page.locator("[name=title]").fill(title)
    page.locator("[name=time_1_id]").select_option(index=0)
    page.get_by_role("button", name="Plan it").click()
    page.get_by_role("button", name="Run the analysis").click()
    expect(page.locator("[data-plot]:not([aria-busy]) .main-svg").first).to_be_visible(timeout=60_000)


def click_square(page: Page, place: int) -> None:
    """Click a square of the forest plot with the mouse; Plotly's drag layer lies over it."""
    square = page.locator("[data-plot] .points path.point").nth(place)
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_visible()
    page.mouse.down()
    page.mouse.up()


def download(page: Page, name: str) -> Download:
    with page.expect_download() as found:
        page.get_by_role("link", name=name).first.click()
    return found.value
