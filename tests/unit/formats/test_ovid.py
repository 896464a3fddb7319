"""Ovid's citation files, tagged and with labels: one invented record per trap of real exports."""

from reviews.search.formats import parsed
from tests.unit.formats import invented
from tests.unit.formats import invented_western as western


def test_every_field_is_read():
    text = western.ovid(1) + western.ovid(2)
    record = invented.records(text)[0]
    assert record.title == "Kettles and keepers: invented trial 1."
    assert record.authors == ("Quill O.", "Marsh B.T.")
    assert (record.journal, record.year) == ("Fict Med", 2018)
    assert (record.volume, record.issue, record.pages) == ("12", "3", "45-e9")
    assert (record.doi, record.accession, record.pmid) == ("10.5555/kettle.1", "621381", "")
    assert (record.database, record.language, record.publication_type) == ("Embase", "English", "Article")
    assert (record.keywords, record.issn) == (("kettle", "sleep"), ("0028-0836",))
    assert record.abstract == " ".join(western.OVID_ABSTRACT.split("\n"))
    assert invented.inspected(text + "\n").warnings == ()


def test_fields_of_their_own_come_before_the_source():
    record = invented.record(western.ovid(1, JN="Fictional Medicine", YR="2019", VO="1", IP="2", PG="3-4"))
    assert (record.journal, record.year) == ("Fictional Medicine", 2019)
    assert (record.volume, record.issue, record.pages) == ("1", "2", "3-4")


def test_one_space_before_the_dash_and_an_indented_number():
    text = (western.ovid(1) + western.ovid(2)).replace("  - ", " - ").replace("<300", " <300")
    assert [record.doi for record in invented.records(text)] == ["10.5555/kettle.1", "10.5555/kettle.2"]


def test_the_number_of_a_medline_record_is_its_pmid():
    assert invented.record(western.ovid(1, DB="Ovid MEDLINE(R)", UI="99000001")).pmid == "99000001"


def test_labels_written_out():
    record = invented.record(western.OVID_LABELLED)
    assert record.title == "Kettles along a gradient.[Article]"
    assert record.authors == ("Quill, Ottoline", "Marsh, Barnaby")
    assert (record.journal, record.year, record.pages) == ("Ecofiction", 2015, "1048-1064")
    assert (record.accession, record.doi) == ("01445406-1", "10.5555/label")
    assert record.abstract == "Invented kettles whistled."
    assert "Plume J." in record.tags["References"][0]


def test_a_number_in_front_of_ty_belongs_to_ris():
    assert invented.inspected("<1. >\n" + invented.ris(1)).format == "ris"


def test_files_joined_without_a_line_end():
    assert len(invented.records(western.ovid(1).rstrip() * 2)) == 2
    assert len(invented.records(western.OVID_LABELLED.rstrip() * 2)) == 2


def test_a_line_that_belongs_nowhere_is_kept_and_named():
    text = western.ovid(1).replace("LG  - English", "LG  - English\n@@ junk @@")
    record = invented.record(text)
    assert record.tags[parsed.STRAY] == ("@@ junk @@",)
    assert "line without a tag" in invented.inspected(text).warnings[0]


def test_a_number_without_a_record_is_refused():
    found = invented.inspected("<3001. >\n")
    assert (found.starts, found.refused_count) == (1, 1)
    assert "has no title, abstract, DOI or other identifier" in found.refused[0].reason
