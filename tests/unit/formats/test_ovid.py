"""Ovid's citation files, tagged and with labels: one invented record per trap of real exports."""

from reviews.search.formats import parsed
from tests.unit.formats import invented

ABSTRACT = "Background: Nobody has measured kettles.\nMethod(s): We invented forty keepers.\nUV - light was not used."


def ovid(number: int, **changed: str) -> str:
    """One tagged record; a keyword replaces a tag's value, an empty string drops the tag."""
    fields = {
        "VN": "Ovid Technologies",
        "DB": "Embase",
        "UI": f"62138{number}",
        "TI": f"Kettles and keepers: invented trial {number}.",
        "SO": "Fict Med. 12(3):45-e9, 2018.",
        "AU": "Quill O. [Inventor, Reprint Author]\nAU  - Marsh B.T.",
        "AB": ABSTRACT,
        "IS": "0028-0836",
        "DO": f"http://dx.doi.org/10.5555/kettle.{number}",
        "LG": "English",
        "PT": "Article",
        "MH": "*kettle\nMH  - sleep",
    }
    fields.update(changed)
    body = "".join(f"{tag}  - {value}\n" for tag, value in fields.items() if value)
    return f"<{3000 + number}. >\n{body}\n"


LABELLED = """<8>
Score
  *****
Accession Number
  01445406-1.
Author
  Quill, Ottoline 1;  Marsh, Barnaby 1,2
Institution
  (1) Nowhere
Title
  Kettles along a gradient.[Article]
Source
  Ecofiction.   8(6):1048-1064, September 2015.
Abstract
  Invented kettles
whistled.
References
  Plume I. 1999. Fictional Medicine 56: 378-386.

  Plume J. 2001. Fictional Medicine 57: 1-2.
Digital Object Identifier
  10.5555/label
"""


def test_every_field_is_read():
    text = ovid(1) + ovid(2)
    record = invented.records(text)[0]
    assert record.title == "Kettles and keepers: invented trial 1."
    assert record.authors == ("Quill O.", "Marsh B.T.")
    assert (record.journal, record.year) == ("Fict Med", 2018)
    assert (record.volume, record.issue, record.pages) == ("12", "3", "45-e9")
    assert (record.doi, record.accession, record.pmid) == ("10.5555/kettle.1", "621381", "")
    assert (record.database, record.language, record.publication_type) == ("Embase", "English", "Article")
    assert (record.keywords, record.issn) == (("kettle", "sleep"), ("0028-0836",))
    assert record.abstract == " ".join(ABSTRACT.split("\n"))
    assert invented.inspected(text).warnings == ()


def test_fields_of_their_own_come_before_the_source():
    record = invented.record(ovid(1, JN="Fictional Medicine", YR="2019", VO="1", IP="2", PG="3-4"))
    assert (record.journal, record.year) == ("Fictional Medicine", 2019)
    assert (record.volume, record.issue, record.pages) == ("1", "2", "3-4")


def test_one_space_before_the_dash_and_an_indented_number():
    text = (ovid(1) + ovid(2)).replace("  - ", " - ").replace("<300", " <300")
    assert [record.doi for record in invented.records(text)] == ["10.5555/kettle.1", "10.5555/kettle.2"]


def test_the_number_of_a_medline_record_is_its_pmid():
    assert invented.record(ovid(1, DB="Ovid MEDLINE(R)", UI="99000001")).pmid == "99000001"


def test_labels_written_out():
    record = invented.record(LABELLED)
    assert record.title == "Kettles along a gradient.[Article]"
    assert record.authors == ("Quill, Ottoline", "Marsh, Barnaby")
    assert (record.journal, record.year, record.pages) == ("Ecofiction", 2015, "1048-1064")
    assert (record.accession, record.doi) == ("01445406-1", "10.5555/label")
    assert record.abstract == "Invented kettles whistled."
    assert "Plume J." in record.tags["References"][0]


def test_a_number_in_front_of_ty_belongs_to_ris():
    assert invented.inspected("<1. >\n" + invented.ris(1)).format == "ris"


def test_files_joined_without_a_line_end():
    assert len(invented.records(ovid(1).rstrip() * 2)) == 2
    assert len(invented.records(LABELLED.rstrip() * 2)) == 2


def test_a_line_that_belongs_nowhere_is_kept_and_named():
    text = ovid(1).replace("LG  - English", "LG  - English\n@@ junk @@")
    record = invented.record(text)
    assert record.tags[parsed.STRAY] == ("@@ junk @@",)
    assert "line without a tag" in invented.inspected(text).warnings[0]
