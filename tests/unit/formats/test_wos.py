"""Web of Science tagged text: one invented record per trap of real exports."""

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented
from tests.unit.formats import invented_western as western


def test_every_field_is_read():
    record = invented.record(western.wos_file(western.wos(1)))
    assert record.title == "Warm mittens for bell ringers: invented trial 1"
    assert record.authors == ("Quill, Ottoline", "Marsh, Barnaby T.")
    assert (record.journal, record.year) == ("ANNALS OF FICTIONAL MEDICINE", 2021)
    assert (record.volume, record.issue, record.pages) == ("7", "1", "11-19")
    assert (record.doi, record.pmid, record.accession) == ("10.5555/mittens.1", "99101", "WOS:000990001")
    assert record.issn == ("0028-0836", "1476-4687")
    assert record.keywords == ("mittens", "bell ringers", "WARMTH")
    assert (record.language, record.publication_type) == ("English", "Article")
    assert record.database == "Web of Science"
    assert record.tags["CR"][1] == "PT J, 1998"
    assert (record.position, record.line, record.flaws) == (1, 3, ())
    assert invented.inspected(western.wos_file(western.wos(1))).format == "wos"


def test_fields_that_stand_in_when_the_usual_ones_lack():
    record = invented.record(
        western.wos_file(western.wos(1, AF="", PY="", EY="MAR 2020", BP="", EP="", AR="e12", DI="", D2="10.5555/book"))
    )
    assert record.authors == ("Quill, O", "Marsh, BT")
    assert (record.year, record.pages, record.doi) == (2020, "e12", "10.5555/book")


def test_books_have_editors_and_groups_are_authors_too():
    assert invented.record(western.wos_file(western.wos(1, AU="", AF="", BE="Plume, I"))).authors == ("Plume, I",)
    record = invented.record(western.wos_file(western.wos(1, CA="Mitten Study Group", GP="IEEE")))
    assert record.authors == ("Quill, Ottoline", "Marsh, Barnaby T.", "Mitten Study Group")


def test_a_number_that_citespace_gives_to_every_record_is_no_accession_number():
    text = "".join(
        western.wos(n, UT="CNKI:0", AU="王小明, \n   李静, ", AF="王小明, \n   李静, ", DE="手套;敲钟") for n in (1, 2)
    )
    first, second = invented.records(text)
    assert (first.accession, second.accession) == ("", "")
    assert (first.database, first.tags["UT"]) == ("CNKI", ("CNKI:0",))
    assert (first.authors, first.keywords) == (("王小明", "李静"), ("手套", "敲钟", "WARMTH"))


def test_titles_in_another_language_and_other_collections():
    record = invented.record(western.wos_file(western.wos(1, X1="Manoplas\t", UT="SCIELO:S0034", Z2="王小明\n   李静")))
    assert (record.original_title, record.database) == ("Manoplas", "SciELO")
    assert record.parallel_authors == ("王小明", "李静")
    zoological = invented.record(western.wos_file(western.wos(1, UT="ZOOREC:ZOOR1", BP="", EP="", PS="duz039")))
    assert (zoological.database, zoological.pages) == ("Zoological Record", "duz039")


def test_a_latex_document_in_an_abstract_is_taken_off():
    text = r"We saw \documentclass[12pt]{minimal} \usepackage{x} \begin{document}$$p<0.05$$\end{document} here."
    assert invented.record(western.wos_file(western.wos(1, AB=text))).abstract == "We saw $$p<0.05$$ here."


def test_a_record_without_its_end_is_still_a_record():
    text = western.WOS_HEAD + western.wos(1, end="") + western.wos(2) + "EF"
    assert [record.doi for record in invented.records(text)] == ["10.5555/mittens.1", "10.5555/mittens.2"]
    assert "no end-of-record line" in invented.inspected(text).warnings[0]


def test_a_record_without_its_beginning_is_still_a_record():
    found = invented.records(western.wos_file(western.wos(1), western.wos(2, PT=""), western.wos(3)))
    assert [record.doi for record in found] == [f"10.5555/mittens.{n}" for n in (1, 2, 3)]
    assert "no first line" in found[1].flaws[0].text


def test_a_last_record_without_its_end_is_refused_with_its_line():
    found = invented.inspected(western.WOS_HEAD + western.wos(1) + western.wos(2, end=""))
    assert (found.starts, found.readable) == (2, 1)
    assert found.incomplete[0].reason.startswith("Record 2 begins at line 33 and has no end-of-record line")


def test_a_file_that_begins_inside_a_record_says_so():
    tail = "\n".join(western.wos(1).split("\n")[8:])
    found = invented.inspected(tail + western.wos(2))
    assert (found.starts, found.readable) == (2, 1)
    assert "whose beginning is missing" in found.incomplete[0].reason


@pytest.mark.parametrize("tail", ["EF", "EF\n", ""])
def test_files_joined_with_and_without_a_line_end(tail):
    text = western.WOS_HEAD + western.wos(1) + western.wos(2, end="ER") + ("\n" if tail else "") + tail
    assert len(invented.records(text * 2)) == 4
    assert len(invented.records((western.wos(1) + western.wos(2, end="ER")) * 2)) == 4


def test_lines_that_belong_nowhere_are_kept_and_named():
    text = western.wos_file(
        western.wos(1).replace("LA English", "LA English\n@@ junk @@"),
        western.wos(2).replace("\n   trial 2", "\ntrial 2"),
    )
    first, second = invented.records(text)
    assert first.tags[parsed.STRAY] == ("@@ junk @@",)
    assert second.title == "Warm mittens for bell ringers: invented trial 2"
    assert [flaw.line for flaw in (*first.flaws, *second.flaws)] == [12, 40]


def test_an_empty_record_is_refused_and_its_neighbours_are_not():
    found = invented.inspected(western.wos_file(western.wos(1), "PT J\nLA English\nER\n\n", western.wos(2)))
    assert (found.starts, found.readable, found.refused_count) == (3, 2, 1)
    assert "has no title" in found.refused[0].reason
