"""The report's file in a real browser without a network: figures, links, small screens, print."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from playwright.sync_api import Browser, Page, sync_playwright

from reviews.core.embedded import chromium
from reviews.core.models import Review
from reviews.extraction.models import Value
from reviews.reporting import services
from reviews.synthesis import services as synthesis
from tests import world as worlds

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def file(tmp_path: Path) -> tuple[Path, int]:
    """A report with one synthesis on the disk, and the id of the first value of its table."""
    world = worlds.with_consensus()
    Review.objects.update(synthetic_note="Numbers made up for a test.")
    point = world.time_point().pk
    spec = synthesis.create_synthesis(
        world.sol,
        title="睡眠 after treatment",
        arm_1="intervention",
        time_1_id=point,
        arm_2="comparator",
        time_2_id=point,
        measure="SMD",
        model="random",
        tau2_method="DL",
        convention="revman5",
    )
    synthesis.ask_run(world.sol, synthesis_id=spec.pk)
    build = services.ask_report(world.sol)
    worlds.finish_jobs(world)
    build.refresh_from_db()
    path = tmp_path / "report.html"
    with default_storage.open(build.stored_as) as stored:
        path.write_bytes(stored.read())
    first = Value.objects.filter(entry__kind="consensus", field="mean", reported="9.45").get()
    return path, first.pk


@pytest.fixture
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.ensure(), args=FLAGS)
        yield started
        started.close()


class Reader:
    """Somebody without a network; what the page complains of and asks for is written down."""

    def __init__(self, browser: Browser, path: Path, size: dict[str, int], scheme: str) -> None:
        self.complaints: list[str] = []
        self.asked: list[str] = []
        context = browser.new_context(viewport=size, color_scheme=scheme, offline=True)
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url.split(":")[0]))
        self.page.goto(path.as_uri())
        self.page.locator("[data-plot]:not([aria-busy]) .main-svg").first.wait_for(timeout=30_000)

    def is_content(self) -> None:
        assert self.complaints == []
        assert set(self.asked) <= {"file", "data"}
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_opens_offline_everywhere(file: tuple[Path, int], browser: Browser) -> None:
    path, _ = file
    for size in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            reader = Reader(browser, path, size, scheme)
            plot = reader.page.locator("[data-plot]")
            assert ("compact" in (plot.get_attribute("data-variant") or "")) == (size is PHONE)
            words = plot.inner_text()
            for text in ("睡眠 after treatment", "Keeper 1 2000", "−0.75 [−1.09, −0.40]"):
                assert text in words
            assert reader.page.locator("[data-plot] .points path").count() >= 3
            reader.is_content()


def test_a_number_and_a_square_lead_to_what_both_extractors_read(file: tuple[Path, int], browser: Browser) -> None:
    path, value_id = file
    reader = Reader(browser, path, DESKTOP, "light")
    reader.page.locator(f'a[href="#value-{value_id}"]').click()
    row = reader.page.locator(f"#value-{value_id}")
    assert row.evaluate("row => row.matches(':target')")
    assert row.inner_text().count("9.45") == 3
    square = reader.page.locator("[data-plot] .scatterlayer .points path").last
    square.scroll_into_view_if_needed()
    box = square.bounding_box()
    assert box is not None
    reader.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    reader.page.wait_for_url("**#study-*")
    reader.is_content()


def test_nothing_can_get_out(file: tuple[Path, int], browser: Browser) -> None:
    """The file's own policy blocks requests and scripts even where a network is there."""
    path, _ = file
    context = browser.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    blocked = page.evaluate(
        """async () => {
          const found = [];
          document.addEventListener("securitypolicyviolation", (event) => found.push(event.effectiveDirective));
          await fetch("https://192.0.2.1/").catch(() => {});
          document.body.append(Object.assign(new Image(), { src: "https://192.0.2.1/a.png" }));
          const script = document.createElement("script");
          script.textContent = "window.wasRun = true";
          document.body.append(script);
          await new Promise((resolve) => setTimeout(resolve, 300));
          return [...found, String(window.wasRun)];
        }"""
    )
    assert sorted(blocked) == ["connect-src", "img-src", "script-src-elem", "undefined"]


def test_on_paper_the_figure_is_a_picture(file: tuple[Path, int], browser: Browser) -> None:
    path, _ = file
    reader = Reader(browser, path, DESKTOP, "dark")
    reader.page.emulate_media(media="print")
    assert not reader.page.locator("[data-plot]").is_visible()
    picture = reader.page.locator("img.print-only")
    assert picture.is_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 300")
    assert reader.page.pdf(format="A4").startswith(b"%PDF")
