"""MEDLINE/nbib: one invented record per trap of real exports."""

import pytest

from reviews.search.formats import parsed
from tests.unit.formats import invented


def test_every_field_is_read():
    record = invented.record(invented.nbib(1))
    assert record.title == "Whistling kettles and sleep in lighthouse keepers: invented trial 1."
    assert record.abstract == (
        "BACKGROUND: Nobody has measured kettles. METHODS: We invented forty keepers and two lighthouses. "
        "RESULTS: All kettles whistled."
    )
    assert record.authors == ("Marsh, Barnaby T",)
    assert (record.journal, record.year, record.volume) == ("Journal of imaginary trials", 2021, "7")
    assert (record.issue, record.pages) == ("1", "11-19")
    assert (record.doi, record.pmid, record.accession) == ("10.5555/kettle.1", "99000001", "99000001")
    assert (record.language, record.keywords) == ("eng", ("kettle",))
    assert (record.publication_type, record.database) == ("Journal Article", "PubMed")
    assert record.tags["STAT"] == ("MEDLINE",)
    assert record.raw == invented.nbib(1).rstrip()
    assert (record.position, record.line, record.flaws) == (1, 1, ())


def test_positions_and_lines_count_from_one():
    text = "\n" + invented.nbib_file(map(invented.nbib, (1, 2)))
    found = invented.records(text)
    assert [record.position for record in found] == [1, 2]
    assert [text.split("\n")[record.line - 1] for record in found] == ["PMID- 99000001", "PMID- 99000002"]


def test_a_title_that_is_not_available_gives_way_to_the_original():
    record = invented.record(invented.nbib(1, TI="[Not Available].", TT="Las teteras silban."))
    assert (record.title, record.original_title) == ("Las teteras silban.", "Las teteras silban.")


def test_a_translated_title_keeps_its_brackets_and_the_original():
    record = invented.record(invented.nbib(1, TI="[Kettles whistle].", TT="Las teteras silban."))
    assert (record.title, record.original_title) == ("[Kettles whistle].", "Las teteras silban.")


def test_a_doi_that_stands_only_in_aid_is_found():
    text = invented.nbib(1, LID="", AID="S0000(00)1 [pii]\nAID - 10.5555/only.aid [doi]")
    assert invented.record(text).doi == "10.5555/only.aid"


def test_a_pii_that_looks_like_a_doi_is_none():
    assert invented.record(invented.nbib(1, LID="10.5555/pii [pii]")).doi == ""


def test_repeated_tags_are_all_kept():
    text = invented.nbib(1, LA="eng\nLA  - spa", IS="0000-0000 (Print)\nIS  - 1111-1111 (Linking)")
    record = invented.record(text)
    assert record.language == "eng; spa"
    assert record.tags["IS"] == ("0000-0000 (Print)", "1111-1111 (Linking)")


def test_corporate_authors_follow_people():
    record = invented.record(invented.nbib(1, CN="Kettle Study Group"))
    assert record.authors == ("Marsh, Barnaby T", "Kettle Study Group")


def test_short_author_names_serve_where_full_names_are_missing():
    assert invented.record(invented.nbib(1, FAU="", AU="Marsh BT")).authors == ("Marsh BT",)


def test_the_year_falls_back_to_the_entry_date():
    assert invented.record(invented.nbib(1, DP="", EDAT="2019/02/03 06:00")).year == 2019


def test_a_pmid_inside_a_comment_line_begins_no_record():
    text = invented.nbib(1, CIN="J Imag Trials. 2021;8:1. PMID: 99000009", CON="\n      PMID- 99000008")
    assert len(invented.items(text)) == 1


def test_a_blank_line_inside_an_abstract_ends_nothing():
    text = invented.nbib_file([invented.nbib(1, AB="First part.\n\n      Second part."), invented.nbib(2)])
    found = invented.records(text)
    assert [record.abstract[:24] for record in found] == ["First part. Second part.", "BACKGROUND: Nobody has m"]
    assert found[0].doi == "10.5555/kettle.1"


def test_an_eric_record_has_no_pmid():
    eric = "OWN - ERIC\nTI  - Chalk and kettles\nFAU - Quill, Ottoline\nDP  - 2015\nAID - EJ0000001\n"
    found = invented.records(f"{eric}\n{eric}\n")
    assert [record.accession for record in found] == ["EJ0000001", "EJ0000001"]
    assert found[0].database == "ERIC"


def test_a_record_that_lost_its_pmid_line_is_still_a_record():
    text = invented.nbib_file([invented.nbib(1), invented.nbib(2, PMID=""), invented.nbib(3)])
    assert [record.pmid for record in invented.records(text)] == ["99000001", "", "99000003"]


def test_a_junk_line_is_kept_and_reported_and_costs_nothing_else():
    text = invented.nbib(1).replace("IP  - 1\n", "IP  - 1\n%%% junk %%%\n")
    record = invented.record(text)
    assert record.tags[parsed.STRAY] == ("%%% junk %%%",)
    assert (record.issue, record.year) == ("1", 2021)
    (warning,) = invented.inspected(text).warnings
    assert "line 7" in warning


def test_a_wrapped_line_that_lost_its_indent_is_read_on_and_reported():
    text = invented.nbib(1).replace("      and two", "and two")
    record = invented.record(text)
    assert "keepers and two lighthouses" in record.abstract
    assert "indent" in invented.inspected(text).warnings[0]


def test_separators_that_are_no_line_ends_stay_in_the_text():
    # U+2028, U+0085, VT and FF, at which str.splitlines() would cut; the last two become spaces.
    text = invented.nbib(1, AB="one\u2028two\u0085three\x0bfour\x0cPMID- 5")
    record = invented.record(text)
    assert record.abstract == "one\u2028two\u0085three four PMID- 5"
    assert "control characters" in record.flaws[0].text


def test_a_record_without_anything_to_screen_is_refused():
    text = invented.nbib_file([invented.nbib(1), "PMID- \nOWN - NLM\nPST - x\nSO  - x.\n"])
    refused = invented.items(text)[1]
    assert isinstance(refused, parsed.Refused)
    assert not refused.is_incomplete
    assert "Record 2 at line 21" in refused.reason


def test_a_ris_export_glued_behind_is_refused_with_its_line():
    text = invented.nbib(1) + "\n" + invented.ris(1)
    with pytest.raises(parsed.FormatError, match=r"Line 21 begins a RIS record inside a MEDLINE/nbib file"):
        invented.inspected(text)


def test_the_tail_of_a_record_at_the_head_of_the_file_is_reported():
    text = invented.nbib_file([invented.nbib(1), invented.nbib(2)])
    found = invented.inspected(text[text.index("DP  -") :])
    assert (found.starts, found.readable, found.incomplete[0].position) == (2, 1, 1)
    assert "start of the file looks cut off" in found.incomplete[0].reason
