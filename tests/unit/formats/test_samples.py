"""Every real export: the true count, the first and the last record, and one search in several layouts."""

import html
import io
import re
from collections import Counter

import pytest

from reviews.search.formats import parsed, reading
from tests.unit.formats import invented, samples

FILES = [(name, count) for name, _, count in samples.rows()] or [("", 0)]
# The same search exported in several layouts, and what these have in common.
PAIRS = [
    (("wos-tagged-1.txt", "wos-ris-1.ris", "wos-bibtex-1.bib", "wos-xls-1.xls"), ("title", "doi", "year", "accession")),
    # One of them numbers the records ISI:…, the other WOS:….
    (("wos-tab-1.txt", "wos-bibtex-2.bib"), ("title", "doi", "year")),
    (("scopus-csv-1.csv", "scopus-ris-1.ris", "scopus-bibtex-1.bib"), ("title", "doi", "year", "accession")),
    (("cochrane-ris-1.ris", "cochrane-csv-1.csv"), ("title", "doi", "year", "accession", "pmid", "journal", "pages")),
    (("embase-ris-5.ris", "embase-txt-1.txt"), ("title", "doi", "year", "accession", "pmid", "journal", "pages")),
    (("endnote-xml-3.xml", "zotero-csv-1.csv"), ("title", "doi")),
    (("zotero-ris-1.ris", "zotero-bibtex-1.bib"), ("title", "doi", "year")),
    (("embase-csv-1.csv", "embase-ris-4.ris"), ("title",)),
]


@pytest.mark.parametrize(("name", "count"), FILES)
def test_the_true_number_of_records_is_read(name, count):
    samples.need()
    found = invented.inspected((samples.FOLDER / name).read_bytes(), name)
    assert (found.starts, found.readable, found.refused_count) == (count, count, 0)
    assert found.fill.title == 1.0


@pytest.mark.parametrize(("name", "count"), FILES)
def test_the_first_and_last_record_are_as_expected(name, count):
    samples.need()
    expected = samples.expected().get(name.rpartition("/")[2].replace(".gb18030", "").replace(".gbk", ""), {})
    if not expected:
        pytest.skip(f"EXPECTED.tsv says nothing of {name}")
    records = invented.records((samples.FOLDER / name).read_bytes())
    for which, record in (("first", records[0]), ("last", records[-1])):
        assert differences(record, expected[which]) == {}


def differences(record: parsed.ParsedRecord, row: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Field to what was read and what was expected; cells of the table that are empty or raw say nothing."""
    if record.raw.startswith(row["title"][:40]):
        # Of PubMed's summary text the table holds the raw lines.
        return {}
    journal = plain(row["journal"])
    read = {
        "title": (plain(record.title), plain(row["title"])),
        "authors": (words("; ".join(record.authors)), words(row["authors"])),
        # Some sources have the journal only at the beginning of a longer text.
        "journal": (journal if journal.startswith(f"{record.journal}") else record.journal, journal),
        "year": (str(record.year or ""), row["year"]),
        "doi": (record.doi if row["doi_or_id"].startswith("10.") else record.accession, row["doi_or_id"]),
    }
    return {name: pair for name, pair in read.items() if pair[1] and pair[0] != pair[1]}


def plain(text: str) -> str:
    """Without what BibTeX writes for its own sake, and the section that Journals@Ovid writes behind a title."""
    return re.sub(r"[{}]|\\(?=&)|\[Article\]$", "", text)


def words(text: str) -> str:
    """Names without the punctuation by which each file joins them."""
    return " ".join(re.findall(r"\w+", text))


@pytest.mark.parametrize(("names", "fields"), PAIRS)
def test_one_search_in_several_layouts_gives_the_same_records(names, fields):
    samples.need()
    first, *others = (invented.records((samples.FOLDER / name).read_bytes()) for name in names)
    for other in others:
        for field in fields:
            assert facts(other, field) == facts(first, field), field


def facts(records: list[parsed.ParsedRecord], field: str) -> Counter[str]:
    return Counter(bare(str(getattr(record, field) or "")) for record in records)


def bare(value: str) -> str:
    """Letters and figures only: layouts differ in tags, entities, dashes and spaces."""
    return "".join(re.findall(r"\w", re.sub(r"</?[A-Za-z][^<>]*>", "", html.unescape(value)).casefold()))


def test_the_files_are_streamed_from_disk():
    samples.need()
    with (samples.FOLDER / "pubmed-nbib-1.nbib").open("rb") as stream:
        found = reading.inspect(stream, "pubmed-nbib-1.nbib")
        assert sum(1 for _ in reading.read(stream, found.format, found.encoding, start_after=200)) == 90


@pytest.mark.parametrize(("name", "count"), FILES)
def test_reading_resumes_behind_any_position(name, count):
    samples.need()
    data = (samples.FOLDER / name).read_bytes()
    found = invented.inspected(data)
    behind = list(reading.read(io.BytesIO(data), found.format, found.encoding, start_after=count - 1))
    assert [item.position for item in behind] == [count]


def test_reading_does_not_need_the_file_name():
    samples.need()
    data = (samples.FOLDER / "scopus-ris-2.ris").read_bytes()
    assert reading.inspect(io.BytesIO(data), "x.pdf").readable == 180
