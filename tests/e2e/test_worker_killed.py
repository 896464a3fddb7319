"""kill -9 in the middle of an import: started again, it completes once; nothing is doubled, nothing lost."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import expect

from tests import records
from tests.e2e import journey
from tests.e2e.conftest import Visitor
from tests.e2e.stack import Stack

pytestmark = pytest.mark.e2e
COUNT = 12_000


def query(stack: Stack, sql: str) -> list[tuple[int, ...]]:
    with psycopg.connect(stack.environment["DATABASE_URL"]) as connection:
        return connection.execute(sql).fetchall()


def test_an_import_survives_the_death_of_its_worker(
    visit: Callable[..., Visitor], stack: Stack, tmp_path: Path
) -> None:
    ada = visit("ada@example.org")
    review = journey.make_review(ada, "A review whose worker dies")
    journey.write_protocol(ada, review, "A review whose worker dies")
    file = tmp_path / "large.ris"
    file.write_bytes(records.ris(records.made(range(1, COUNT + 1))))
    ada.go(journey.search(ada, review, "PubMed", hits=COUNT))
    ada.page.set_input_files("input[type=file]", file)
    ada.page.get_by_role("button", name="Upload", exact=True).click()
    ada.page.wait_for_url(re.compile(r"/uploads/\d+/"))
    ada.page.get_by_role("button", name=re.compile("^Import ")).click()
    ada.page.wait_for_url(re.compile(r"/imports/\d+/"))
    number = int(re.search(r"/imports/(\d+)/", ada.page.url).group(1))  # type: ignore[union-attr]
    stored = f"SELECT count(*) FROM search_record WHERE in_import_id = {number}"
    deadline = time.monotonic() + 60
    while query(stack, stored)[0][0] == 0 and time.monotonic() < deadline:
        time.sleep(0.05)
    stack.kill("worker")
    before = query(stack, stored)[0][0]
    assert 0 < before < COUNT, "the worker was not killed in the middle"
    stack.start_worker()
    expect(ada.page.get_by_text("imported +")).to_be_visible(timeout=120_000)
    assert query(stack, stored) == [(COUNT,)]
    assert query(stack, f"SELECT imported, refused, starts FROM search_import WHERE id = {number}") == [
        (COUNT, 0, COUNT)
    ]
    doubled = f"SELECT count(*), count(DISTINCT position) FROM search_record WHERE in_import_id = {number}"
    assert query(stack, doubled) == [(COUNT, COUNT)]
    assert query(stack, f"SELECT attempts FROM core_job WHERE subject_id = {number} AND task LIKE '%import%'") == [(2,)]
