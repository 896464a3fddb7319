"""Every real nbib and RIS export: the true count, the first and the last record, and a refusal for the others."""

import io

import pytest

from reviews.search.formats import parsed, reading
from tests.unit.formats import invented, samples

READABLE = samples.readable() or [("", 0)]
FOREIGN = samples.foreign() or [""]


@pytest.mark.parametrize(("name", "count"), READABLE)
def test_the_true_number_of_records_is_read(name, count):
    samples.need()
    found = invented.inspected((samples.FOLDER / name).read_bytes(), name)
    assert (found.starts, found.readable, found.refused_count, found.encoding) == (count, count, 0, "utf-8")
    assert found.fill.title == 1.0


@pytest.mark.parametrize(("name", "count"), READABLE)
def test_the_first_and_last_record_are_as_expected(name, count):
    samples.need()
    records = invented.records((samples.FOLDER / name).read_bytes())
    expected = {row["record"]: row for row in samples.table("EXPECTED.tsv") if row["file"] == name}
    assert expected.keys() == {"first", "last"}
    for which, record in (("first", records[0]), ("last", records[-1])):
        row = expected[which]
        assert record.title == row["title"]
        assert "; ".join(record.authors) == row["authors"]
        assert record.journal == row["journal"]
        assert str(record.year or "") == row["year"]
        assert record.doi == row["doi_or_id"]


@pytest.mark.parametrize("name", FOREIGN)
def test_other_formats_are_refused_with_a_sentence(name):
    samples.need()
    with pytest.raises(parsed.FormatError, match=r"MEDLINE/nbib (?:and|or) RIS.* upload that file\.$"):
        invented.inspected((samples.FOLDER / name).read_bytes(), name)


def test_the_files_are_streamed_from_disk():
    samples.need()
    with (samples.FOLDER / "pubmed-nbib-1.nbib").open("rb") as stream:
        found = reading.inspect(stream, "pubmed-nbib-1.nbib")
        assert sum(1 for _ in reading.read(stream, found.format, found.encoding, start_after=200)) == 90


def test_one_search_in_two_layouts_gives_the_same_identifiers():
    samples.need()
    records = invented.records((samples.FOLDER / "cochrane-ris-1.ris").read_bytes())
    rows = samples.table("cochrane-csv-1.csv", delimiter=",")
    assert {(record.accession, record.pmid, record.year) for record in records} == {
        (row["CENTRAL ID"], row["PubMed ID"].removeprefix("PUBMED "), int(row["Year"])) for row in rows
    }


def test_reading_does_not_need_the_file_name():
    samples.need()
    data = (samples.FOLDER / "scopus-ris-2.ris").read_bytes()
    assert reading.inspect(io.BytesIO(data), "x.pdf").readable == 180
