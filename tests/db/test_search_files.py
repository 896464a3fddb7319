"""What happens to a file before anything of it is stored."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from reviews.core.models import EventLine, Job
from reviews.core.refusals import BadInput, NotAllowed, NotFound, Refusal
from reviews.core.rules import JobState
from reviews.search import rules, services
from reviews.search.models import Import, Record, Reference, RefusedRecord
from reviews.search.rules import ImportState
from tests import records
from tests import world as worlds
from tests.world import World

NBIB = records.nbib(records.made(range(1, 6)))
RIS = records.ris(records.made(range(1, 6)))
CUT_RIS = RIS[: RIS.rindex(b"AB  - ") + 30]
CUT_NBIB = NBIB[: NBIB.rindex(b"AB  - ") + 30]


def receive(world: World, content: bytes, name: str, *, takes_incomplete: bool = False) -> Import:
    run = worlds.search_run(world, f"Source of {name}")
    file = SimpleUploadedFile(name, content)
    return services.receive_file(world.ada, search_run_id=run.pk, file=file, takes_incomplete=takes_incomplete)


def stored_files() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def nothing_is_stored() -> bool:
    tables = (Import, Record, Reference, RefusedRecord)
    return not any(table.objects.exists() for table in tables) and not Job.objects.exists() and not stored_files()


def test_a_file_is_checked_kept_and_queued(world: World) -> None:
    row = receive(world, NBIB, "found.nbib")
    row.refresh_from_db()
    assert (row.state, row.format, row.encoding, row.starts) == (ImportState.WAITING, "nbib", "utf-8", 5)
    assert (row.size, row.sha256) == (len(NBIB), hashlib.sha256(NBIB).hexdigest())
    assert row.fill == {"title": 1.0, "abstract": 1.0, "doi": 1.0, "year": 1.0}
    assert row.stored_as == f"imports/{row.sha256}"
    assert [path.read_bytes() for path in stored_files()] == [NBIB]
    job = Job.objects.get()
    assert (job.task, job.subject_id, job.state) == ("reviews.search.tasks.run_import", row.pk, JobState.QUEUED)
    assert EventLine.objects.filter(type="search.file_received", data__import_id=row.pk).exists()
    assert not Record.objects.exists(), "records are stored by the job"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "empty.ris", ("empty.ris", "is empty")),
        (b" \r\n\r\n", "blank.nbib", ("blank.nbib", "is empty")),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "paper.ris", ("paper.ris", "PDF")),
        (b"Provider: Somewhere\nAU  - Keeper, A\nTI  - Alone\n", "none.ris", ("none.ris", "no record")),
        (b"Dear colleague,\nhere are the papers.\n", "letter.txt", ("letter.txt", "not an export")),
        (b"<!DOCTYPE html><html><body>Results</body></html>\n", "works.html", ("works.html", "web page")),
        (b"TY  - JOUR\nER  - \n", "hollow.ris", ("hollow.ris", "line 1")),
        (b"\x00\x01\x02\x03binary\x00", "data.nbib", ("data.nbib",)),
    ],
)
def test_a_bad_file_gets_a_sentence_and_leaves_nothing(
    world: World, content: bytes, name: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(BadInput) as refused:
        receive(world, content, name)
    for word in words:
        assert word in refused.value.message
    assert refused.value.status == 422
    assert refused.value.fields == {"file": refused.value.message}
    assert nothing_is_stored()


@pytest.mark.parametrize(("content", "name"), [(CUT_RIS, "cut.ris"), (CUT_NBIB, "cut.nbib")])
def test_a_cut_off_file_is_refused_with_its_line_and_what_is_complete(world: World, content: bytes, name: str) -> None:
    with pytest.raises(services.IncompleteFile) as refused:
        receive(world, content, name)
    line = content[: content.rindex(b"TY  - " if name.endswith("ris") else b"PMID- ")].count(b"\n") + 1
    assert (refused.value.complete, refused.value.line) == (4, line)
    for word in (name, "cut off", f"line {line}", "4 of 5"):
        assert word in refused.value.message
    assert nothing_is_stored()


@pytest.mark.parametrize(("content", "name"), [(CUT_RIS, "cut.ris"), (CUT_NBIB, "cut.nbib")])
def test_what_is_complete_can_be_taken_and_the_rest_is_listed(world: World, content: bytes, name: str) -> None:
    row = receive(world, content, name, takes_incomplete=True)
    worlds.finish_jobs(world)
    row.refresh_from_db()
    assert (row.state, row.starts, row.imported, row.refused) == (ImportState.STORED, 5, 4, 1)
    refused = RefusedRecord.objects.get()
    assert (refused.position, refused.in_import_id) == (5, row.pk)
    assert "cut off" in refused.reason
    assert "Invented trial number 5" in refused.raw


def test_the_same_bytes_are_recognised_wherever_they_are_brought_in(world: World) -> None:
    first = receive(world, NBIB, "found.nbib")
    for name in ("found.nbib", "again.nbib"):
        with pytest.raises(services.ImportedAlready) as refused:
            services.receive_file(
                world.bo,
                search_run_id=first.search_run_id if name == "found.nbib" else worlds.search_run(world, "Other").pk,
                file=SimpleUploadedFile(name, NBIB),
            )
        assert refused.value.status == 409
        assert refused.value.import_id == first.pk
        for word in (name, "found.nbib", "Source of found.nbib", "2 December 2024", "Ada"):
            assert word in refused.value.message
    assert Import.objects.count() == 1
    assert len(stored_files()) == 1


def test_another_review_may_bring_in_the_same_file_and_shares_its_bytes(world: World) -> None:
    receive(world, NBIB, "found.nbib")
    seat = worlds.core.create_review(world.people["eve"], title="Another")
    source = services.add_source(seat, name="PubMed", kind="database")
    run = services.add_search_run(seat, source_id=source.pk, run_on=worlds.date(2024, 12, 2))
    row = services.receive_file(seat, search_run_id=run.pk, file=ContentFile(NBIB, name="mine.nbib"))
    assert row.pk
    assert len(stored_files()) == 1


def test_half_a_file_left_by_a_crash_is_never_used(world: World) -> None:
    sha256 = hashlib.sha256(NBIB).hexdigest()
    torn = Path(settings.MEDIA_ROOT) / "imports" / sha256
    torn.parent.mkdir(parents=True)
    torn.write_bytes(NBIB[:100])
    row = receive(world, NBIB, "found.nbib")
    assert row.stored_as != f"imports/{sha256}"
    assert (Path(settings.MEDIA_ROOT) / row.stored_as).read_bytes() == NBIB
    worlds.finish_jobs(world)
    assert Record.objects.count() == 5


def test_files_that_django_spooled_to_disk_and_plain_ones_are_taken_alike(world: World, tmp_path: Path) -> None:
    run = worlds.search_run(world)
    spooled = TemporaryUploadedFile("spooled.nbib", "text/plain", len(NBIB), None)
    spooled.write(NBIB)
    plain = tmp_path / "plain.ris"
    plain.write_bytes(RIS)
    services.receive_file(world.ada, search_run_id=run.pk, file=spooled)
    spooled.close()
    with plain.open("rb") as file:
        row = services.receive_file(world.ada, search_run_id=run.pk, file=File(file))
    assert row.file_name == "plain.ris"
    worlds.finish_jobs(world)
    assert Record.objects.count() == 10


@pytest.mark.parametrize("who", ["dee", "sol", "rea"])
def test_who_may_not_bring_in_files(world: World, who: str) -> None:
    run = worlds.search_run(world)
    with pytest.raises(NotAllowed):
        services.receive_file(world.seats[who], search_run_id=run.pk, file=ContentFile(NBIB, name="a.nbib"))
    assert nothing_is_stored()


def test_a_search_run_of_another_review_does_not_exist_here(world: World) -> None:
    run = worlds.search_run(world)
    other = worlds.core.create_review(world.people["eve"], title="Another")
    with pytest.raises(NotFound):
        services.receive_file(other, search_run_id=run.pk, file=ContentFile(NBIB, name="a.nbib"))
    assert nothing_is_stored()


class TestLargeFiles:
    """Of a large file the request sees the head only; its job checks the rest before it stores anything."""

    @pytest.fixture(autouse=True)
    def everything_is_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rules, "CHECKED_AT_ONCE", 100)

    def test_a_sound_one_is_checked_and_stored_by_its_job(self, world: World) -> None:
        row = receive(world, RIS, "large.ris")
        assert (row.starts, row.format) == (0, "ris")
        worlds.finish_jobs(world)
        row.refresh_from_db()
        assert (row.state, row.starts, row.imported) == (ImportState.STORED, 5, 5)
        assert row.fill["doi"] == 1.0

    def test_a_wrong_one_is_refused_at_once(self, world: World) -> None:
        with pytest.raises(BadInput, match=r"paper\.ris is a PDF"):
            receive(world, b"%PDF-1.7\n" + b"x" * 200, "paper.ris")
        assert nothing_is_stored()

    def test_a_cut_off_one_is_refused_whole_by_its_job(self, world: World) -> None:
        row = receive(world, CUT_RIS, "large.ris")
        worlds.finish_jobs(world)
        row.refresh_from_db()
        job = Job.objects.get()
        assert (row.state, job.state) == (ImportState.REFUSED, JobState.FAILED)
        assert row.refusal == job.error
        assert "large.ris is not complete" in row.refusal
        assert not Record.objects.exists()
        assert not RefusedRecord.objects.exists()
        assert EventLine.objects.filter(type="search.import_refused").count() == 1

    def test_a_refused_one_stays_refused_and_may_be_sent_again(self, world: World) -> None:
        row = receive(world, CUT_RIS, "large.ris")
        worlds.finish_jobs(world)
        with pytest.raises(Refusal, match="cut off"):
            services.run_import(row.pk, worlds.core.jobs.Progress(0))
        again = services.receive_file(
            world.ada,
            search_run_id=row.search_run_id,
            file=ContentFile(CUT_RIS, name="large.ris"),
            takes_incomplete=True,
        )
        worlds.finish_jobs(world)
        again.refresh_from_db()
        assert (again.state, again.imported, again.refused) == (ImportState.STORED, 4, 1)
