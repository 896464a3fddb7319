"""What the pages of search read, and that real exports add up."""

from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from pytest_django.fixtures import DjangoAssertNumQueries

from reviews.core.refusals import NotFound
from reviews.search import selectors, services
from reviews.search.models import Import, Join, Record, Reference, RefusedRecord
from reviews.search.rules import ImportState, SourceKind
from tests import exact, records
from tests import world as worlds
from tests.world import World


@pytest.fixture
def searched(world: World) -> World:
    """PubMed with trials 1 to 30, Scopus with 21 to 40 and a file cut off, a register without a file."""
    source = services.add_source(world.ada, name="PubMed", kind="database", platform="NCBI")
    services.add_search_run(
        world.ada, source_id=source.pk, run_on=worlds.date(2024, 12, 2), strategy="rest", hits_reported=33
    )
    worlds.upload(world, records.nbib(records.made(range(1, 31))))
    worlds.upload(world, records.ris(records.made(range(21, 41))), "made.ris", source="Scopus")
    services.add_source(world.ada, name="ISRCTN", kind="register")
    return world


def test_the_overview_counts_what_each_source_brought(searched: World) -> None:
    found = selectors.overview(searched.rea)
    assert [(one.source.name, one.hits, one.records, one.duplicates, one.unique) for one in found.sources] == [
        ("PubMed", 33, 30, 0, 30),
        ("Scopus", None, 20, 10, 10),
        ("ISRCTN", None, 0, 0, 0),
    ]
    assert (found.hits, found.records, found.references, found.duplicates) == (33, 50, 40, 10)
    pubmed, scopus, isrctn = found.sources
    assert pubmed.runs[0].missing == (3, False)
    assert scopus.runs[0].missing is None
    assert isrctn.runs == ()


def test_prisma_counts_records_by_source_and_documents_once(searched: World) -> None:
    found = selectors.identification(searched.rea)
    assert [(one.name, one.kind, one.records) for one in found.sources] == [
        ("PubMed", SourceKind.DATABASE, 30),
        ("Scopus", SourceKind.DATABASE, 20),
        ("ISRCTN", SourceKind.REGISTER, 0),
    ]
    assert (found.records, found.references, found.duplicates) == (50, 40, 10)
    assert found.records_from(SourceKind.DATABASE) == 50
    assert found.records_from(SourceKind.REGISTER) == 0


@pytest.fixture
def exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    exact.install(monkeypatch)


@pytest.mark.usefixtures("exactly")
def test_a_merge_counts_as_a_duplicate_of_the_run_it_took_from(searched: World) -> None:
    bridge = records.Made(900, pmid="90000001", doi="10.5555/made.40")
    worlds.upload(searched, records.nbib([bridge]), "bridge.nbib", source="Embase")
    overview = selectors.overview(searched.ada)
    assert [(one.source.name, one.unique) for one in overview.sources] == [
        ("PubMed", 30),
        ("Scopus", 9),
        ("ISRCTN", 0),
        ("Embase", 0),
    ]
    counts = selectors.identification(searched.ada)
    assert (counts.references, counts.duplicates) == (overview.references, overview.duplicates) == (39, 12)


def test_an_empty_review_has_empty_counts(world: World) -> None:
    assert selectors.overview(world.ada).sources == ()
    assert selectors.identification(world.ada).records == 0
    assert not selectors.references(world.ada).exists()


def test_another_review_sees_nothing_of_this_one(searched: World) -> None:
    other = worlds.core.create_review(searched.people["eve"], title="Another")
    assert not selectors.references(other).exists()
    assert selectors.overview(other).records == 0
    with pytest.raises(NotFound):
        selectors.reference(other, Reference.objects.first().pk)
    with pytest.raises(NotFound):
        selectors.file_import(other, Import.objects.first().pk)
    assert not selectors.refused_records(other, Import.objects.first().pk).exists()


@pytest.mark.usefixtures("exactly")
def test_a_reference_shows_all_its_records_and_a_merged_one_where_it_went(searched: World) -> None:
    bridge = records.Made(900, pmid="90000001", doi="10.5555/made.2")
    worlds.upload(searched, records.nbib([bridge]), "bridge.nbib", source="Embase")
    gone = Reference.objects.get(number=2)
    found = selectors.reference(searched.rea, gone.pk)
    assert found.number == 1
    joins = selectors.records_of(found)
    assert [(one.in_import.search_run.source.name, one.kind) for one in joins] == [
        ("PubMed", "first"),
        ("PubMed", "automatic"),
        ("Embase", "automatic"),
    ]


def test_the_number_of_queries_does_not_grow(
    searched: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(4):
        selectors.overview(searched.ada)
    with django_assert_num_queries(1):
        selectors.identification(searched.ada)
    found = selectors.references(searched.ada, selectors.Wanted(words="trial")).values_list("pk", flat=True)
    with django_assert_num_queries(3):
        lines = selectors.reference_lines(searched.ada, list(found[:50]))
        assert all(line.reference.primary_record.title for line in lines)
        assert [line.records for line in lines] == [1] * 20 + [2] * 10 + [1] * 10
    with django_assert_num_queries(1):
        abstracts = [one.primary_record.abstract for one in selectors.references(searched.ada)]
    assert all(abstracts)


def test_records_and_joins_keep_history_in_the_database_itself(searched: World) -> None:
    content = records.ris(records.made(range(71, 73))) + b"TY  - JOUR\nPY  - 2020\nER  - \n"
    worlds.upload(searched, content, "refused.ris", source="Embase")
    for table, change in ((Record, {"title": "x"}), (RefusedRecord, {"reason": "x"}), (Join, {"kind": "doi"})):
        with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic():
            table.objects.update(**change)
        with pytest.raises(DatabaseError, match="keeps history"), transaction.atomic():
            table.objects.all()._raw_delete("default")


class TestRealExports:
    """Two real exports, read in place."""

    @pytest.mark.parametrize(("name", "starts"), [("pubmed-nbib-1.nbib", 290), ("scopus-ris-2.ris", 180)])
    def test_every_record_of_an_export_is_stored(self, world: World, shared: Path, name: str, starts: int) -> None:
        row = worlds.upload(world, (shared / "formats" / "samples" / name).read_bytes(), name)
        assert (row.state, row.starts, row.imported, row.refused) == (ImportState.STORED, starts, starts, 0)
        counts = selectors.identification(world.ada)
        assert counts.records == starts
        assert counts.references <= starts
        assert Record.objects.filter(title="").count() == 0

    def test_a_second_export_joins_every_record(self, world: World, shared: Path) -> None:
        content = (shared / "formats" / "samples" / "scopus-ris-2.ris").read_bytes()
        worlds.upload(world, content, "one.ris", source="Scopus")
        before = selectors.identification(world.ada).references
        worlds.upload(world, content + b"\r\n", "two.ris", source="Scopus again")
        after = selectors.identification(world.ada)
        assert (after.records, after.references) == (360, before)
