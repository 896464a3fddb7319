"""A page never shows a job that is done beside a thing that is not: whoever reads it would wait for nothing."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reviews.core.seats import Seat
from reviews.search import selectors, services
from reviews.search.rules import ImportState, PreviewState
from reviews.search.selectors import duplicates, imports
from tests import records
from tests import world as worlds
from tests.world import World


@pytest.fixture
def ending(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every job ends while its state is being looked up."""
    look_up = imports.core.job_of

    def end_and_look_up(*given: Any) -> Any:
        worlds.finish_jobs(world)
        return look_up(*given)

    monkeypatch.setattr(imports.core, "job_of", end_and_look_up)


def received(world: World) -> tuple[Seat, int]:
    run = worlds.search_run(world, "PubMed")
    file = SimpleUploadedFile("made.nbib", records.nbib(records.made(range(1, 4))))
    return world.ada, services.receive_file(world.ada, search_run_id=run.pk, file=file).pk


def test_an_import_and_its_search_for_duplicates(world: World, ending: None) -> None:
    seat, import_id = received(world)
    page = selectors.file_import(seat, import_id)
    assert page.job is not None
    assert page.job.is_finished
    assert page.row.state == ImportState.STORED
    check = duplicates.check_of(seat, import_id)
    assert check is not None
    assert check.job is not None
    assert (check.job.is_finished, check.check.finished_at is None) == (True, False)


def test_a_preview(world: World, ending: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviews.search.rules.CHECKED_AT_ONCE", 1)
    run = worlds.search_run(world, "PubMed")
    file = SimpleUploadedFile("made.nbib", records.nbib(records.made(range(1, 4))))
    preview = services.take_upload(world.ada, search_run_id=run.pk, file=file)
    page = selectors.upload(world.ada, preview.upload_id)
    assert page.job is None or page.job.is_finished
    assert page.preview is not None
    assert page.preview.state != PreviewState.WAITING
