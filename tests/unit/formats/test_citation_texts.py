"""Embase's and Cochrane's plain text and PubMed's summary: one invented record per trap of real exports."""

import pytest

from tests.unit.formats import invented
from tests.unit.formats import invented_western as western


def test_embase_fields_are_read():
    text = western.embase(1) + western.embase(2)
    record = invented.records(text)[0]
    assert (record.title, record.original_title) == ("Kettles and keepers: invented trial 1", "Hervidores")
    assert record.authors == ("Quill O.", "Marsh B.T.")
    assert (record.journal, record.year, record.volume) == ("Fictional Medicine", 2021, "7")
    assert (record.pages, record.issn) == ("e12", ("0028-0836",))
    assert (record.doi, record.pmid, record.accession) == ("10.5555/kettle.1", "99001", "L601")
    assert (record.abstract, record.language) == ("Nobody has measured kettles.", "English; Spanish")
    assert record.keywords == ("kettle", "sleep", "whistling")
    assert record.tags["STRANGE LABEL"] == ("odd",)
    assert (invented.inspected(text).format, invented.inspected(text).warnings) == ("embase-text", ())


def test_capitals_in_an_abstract_are_no_label():
    text = western.embase(1, "Intro.\nTHE KETTLE SCENARIO\n  It whistled.\nDOI\nof nothing.")
    assert invented.record(text).abstract == "Intro. THE KETTLE SCENARIO It whistled. DOI of nothing."


def test_cochrane_fields_are_read():
    text = western.cochrane(1) + "\ufeff" + western.cochrane(2)
    record = invented.records(text.replace("\n", "\r"))[1]
    assert (record.title, record.accession) == ("Kettles for keepers 2", "CD009902")
    assert record.authors == ("Quill Ottoline", "Marsh Barnaby T")
    assert (record.journal, record.year, record.issue) == ("Cochrane Database of Fictional Reviews", 2017, "2")
    assert (record.doi, record.url) == ("10.5555/kettle.2.pub2", "http://example.org/2")
    assert record.keywords == ("Kettle", "Sleep [drug therapy]")
    assert invented.inspected(text).warnings == ()


def test_a_cochrane_record_that_lost_its_number_is_still_a_record():
    text = western.cochrane(1) + western.cochrane(2).replace("Record #2 of 2\n", "")
    assert [record.accession for record in invented.records(text)] == ["CD009901", "CD009902"]


def test_a_cochrane_file_that_announces_more_is_reported():
    assert "says that it holds 9 records, and 1 were found" in invented.inspected(western.cochrane(1, of=9)).warnings[0]


def test_a_summary_gives_what_is_safe():
    group, translated, untitled = invented.records(western.SUMMARY)
    assert group.authors == ("Quill O", "van der Plume I", "O'Marsh BT Jr", "KETTLE Study Group")
    assert group.title == "Causes of whistling: an invented review."
    assert (group.journal, group.year, group.volume) == ("Fict Med (Nowhere)", 2021, "405")
    assert (group.issue, group.pages) == ("10488", "1468-1480")
    assert (group.doi, group.pmid) == ("10.5555/S0140(25)00448-9", "99000001")
    assert translated.title == "Kettles and sleep in keepers"
    assert translated.original_title == "Chaleiras e sono em faroleiros"
    assert (untitled.authors, untitled.title) == ((), "Is whistling bad for sleep?")
    assert (untitled.journal, untitled.year, untitled.pages) == ("Lamp Lett", 2019, "e12")


def test_a_summary_is_marked_as_unverified_and_without_abstracts():
    found = invented.inspected(western.SUMMARY)
    assert (found.is_unverified, found.has_abstracts) == (True, False)
    assert "are guessed from the punctuation" in found.warnings[0]
    assert "has no abstracts" in found.warnings[1]


@pytest.mark.parametrize("text", [western.embase(1), western.cochrane(1, of=1), western.SUMMARY])
def test_files_joined_without_a_line_end(text):
    assert len(invented.records(text.rstrip() * 2)) == 2 * len(invented.records(text))
