"""A run's files: types, names, and the note on synthetic data in each of them."""

import csv
import io
import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from django.test import Client

from reviews.core import services as core
from reviews.core.models import Review
from reviews.synthesis import services
from reviews.synthesis.models import Run
from tests import world as worlds
from tests.world import World

NOTE = "The numbers of this review were made up."
TITLE = "睡眠 after treatment"


@pytest.fixture
def run(consensus: World) -> Run:
    Review.objects.update(synthetic_note=NOTE)
    point = consensus.time_point().pk
    spec = services.create_synthesis(
        consensus.sol,
        title=TITLE,
        arm_1="intervention",
        time_1_id=point,
        arm_2="comparator",
        time_2_id=point,
        measure="SMD",
        model="random",
        tau2_method="DL",
        convention="revman5",
    )
    services.ask_run(consensus.sol, synthesis_id=spec.pk)
    worlds.finish_jobs(consensus)
    return spec.runs.get()


@pytest.fixture
def get(consensus: World, client_of: Callable[..., Client], run: Run) -> Callable[[str], bytes]:
    browser = client_of(consensus, "rea")

    def fetch(kind: str) -> bytes:
        answer = browser.get(f"/reviews/{consensus.review_id}/synthesis/runs/{run.pk}/download/{kind}/")
        assert answer.status_code == 200
        return bytes(answer.content)

    return fetch


@pytest.mark.parametrize(
    ("kind", "media_type", "start"),
    [
        ("svg", "image/svg+xml", b"<?xml"),
        ("png", "image/png", b"\x89PNG"),
        ("pdf", "application/pdf", b"%PDF"),
        ("csv", "text/csv; charset=utf-8", "\ufeffRow,Study".encode()),
        ("R", "text/plain; charset=utf-8", b"# "),
        ("json", "application/json", b"{"),
    ],
)
def test_each_format_has_its_type_and_name(
    consensus: World, client_of: Callable[..., Client], run: Run, kind: str, media_type: str, start: bytes
) -> None:
    answer = client_of(consensus, "rea").get(f"/reviews/{consensus.review_id}/synthesis/runs/{run.pk}/download/{kind}/")
    assert answer["Content-Type"] == media_type
    assert answer["Content-Disposition"] == (
        f"attachment; filename*=utf-8''%E7%9D%A1%E7%9C%A0-after-treatment-run-1.{kind}"
    )
    assert answer.content.startswith(start)


def test_the_svg_is_xml_with_every_word(get: Callable[[str], bytes]) -> None:
    root = ElementTree.fromstring(get("svg"))
    words = " ".join(root.itertext())
    for text in (TITLE, NOTE, "Keeper 1 2000", "Guided rest", "Usual watch", "−0.75 [−1.09, −0.40]"):
        assert text in words


def test_the_png_has_300_dots_an_inch(get: Callable[[str], bytes]) -> None:
    body = get("png")
    place = body.index(b"pHYs") + 4
    assert int.from_bytes(body[place : place + 4], "big") == pytest.approx(300 / 0.0254, abs=1)


def test_the_csv_stays_rectangular_with_the_note_in_a_column(get: Callable[[str], bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(get("csv").decode("utf-8-sig")), strict=True))
    assert {row["Notice"] for row in rows} == {NOTE}
    assert all(None not in row and None not in row.values() for row in rows)
    studies = [row for row in rows if row["Row"] == "study"]
    assert [row["Study"] for row in studies] == ["Keeper 1 2000", "Keeper 2 2001", "Keeper 3 2002"]
    assert float(studies[0]["Mean 1"]) == 9.45
    assert sum(float(row["Weight (%)"]) for row in studies) == pytest.approx(100)


def test_the_script_holds_data_choices_and_note(get: Callable[[str], bytes]) -> None:
    script = get("R").decode()
    assert script.startswith(f"# {TITLE}\n# {NOTE}\n# Group 1: Guided rest. Group 2: Usual watch.\n")
    assert "mean1 = c(9.45, 11.91, 8.08)" in script
    assert 'method = "DL"' in script


def test_the_json_holds_what_was_frozen_and_found(get: Callable[[str], bytes], run: Run) -> None:
    content = json.loads(get("json"))
    assert content["notice"] == NOTE
    assert content["inputs"] == run.inputs
    assert content["results"] == run.results


def test_the_same_run_gives_the_same_bytes(get: Callable[[str], bytes]) -> None:
    for kind in ("svg", "png", "pdf", "csv", "R", "json"):
        assert get(kind) == get(kind), kind


def test_an_old_run_keeps_its_figure(consensus: World, run: Run, get: Callable[[str], bytes]) -> None:
    before = get("svg")
    Review.objects.update(synthetic_note="")
    outcome = consensus.time_point().outcome
    outcome.direction = "higher"
    outcome.save()
    services.ask_run(consensus.sol, synthesis_id=run.synthesis_id)
    worlds.finish_jobs(consensus)
    assert get("svg") == before


def test_what_cannot_be_downloaded(consensus: World, client_of: Callable[..., Client], run: Run) -> None:
    browser = client_of(consensus, "rea")
    root = f"/reviews/{consensus.review_id}/synthesis/runs"
    assert browser.get(f"{root}/{run.pk}/download/docx/").status_code == 404
    unfinished = services.ask_run(consensus.sol, synthesis_id=run.synthesis_id)
    answer = browser.get(f"{root}/{unfinished.pk}/download/svg/")
    assert answer.status_code == 404
    assert "This run has no result yet." in answer.content.decode()


def test_another_reviews_run_cannot_be_downloaded(consensus: World, client_of: Callable[..., Client], run: Run) -> None:
    seat = core.create_review(consensus.people["ada"], title="Another")
    answer = client_of(consensus, "ada").get(f"/reviews/{seat.review_id}/synthesis/runs/{run.pk}/download/svg/")
    assert answer.status_code == 404
