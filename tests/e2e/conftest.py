import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from reviews.core.embedded import chromium
from tests import databases
from tests.e2e.stack import Stack, sibling_database

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole application with the example review, as `make run` starts it."""
    folder = tmp_path_factory.mktemp("stack")
    # Tests in parallel have a stack each; on one broker the workers would take each other's jobs.
    broker = 10 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 6
    url = f"http://127.0.0.1:{free_port()}"
    database = f"e2e_{os.getpid()}"
    environment = {
        **os.environ,
        **sibling_database(database),
        "REDIS_URL": os.environ["REDIS_URL"].replace("db=0", f"db={broker}"),
        "TANDEM_VAR": str(folder),
        "TANDEM_STATIC_ROOT": str(folder / "static"),
        "TANDEM_BASE_URL": url,
        "PYTHONUNBUFFERED": "1",
    }
    made = Stack(url, environment, folder)
    made.manage("migrate", "--verbosity", "0")
    made.manage("collectstatic", "--noinput", "--verbosity", "0")
    made.manage("load_example")
    made.start_web()
    made.start_worker()
    yield made
    made.stop()
    databases.drop(database)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.ensure(), args=FLAGS)
        yield started
        started.close()


@dataclass
class Visitor:
    """A person with a browser window of their own; errors on the console fail the test."""

    page: Page
    stack: Stack
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        # Chromium logs every 4xx answer as an error; refusals are part of the journey.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text} {message.location}")

    def go(self, path: str) -> None:
        self.page.goto(self.stack.url + path)

    def sign_in(self, email: str, password: str) -> None:
        self.go("/account/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("main").get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(self.stack.url + "/")


@pytest.fixture
def visit(browser: Browser, stack: Stack, shots: Path | None) -> Iterator[Callable[..., Visitor]]:
    """``visit()`` opens a window; ``visit("bo@example.org")`` signs one of the example's people in."""
    visitors: list[Visitor] = []

    def open_window(
        email: str = "", password: str = "", *, size: dict[str, int] = DESKTOP, scheme: str = "light"
    ) -> Visitor:
        context = browser.new_context(viewport=size, color_scheme=scheme, accept_downloads=True)
        context.set_default_timeout(45_000)
        visitor = Visitor(context.new_page(), stack)
        visitor.page.on("console", visitor.hear)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitors.append(visitor)
        if email:
            visitor.sign_in(email, password or example_password(stack, email))
        return visitor

    yield open_window
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for place, visitor in enumerate(visitors):
        if shots is not None:
            visitor.page.screenshot(path=shots / f"last-{place}.png", full_page=True)
        visitor.page.context.close()
    assert not complaints, "\n".join(complaints)


def example_password(stack: Stack, email: str) -> str:
    accounts = dict(line.split("\t")[1:] for line in stack.manage("example_accounts").splitlines())
    return accounts[email]


@pytest.fixture
def example(stack: Stack) -> str:
    """The path of the example review."""
    return "/reviews/1"


@pytest.fixture
def shots() -> Path | None:
    """Where screenshots go when somebody wants to look (TANDEM_SHOTS); nowhere otherwise."""
    folder = os.environ.get("TANDEM_SHOTS")
    if not folder:
        return None
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    return path
