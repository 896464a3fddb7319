"""Embase's and Cochrane's plain text and PubMed's summary: one invented record per trap of real exports."""

import pytest

from tests.unit.formats import invented


def embase(number: int, abstract: str = "Nobody has measured\nkettles.") -> str:
    return (
        f"RECORD {number}\nTITLE\n  Kettles and keepers: invented\ntrial {number}\n"
        f"ORIGINAL (NON-ENGLISH) TITLE\n  Hervidores\nAUTHOR NAMES\n  Quill O.; Marsh B.T.\n"
        f"AiP/IP ENTRY DATE\n  2021-02-26\nSOURCE\n  Fict Med (2021) 7:1 (e12). Date of Publication: 2 Feb 2021\n"
        f"SOURCE TITLE\n  Fictional Medicine\nPUBLICATION YEAR\n  2021\nVOLUME\n  7\nSTRANGE LABEL\n  odd\n"
        f"ISSN\n  0028-0836 (electronic)\nABSTRACT\n  {abstract}\nAUTHOR KEYWORDS\n  kettle; sleep\n"
        f"EMTREE MEDICAL INDEX TERMS (MAJOR FOCUS)\n  whistling; \nMEDLINE PMID\n  9900{number} (http://x/9900{number})\n"
        f"PUI\n  L60{number}\nDOI\n  10.5555/kettle.{number}\nLANGUAGE OF ARTICLE\n  English; Spanish\n\n"
    )


def cochrane(number: int, of: int = 2, **changed: str) -> str:
    fields = {
        "ID": f"CD00990{number}",
        "AU": "Quill Ottoline\nAU: Marsh Barnaby T",
        "TI": f"Kettles for keepers {number}",
        "SO": "Cochrane Database of Fictional Reviews",
        "YR": "2017",
        "NO": "2",
        "KY": "Kettle;Sleep [drug therapy]",
        "DOI": f"10.5555/kettle.{number}.pub2",
        "AB": "Background: Nobody measured.",
        "US": f"http://example.org/{number}",
    }
    fields.update(changed)
    body = "".join(f"{tag}: {value}\n" for tag, value in fields.items() if value)
    return f"Record #{number} of {of}\n{body}\n\n"


SUMMARY = """1: Quill O, van der Plume I, O'Marsh BT Jr; KETTLE Study Group. Causes of whistling:
an invented review. Fict Med (Nowhere). 2021 Apr 26;405(10488):1468-1480. doi:
10.5555/S0140(25)00448-9. Epub 2021 Apr 3. PMID: 99000001; PMCID:
PMC9900001.

2: Ünal Ž. Chaleiras e sono em faroleiros [Kettles and sleep in keepers]. Rev Fict.
2011 Jan;33(1):13-9. Portuguese. PMID: 99000002.

3: Is whistling bad for sleep? Lamp Lett. 2019;5:e12. PMID: 99000003.
"""


def test_embase_fields_are_read():
    text = embase(1) + embase(2)
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
    text = embase(1, "Intro.\nTHE KETTLE SCENARIO\n  It whistled.\nDOI\nof nothing.")
    assert invented.record(text).abstract == "Intro. THE KETTLE SCENARIO It whistled. DOI of nothing."


def test_cochrane_fields_are_read():
    text = cochrane(1) + "\ufeff" + cochrane(2)
    record = invented.records(text.replace("\n", "\r"))[1]
    assert (record.title, record.accession) == ("Kettles for keepers 2", "CD009902")
    assert record.authors == ("Quill Ottoline", "Marsh Barnaby T")
    assert (record.journal, record.year, record.issue) == ("Cochrane Database of Fictional Reviews", 2017, "2")
    assert (record.doi, record.url) == ("10.5555/kettle.2.pub2", "http://example.org/2")
    assert record.keywords == ("Kettle", "Sleep [drug therapy]")
    assert invented.inspected(text).warnings == ()


def test_a_cochrane_record_that_lost_its_number_is_still_a_record():
    text = cochrane(1) + cochrane(2).replace("Record #2 of 2\n", "")
    assert [record.accession for record in invented.records(text)] == ["CD009901", "CD009902"]


def test_a_cochrane_file_that_announces_more_is_reported():
    assert "says that it holds 9 records, and 1 were found" in invented.inspected(cochrane(1, of=9)).warnings[0]


def test_a_summary_gives_what_is_safe():
    group, translated, untitled = invented.records(SUMMARY)
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
    found = invented.inspected(SUMMARY)
    assert (found.is_unverified, found.has_abstracts) == (True, False)
    assert "are guessed from the punctuation" in found.warnings[0]
    assert "has no abstracts" in found.warnings[1]


@pytest.mark.parametrize("text", [embase(1), cochrane(1, of=1), SUMMARY])
def test_files_joined_without_a_line_end(text):
    assert len(invented.records(text.rstrip() * 2)) == 2 * len(invented.records(text))
